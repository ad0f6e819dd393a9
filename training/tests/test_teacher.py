import numpy as np

from looksee_training.sets import Picture
from looksee_training.teacher import joined, windows_of


def picture(**known):
    return Picture(row=0, file="", item="", family="", category=0, role="photo", part="train", content=(0.1, 0, 0.9, 1), **known)


def test_a_photo_without_a_box_is_seen_near_and_far_and_another_whole():
    assert windows_of(picture(box=(0, 0, 1, 1))) == [(0.0, 0.0, 1.0)]
    windows = windows_of(picture())
    assert len(windows) == 4 and np.allclose([size for _, _, size in windows], [1, 0.8, 0.56, 0.4])
    assert all(np.allclose((x + size / 2, y + size / 2), 0.5) for x, y, size in windows)


def test_joined_teachers_keep_which_pictures_are_alike():
    """Two teachers that agree up to a turn: the joined rows are as alike as theirs, after centring."""
    random = np.random.default_rng(0)
    low = random.normal(size=(300, 40)) @ random.normal(size=(40, 512))
    one = low / np.linalg.norm(low, axis=1, keepdims=True)
    turn, _ = np.linalg.qr(random.normal(size=(512, 512)))
    both = joined([one.astype(np.float32), (one @ turn).astype(np.float32)])
    centred = one - one.mean(0)
    centred /= np.linalg.norm(centred, axis=1, keepdims=True)
    assert both.shape == (300, 512) and np.allclose(both @ both.T, centred @ centred.T, atol=1e-3)
    assert joined([one]) is one

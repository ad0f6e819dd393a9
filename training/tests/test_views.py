import numpy as np

from looksee_training import geometry, views
from looksee_training.sets import Part, Picture, box_of_content


def picture(box=None):
    return Picture(row=0, file="", item="", family="", category=0, role="photo", part="train", content=(0, 0, 1, 1), box=box)


def test_the_box_follows_its_object_through_every_view():
    """A red square on grey: wherever a view says the box is, most of the red must be."""
    random = np.random.default_rng(3)
    pixels = np.full((200, 200, 3), 128, np.uint8)
    pixels[60:120, 80:150] = (255, 0, 0)
    checked = good = 0
    for _ in range(60):
        seen = picture((0.4, 0.3, 0.75, 0.6))
        seen.parts = (Part(seen.box, 2),)
        out, box, parts = views.photo_view(pixels, seen, random, 96, flip=True)
        assert out.shape == (96, 96, 3) and out.dtype == np.uint8
        if box[0] < 0:
            assert not parts
            continue
        assert np.allclose(parts[0].box, box) and parts[0].category == 2
        red = (out[..., 0].astype(int) - out[..., 1]) > 60
        x1, y1, x2, y2 = (box * 96).round().astype(int)
        inside = red[max(0, y1 - 4) : y2 + 4, max(0, x1 - 4) : x2 + 4].sum()
        if red.sum() > 50:  # noise, haze or a cover may have taken the colour
            checked += 1
            good += inside >= 0.8 * red.sum()
    assert checked >= 20
    assert good >= 0.9 * checked  # now and then the patch that covers the object is red itself


def test_cut_keeps_a_plain_window_and_whitens_beyond():
    pixels = np.zeros((100, 100, 3), np.uint8)
    out = np.asarray(geometry.cut(pixels, (-0.5, 0, 1.0), 50))
    assert (out[:, :24] == 255).all() and (out[:, 26:] == 0).all()


def test_box_in_a_window_by_hand():
    box, share = geometry.box_in((0.25, 0.25, 0.75, 0.75), (0.5, 0.0, 0.5))
    assert box.tolist() == [0.0, 0.5, 0.5, 1.0] and share == 0.25


def test_box_of_content_finds_the_ink_and_gives_up_without_white():
    pixels = np.full((100, 100, 3), 255, np.uint8)
    pixels[20:60, 30:90] = 0
    assert np.allclose(box_of_content(pixels), (0.3, 0.2, 0.9, 0.6), atol=0.021)
    assert box_of_content(np.zeros((10, 10, 3), np.uint8)) is None


def test_any_window_stays_within_the_content_and_keeps_its_area():
    random = np.random.default_rng(5)
    content = (0.125, 0.0, 0.875, 1.0)
    for _ in range(300):
        (left, top, size), stretch = geometry.any_window(content, random, 0.2)
        width = size / stretch
        left += (size - width) / 2
        assert left >= 0.125 - 1e-9 and left + width <= 0.875 + 1e-9 and top >= -1e-9 and top + size <= 1 + 1e-9
        assert width * size >= 0.75 * 0.2 * 0.999


def test_a_photo_without_a_box_fills_its_view_or_is_whole():
    random = np.random.default_rng(7)
    pixels = np.full((200, 200, 3), 90, np.uint8)
    white = 0
    for _ in range(80):
        out, box, _ = views.shop_view(pixels, picture(), random, 64)
        assert out.shape == (64, 64, 3) and box[0] == -1
        white += (out.reshape(-1, 3).min(1) > 250).any()
    assert 0 < white < 40  # white bars only come with the whole

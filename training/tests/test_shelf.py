import numpy as np
from PIL import Image

from looksee_training import shelf


def product():
    """A red ring with a white hole on white."""
    y, x = np.mgrid[0:100, 0:100]
    distance = np.hypot(x - 60, y - 40)
    pixels = np.full((100, 100, 3), 255, np.uint8)
    pixels[(distance < 30) & (distance > 10)] = (220, 20, 20)
    return pixels


def test_the_cut_out_is_the_product_with_what_it_encloses_and_no_ground():
    picture, outline = shelf.cut_out(product(), (0, 0, 1, 1))
    assert picture.size == outline.size and 54 <= picture.width <= 60 and 54 <= picture.height <= 60
    mask = np.asarray(outline)
    assert mask[mask.shape[0] // 2, mask.shape[1] // 2] == 255  # the hole belongs to it
    assert mask[0, 0] == 0 and mask[-1, -1] == 0


def test_a_picture_that_fills_its_frame_is_its_own_cut_out():
    pixels = np.full((50, 50, 3), 90, np.uint8)
    picture, outline = shelf.cut_out(pixels, (0, 0.1, 1, 0.9))
    assert picture.size == (50, 40) and np.asarray(outline).min() == 255


def test_each_product_on_a_table_has_its_box():
    """Three plain colours: most of what shows of a colour lies in its box, and a hidden product has none."""
    random = np.random.default_rng(3)
    colours = [(230, 20, 20), (20, 200, 20), (20, 20, 230)]
    hues = np.array([[2, -1, -1], [-1, 2, -1], [-1, -1, 2]])
    cut_outs = [(Image.new("RGB", (40, 60), c), Image.new("L", (40, 60), 255)) for c in colours]
    found = 0
    for _ in range(30):
        out, boxes = shelf.on_table(cut_outs, Image.new("RGB", (128, 128), (128, 128, 128)), random, 128)
        assert out.shape == (128, 128, 3) and len(boxes) == 3
        for hue, box in zip(hues, boxes):
            if box is None:
                continue
            found += 1
            x1, y1, x2, y2 = (box * 128).round().astype(int)
            like = out @ hue > 0.4 * out.sum(2)
            assert like[y1:y2, x1:x2].mean() > 0.4
            assert like[y1:y2, x1:x2].sum() > 0.7 * like.sum()
    assert found > 45


def test_the_box_holds_the_product_where_one_is_given():
    random = np.random.default_rng(7)
    cut_out = shelf.cut_out(product(), (0, 0, 1, 1))
    boxed = 0
    for _ in range(60):
        out, box = shelf.on_shelf(*cut_out, Image.new("RGB", (96, 96), (90, 110, 90)), random, 96)
        assert out.shape == (96, 96, 3) and out.dtype == np.uint8
        if box is None:
            continue
        boxed += 1
        assert 0 <= box[0] < box[2] <= 1 and 0 <= box[1] < box[3] <= 1
        red = (out[..., 0].astype(int) - out[..., 1]) > 60
        x1, y1, x2, y2 = (np.asarray(box) * 96).round().astype(int)
        if red.sum() > 100:  # a cover may hide it, and be red itself
            assert red[max(0, y1 - 3) : y2 + 3, max(0, x1 - 3) : x2 + 3].sum() >= 0.7 * red.sum()
    assert boxed >= 5

"""One training view of a picture: uint8 (side, side, 3) and what is known of it."""

from typing import NamedTuple

import numpy as np

from . import geometry, light, shelf
from .sets import Part

NO_BOX = np.full(4, -1, np.float32)
WHOLE_SHARE = 0.25  # of the views of a photo without a box
LEAST_AREA = 0.15  # of such a photo, for a window of it
LEAST_SEEN = 0.5  # of a box, for its visible part to count as the truth


class View(NamedTuple):
    pixels: np.ndarray
    box: np.ndarray = NO_BOX  # of the main object
    parts: tuple | None = None  # all that can be seen, where that is known


def whole_window(picture):
    return (0.0, 0.0, 1.0)


def photo_view(pixels, picture, random, side, flip=False):
    """A phone photo: half the time the whole, as pass 1 sees it, half the time cut to the object, as pass 2 does."""
    closer = random.random() < 0.5
    if closer and picture.box is not None:
        found = geometry.jittered_box(picture.box, random, 0.12)
        window = geometry.jittered(geometry.around(found, 1.15), random, 0.06, 0.15)
    else:
        window = geometry.jittered(whole_window(picture), random, 0.06, 0.15)
    tilt = 12 if closer else 5
    return _view(pixels, picture.box, window, random, side, flip, tilt, strength=1.0, cover=0.2, parts=picture.parts)


def shop_view(pixels, picture, random, side):
    """A photo whose object's box nobody drew: mostly any window of it, near or far, sometimes the whole.

    Mild in colour and never blurred, since the colour of fruit and the print of packets are what tells them apart.
    """
    if random.random() < WHOLE_SHARE:
        window, stretch = geometry.jittered(whole_window(picture), random, 0.06, 0.15), 1.0
    else:
        window, stretch = geometry.any_window(picture.content, random, LEAST_AREA)
    return _view(pixels, None, window, random, side, True, tilt=0, strength=0.5, cover=0.25, stretch=stretch)


def catalog_view(pixels, picture, random, side, flip=False):
    """A catalogue picture: nearly as it is, whole or cut to what is not white."""
    window = whole_window(picture)
    if random.random() < 0.5 and picture.box is not None:
        window = geometry.around(geometry.jittered_box(picture.box, random, 0.05), 1.15)
    window = geometry.jittered(window, random, 0.03, 0.08)
    return _view(pixels, picture.box, window, random, side, flip, tilt=3, strength=0.35, cover=0.0)


def shelf_view(cut_out, backdrop, picture, random, side):
    """A catalogue picture's product on a shelf that was never photographed, before a window of another photo.

    cut_out: of `shelf.cut_out`. backdrop: pixels, and `picture` whose they are.
    """
    out, box = shelf.on_shelf(*cut_out, _behind(backdrop, picture, random, side), random, side)
    return View(out, NO_BOX if box is None else box.astype(np.float32))


def table_view(cut_outs, categories, backdrop, picture, random, side):
    """Several products side by side before a window of another photo: all of them are known."""
    out, boxes = shelf.on_table(cut_outs, _behind(backdrop, picture, random, side), random, side)
    parts = tuple(Part(tuple(box), category) for box, category in zip(boxes, categories) if box is not None)
    largest = max(parts, key=lambda part: geometry.area(part.box), default=None)
    return View(out, NO_BOX if largest is None else np.float32(largest.box), parts)


def garment_view(pixels, box, random, side):
    """One labelled part of a street photo, for its category."""
    window = geometry.jittered(geometry.around(geometry.jittered_box(box, random, 0.15), 1.25), random, 0.08, 0.25)
    return _view(pixels, box, window, random, side, random.random() < 0.5, tilt=10, strength=1.0, cover=0.1)


def plain_view(pixels, window, side):
    """No augmentation: what serving would see of the window."""
    return np.asarray(geometry.cut(pixels, window, side))


def _behind(pixels, picture, random, side):
    window, stretch = geometry.any_window(picture.content, random, 0.1)
    return geometry.cut(pixels, window, side, stretch)


def _view(pixels, box, window, random, side, flip, tilt, strength, cover, stretch=1.0, parts=None):
    stretch *= float(np.exp(random.uniform(-0.08, 0.08)))
    image = geometry.cut(pixels, window, side, stretch)
    truth = NO_BOX if box is None else _seen(box, window, stretch, NO_BOX)
    if parts is not None:
        seen = ((part, _seen(part.box, window, stretch, None)) for part in parts)
        parts = tuple(Part(tuple(box), part.category, part.label) for part, box in seen if box is not None)
    if tilt and random.random() < 0.5:
        # A slight tilt moves a box's edges by less than labels are exact; a strong one makes the box unknown.
        image = geometry.tilted(image, random, tilt, 0.06)
        if tilt > 6:
            truth, parts = NO_BOX, None
    out = np.array(light.softened(image, random) if strength > 0.5 else image)
    if random.random() < 0.85:
        out = light.relit(out, random, strength)
    if random.random() < cover:
        out = light.covered(out, random)
    if flip and random.random() < 0.5:
        out = out[:, ::-1]
        if truth is not NO_BOX:
            truth = _mirrored(truth)
        if parts is not None:
            parts = tuple(Part(tuple(_mirrored(part.box)), part.category, part.label) for part in parts)
    return View(np.ascontiguousarray(out), truth, parts)


def _seen(box, window, stretch, otherwise):
    found, share = geometry.box_in(box, window, stretch)
    return found.astype(np.float32) if share >= LEAST_SEEN else otherwise


def _mirrored(box):
    x1, y1, x2, y2 = box
    return np.array([1 - x2, y1, 1 - x1, y2], np.float32)

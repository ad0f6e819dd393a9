"""One training view of a picture: uint8 (side, side, 3) and what is known of it."""

import numpy as np

from . import geometry, light, shelf

NO_BOX = np.full(4, -1, np.float32)
WHOLE_SHARE = 0.25  # of the views of a photo without a box
LEAST_AREA = 0.15  # of such a photo, for a window of it
LEAST_SEEN = 0.5  # of a box, for its visible part to count as the truth


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
    return _view(pixels, picture.box, window, random, side, flip, tilt=12 if closer else 5, strength=1.0, cover=0.2)


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
    window, stretch = geometry.any_window(picture.content, random, 0.1)
    behind = geometry.cut(backdrop, window, side, stretch)
    out, box = shelf.on_shelf(*cut_out, behind, random, side)
    return out, NO_BOX if box is None else box.astype(np.float32)


def garment_view(pixels, box, random, side):
    """One labelled part of a street photo, for its category."""
    window = geometry.jittered(geometry.around(geometry.jittered_box(box, random, 0.15), 1.25), random, 0.08, 0.25)
    return _view(pixels, box, window, random, side, random.random() < 0.5, tilt=10, strength=1.0, cover=0.1)


def plain_view(pixels, window, side):
    """No augmentation: what serving would see of the window."""
    return np.asarray(geometry.cut(pixels, window, side))


def _view(pixels, box, window, random, side, flip, tilt, strength, cover, stretch=1.0):
    stretch *= float(np.exp(random.uniform(-0.08, 0.08)))
    image = geometry.cut(pixels, window, side, stretch)
    truth = NO_BOX
    if box is not None:
        seen, share = geometry.box_in(box, window, stretch)
        truth = seen.astype(np.float32) if share >= LEAST_SEEN else NO_BOX
    if tilt and random.random() < 0.5:
        # A slight tilt moves a box's edges by less than labels are exact; a strong one makes the box unknown.
        image = geometry.tilted(image, random, tilt, 0.06)
        if tilt > 6:
            truth = NO_BOX
    out = np.array(light.softened(image, random) if strength > 0.5 else image)
    if random.random() < 0.85:
        out = light.relit(out, random, strength)
    if random.random() < cover:
        out = light.covered(out, random)
    if flip and random.random() < 0.5:
        out = out[:, ::-1]
        if truth is not NO_BOX:
            truth = truth[[2, 1, 0, 3]] * np.array([-1, 1, -1, 1], np.float32) + np.array([1, 0, 1, 0], np.float32)
    return np.ascontiguousarray(out), truth

"""Photos of products nobody has photographed: a catalogue picture's cut-out put on a shelf, in any light.

Shop photos of a product come from a handful of visits, and a network learns those visits by heart. Here the product
stands before any other photo, at any size, often in a row of its like, as shelves have it.
"""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from . import geometry, light

INK = 14  # levels below white
MOST_INK = 0.97  # of the picture: it fills its frame, and its outline cannot be told


def cut_out(pixels, content):
    """The product of a catalogue picture on white, and its outline: PIL RGB and L of one size, cut to the product.

    White within the product belongs to it. A picture that fills its frame is its own cut-out.
    """
    s = pixels.shape[0]
    x1, y1, x2, y2 = (round(v * s) for v in content)
    picture = np.ascontiguousarray(pixels[y1:y2, x1:x2])
    ink = ((255 - picture.min(2)) > INK).astype(np.uint8) * 255
    framed = Image.fromarray(np.pad(ink, 1)).copy()  # its own memory, to draw into
    ImageDraw.floodfill(framed, (0, 0), 128)  # what can be reached from outside is ground
    outline = np.asarray(framed)[1:-1, 1:-1] != 128
    if not outline.any() or outline.mean() > MOST_INK:
        return Image.fromarray(picture), Image.new("L", (picture.shape[1], picture.shape[0]), 255)
    mask = Image.fromarray(outline.astype(np.uint8) * 255).filter(ImageFilter.MinFilter(3))
    box = mask.getbbox() or (0, 0, mask.width, mask.height)
    return Image.fromarray(picture).crop(box), mask.filter(ImageFilter.GaussianBlur(0.7)).crop(box)


def on_shelf(product, outline, backdrop, random, side):
    """A drawn photo of the cut-out: uint8 (side, side, 3), and its box in fractions, or None.

    product, outline: of `cut_out`. backdrop: PIL RGB, side x side. The box is known where the product stands alone, at
    least half of it in sight, and nothing was tilted.
    """
    image = _out_of_focus(backdrop, random)
    shown, mask = _lit(product, outline, side * random.uniform(0.45, 1.3), random)
    w, h = shown.size
    x, y = side / 2 + random.uniform(-0.2, 0.2, 2) * side
    places, alone = [(x, y)], random.random() < 0.4
    if not alone:
        step, slope = w * random.uniform(0.9, 1.15), h * random.uniform(-0.03, 0.03)
        places = [(x + n * step, y + n * slope) for n in (-2, 2, -1, 1, 0)]
        if random.random() < 0.4:
            places = [(px, py - 0.95 * h) for px, py in places] + places
    for px, py in places:
        image.paste(shown, (int(px - w / 2), int(py - h / 2)), mask)
    tilted = random.random() < 0.6
    if tilted:
        image = geometry.tilted(image, random, 4, 0.12)
    out = np.array(light.softened(image, random) if random.random() < 0.5 else image)
    out = light.relit(out, random, 1.0)
    if random.random() < 0.25:
        out = light.covered(out, random)
    box, share = geometry.box_in(
        ((x - w / 2) / side, (y - h / 2) / side, (x + w / 2) / side, (y + h / 2) / side), (0.0, 0.0, 1.0)
    )
    return out, box if alone and not tilted and share >= 0.5 else None


def on_table(cut_outs, backdrop, random, side):
    """Different products side by side: uint8 (side, side, 3), and each one's box in fractions, None for one that is
    mostly hidden.

    cut_outs: of `cut_out`, one to nine. Each stands in a cell of a grid, anywhere about its middle.
    """
    image = backdrop.filter(ImageFilter.GaussianBlur(random.uniform(3, 6)))  # what it shows is no part of the table
    columns = int(np.ceil(np.sqrt(len(cut_outs))))
    rows = -(-len(cut_outs) // columns)
    cells = random.permutation(columns * rows)[: len(cut_outs)]
    whose = np.full((side, side), -1, np.int16)  # the product seen at each pixel
    sizes, drawn = [], []
    for number, ((product, outline), cell) in enumerate(zip(cut_outs, cells)):
        room = side / max(columns, rows)
        shown, mask = _lit(product, outline, room * random.uniform(0.5, 1.2), random)
        x = (cell % columns + random.uniform(0.3, 0.7)) * side / columns - shown.width / 2
        y = (cell // columns + random.uniform(0.3, 0.7)) * side / rows - shown.height / 2
        place = (int(x), int(y))
        image.paste(shown, place, mask)
        layer = Image.new("L", (side, side))
        layer.paste(mask, place)
        covers = np.asarray(layer) > 127
        whose[covers] = number
        sizes.append((np.asarray(mask) > 127).sum())
        drawn.append(covers)
    boxes = []
    for number, size in enumerate(sizes):
        seen = whose == number
        if seen.sum() < 0.5 * size or size == 0:
            boxes.append(None)
            continue
        ys, xs = np.flatnonzero(drawn[number].any(1)), np.flatnonzero(drawn[number].any(0))
        boxes.append(np.array([xs[0], ys[0], xs[-1] + 1, ys[-1] + 1], np.float32) / side)
    out = np.array(light.softened(image, random) if random.random() < 0.5 else image)
    return light.relit(out, random, 1.0), boxes


def _out_of_focus(backdrop, random):
    """A copy to draw on."""
    return backdrop.filter(ImageFilter.GaussianBlur(random.uniform(0.5, 4))) if random.random() < 0.7 else backdrop.copy()


def _lit(product, outline, longest, random):
    """The cut-out at a size, `longest` its longer side in pixels, under a lamp from one side: PIL RGB and L."""
    scale = longest / max(product.size)
    w, h = max(8, int(product.width * scale)), max(8, int(product.height * scale))
    shown = np.asarray(product.resize((w, h), Image.BICUBIC), np.float32)
    shown = shown * np.linspace(*random.uniform(0.6, 1.1, 2), w)[None, :, None]  # light from one side
    shown = shown * np.linspace(*random.uniform(0.75, 1.1, 2), h)[:, None, None]
    shown = shown * np.exp(random.uniform(-0.15, 0.15, 3) + random.uniform(-0.2, 0.15))  # the lamp's colour
    return Image.fromarray(shown.clip(0, 255).astype(np.uint8)), outline.resize((w, h), Image.BILINEAR)

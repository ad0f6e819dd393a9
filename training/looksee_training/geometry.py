"""Windows cut out of a stored square: where to look, and where the box lies then. All in fractions of the square."""

import numpy as np
from PIL import Image

WHITE = (255, 255, 255)


def around(box, context):
    """The square of `context` times the box's longer side around its centre: (left, top, size)."""
    size = max(box[2] - box[0], box[3] - box[1]) * context
    return ((box[0] + box[2] - size) / 2, (box[1] + box[3] - size) / 2, size)


def any_window(content, random, least):
    """A window within `content` (x1, y1, x2, y2) of `least` to all of its area, sides 3:4 to 4:3: (window, stretch)."""
    w, h = content[2] - content[0], content[3] - content[1]
    area, ratio = w * h * random.uniform(least, 1), np.exp(random.uniform(-1, 1) * np.log(4 / 3))
    width, height = min(w, np.sqrt(area * ratio)), min(h, np.sqrt(area / ratio))
    left, top = content[0] + random.uniform(0, w - width), content[1] + random.uniform(0, h - height)
    return (left - (height - width) / 2, top, height), height / width


def jittered(window, random, shift, zoom):
    """Moves a window by up to `shift` of its size and scales it by up to `zoom` (0.2: 0.83 to 1.2)."""
    left, top, size = window
    bigger = size * np.exp(random.uniform(-1, 1) * np.log1p(zoom))
    dx, dy = random.uniform(-shift, shift, 2) * size
    return (left + dx + (size - bigger) / 2, top + dy + (size - bigger) / 2, bigger)


def jittered_box(box, random, amount):
    """A box as a box head might have found it: each edge off by up to `amount` of the box's side."""
    w, h = box[2] - box[0], box[3] - box[1]
    d = random.uniform(-amount, amount, 4)
    return (box[0] + d[0] * w, box[1] + d[1] * h, box[2] + d[2] * w, box[3] + d[3] * h)


def cut(pixels, window, side, stretch=1.0):
    """The window of uint8 (s, s, 3) scaled to a PIL image of `side`, white where it reaches past the square.

    stretch > 1 makes the content wider, < 1 narrower (the window's width is divided by it). Antialiased.
    """
    s = pixels.shape[0]
    left, top, size = (v * s for v in window)
    width = size / stretch
    left += (size - width) / 2
    x1, y1, x2, y2 = max(0, left), max(0, top), min(s, left + width), min(s, top + size)
    out = Image.new("RGB", (side, side), WHITE)
    if x2 - x1 < 1 or y2 - y1 < 1:
        return out
    a, b = round((x1 - left) / width * side), round((x2 - left) / width * side)
    c, d = round((y1 - top) / size * side), round((y2 - top) / size * side)
    # Only the rows and columns that are needed leave the map; two more keep the filter's edge right.
    ox, oy = max(0, int(x1) - 2), max(0, int(y1) - 2)
    part = Image.fromarray(np.ascontiguousarray(pixels[oy : int(y2) + 3, ox : int(x2) + 3]))
    frame = (x1 - ox, y1 - oy, min(part.width, x2 - ox), min(part.height, y2 - oy))
    out.paste(part.resize((max(1, b - a), max(1, d - c)), Image.BICUBIC, box=frame), (a, c))
    return out


def area(box):
    return max(0.0, box[2] - box[0]) * max(0.0, box[3] - box[1])


def box_in(box, window, stretch=1.0):
    """`box` seen through the window, cut to 0..1, and the share of its area that is left."""
    left, top, size = window
    width = size / stretch
    left += (size - width) / 2
    seen = np.array([(box[0] - left) / width, (box[1] - top) / size, (box[2] - left) / width, (box[3] - top) / size])
    cut_box = seen.clip(0, 1)
    area = max(1e-9, (seen[2] - seen[0]) * (seen[3] - seen[1]))
    return cut_box, float((cut_box[2] - cut_box[0]) * (cut_box[3] - cut_box[1]) / area)


def tilted(image, random, degrees, perspective):
    """Rotates and tilts a PIL image by up to that much around its centre; the corners that come in are white."""
    side = image.width
    angle = np.deg2rad(random.uniform(-degrees, degrees))
    corners = np.array([[-1, -1], [-1, 1], [1, 1], [1, -1]], float)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    corners = corners @ turn.T + random.uniform(-perspective, perspective, (4, 2))
    quad = ((corners + 1) / 2 * side).ravel()
    return image.transform((side, side), Image.QUAD, tuple(quad), Image.BILINEAR, fillcolor=WHITE)

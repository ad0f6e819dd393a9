"""Figures on the internal validation parts, straight from prepared tensors; the serving path is measured by measure.ts."""

import numpy as np
import torch

from . import geometry
from .export import to_input
from .losses import as_feature, iou
from .views import plain_view


@torch.no_grad()
def see(network, pixels, batch=32):
    """uint8 (n, s, s, 3) -> dict of the network's outputs, concatenated."""
    parts = []
    for at in range(0, len(pixels), batch):
        x = to_input(pixels[at : at + batch]).contiguous(memory_format=torch.channels_last)
        parts.append(network(x))
    return {key: torch.cat([p[key] for p in parts]) for key in parts[0]}


def features_of(network, pictures, source, side, views=("whole", "box")):
    """Unit features (n, 512) as served: the sum of the named views; and pass 1's answers.

    Views: "whole", "box" (the crop at the network's own box), "centre" (the middle 0.7 of the picture's shorter side).
    """
    whole = np.stack([plain_view(source.pixels[p.row], (0, 0, 1), side) for p in pictures])
    first = see(network, whole)
    total = torch.zeros_like(first["raw"])
    if "whole" in views:
        total += as_feature(first["raw"])
    if "box" in views:
        boxes = first["box"].numpy()
        crops = np.stack([
            plain_view(source.pixels[p.row], geometry.around(b, 1.15), side) for p, b in zip(pictures, boxes)
        ])  # fmt: skip
        total += as_feature(see(network, crops)["raw"])
    if "centre" in views:
        crops = np.stack([plain_view(source.pixels[p.row], centre_window(p.content, 0.7), side) for p in pictures])
        total += as_feature(see(network, crops)["raw"])
    return as_feature(total), first


def centre_window(content, share):
    """The middle square of `share` times the shorter side of `content`."""
    x1, y1, x2, y2 = content
    size = share * min(x2 - x1, y2 - y1)
    return ((x1 + x2 - size) / 2, (y1 + y2 - size) / 2, size)


def recalls(queries, query_items, catalog, catalog_items, ks=(1, 4, 20)):
    """Share of queries whose own item is among the k nearest catalogue items, by cosine."""
    scores = queries @ catalog.T
    own = torch.tensor([catalog_items.index(i) for i in query_items])
    better = (scores > scores.gather(1, own[:, None])).sum(1)
    return {k: round(float((better < k).float().mean()), 4) for k in ks}


def set_figures(network, source, part, side, limit=None, views=("whole", "box")):
    """Recall of one set's photos against its catalogue, category accuracy, and box overlap where boxes are known."""
    catalog, photos = [p for p in source.pictures if p.role == "catalog"], source.of(part, "photo")
    if limit:
        photos = photos[:: max(1, len(photos) // limit)]
    ids = [p.item for p in catalog]
    theirs, their_first = features_of(network, catalog, source, side)
    mine, seen = features_of(network, photos, source, side, views)
    recall = recalls(mine, [p.item for p in photos], theirs, ids)
    bits = recalls(torch.sign(mine), [p.item for p in photos], torch.sign(theirs), ids)
    truth = torch.tensor([p.category for p in photos])
    once = recalls(as_feature(seen["raw"]), [p.item for p in photos], as_feature(their_first["raw"]), ids)
    result = {"recall": recall, "codeRecall": bits, "recallOnce": once, "category": accuracy(seen["category"], truth)}
    if photos[0].box is not None:
        overlap, _ = iou(seen["box"], torch.tensor([p.box for p in photos]))
        result["iou0.5"], result["iou0.7"] = share(overlap >= 0.5), share(overlap >= 0.7)
    return result


def internal_figures(network, sets, held_out, side):
    """What is looked at while training; never the groceries' own val photos."""
    found = {}
    if "groceries" in sets:
        found["groceries"] = set_figures(network, sets["groceries"], "validation", side)
        closer = set_figures(network, sets["groceries"], "validation", side, views=("whole", "centre"))
        found["groceries"]["closer"] = closer["recall"]
    if held_out is not None:
        found["mall"] = set_figures(network, held_out, "validation", side, limit=300)
    if "clothing" in sets:
        photos = sets["clothing"].of("validation")[::2]
        pixels = np.stack([plain_view(sets["clothing"].pixels[p.row], (0, 0, 1), side) for p in photos])
        truth = torch.tensor([p.category for p in photos])
        found["clothing"] = {"category": accuracy(see(network, pixels)["category"], truth)}
    return found


def accuracy(logits, truth):
    return share(logits.argmax(1) == truth)


def share(flags):
    return round(float(flags.float().mean()), 4)

"""Gives a model one projection of what all its networks pool: the 512 directions that tell items apart best.

    python3 -m looksee_training.discriminant ../models/float32 ../../prepared --mall ../../prepared-18

Nothing is trained, it is had in one step from what the networks make of training pictures, best of a mall that they never met. What a photo and its catalogue picture differ
in is scaled down, and of what is left the directions in which pictures differ most are kept, turned by a drawn rotation
so that every sign says as much. Rewrites model.onnx and golden.json of the folder. `--shuffled` is the control: photos
belong to any item, and nothing may be gained. Source: Fisher's linear discriminant, with Hatch et al., "Within-class
covariance normalization for SVM-based speaker recognition", Interspeech 2006, for the scaling.
"""

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from .categories import LABELS
from .export import to_input, write_golden, write_onnx
from .model import FEATURE_WIDTH
from .onnx_weights import load_served
from .sets import PictureSet, read_held_out
from .trunk import STAGES
from .views import plain_view

SHRINK = 0.1  # of the mean variance within items, added to every direction
GROCERIES = 0.5  # weight of how groceries differ from each other, beside the mall
LEAST_PHOTOS = 6  # of a garment's label, for it to have a mean


class Spread(NamedTuple):
    """How pictures of one set, float (n, d) each, lie: covariances (d, d) and mean (d,), float64."""

    within: np.ndarray  # of a photo and its catalogue picture about their mean
    total: np.ndarray
    mean: np.ndarray


def spread(photos, theirs, catalog):
    """photos (n, d), theirs (n,): each one's row of catalog (m, d)."""
    apart = (photos - catalog[theirs]) / 2**0.5
    both = np.concatenate([catalog, photos])
    within = apart.T @ apart / len(apart)
    return Spread(within.astype(np.float64), np.cov(both.T, dtype=np.float64), both.mean(0, dtype=np.float64))


def between_labels(pictures, labels):
    """Covariance (d, d) of the means of each label; pictures (n, d), labels (n,), -1: none."""
    means = [pictures[labels == k].mean(0) for k in range(len(LABELS)) if (labels == k).sum() >= LEAST_PHOTOS]
    return np.cov(np.stack(means).T, dtype=np.float64)


def discriminant(mall, groceries, labels, width=FEATURE_WIDTH):
    """Spreads and `between_labels` -> weight (width, d) and bias (width,), float32.

    The direction from one set's mean to the other's is left out: which shop a picture is of would take signs that tell none of its items apart.
    """
    within = mall.within + groceries.within
    variances, directions = np.linalg.eigh(within)
    whitening = (directions * (variances + SHRINK * variances.mean()) ** -0.5) @ directions.T
    between = whitening @ (mall.total + GROCERIES * groceries.total + labels) @ whitening
    shop = whitening @ (mall.mean - groceries.mean)
    shop /= np.linalg.norm(shop)
    others = np.eye(len(shop)) - np.outer(shop, shop)
    _, kept = np.linalg.eigh(others @ between @ others)
    turn, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((width, width)))
    weight = turn.T @ kept[:, -width:].T @ whitening
    return weight.astype(np.float32), (-weight @ (mall.mean + groceries.mean) / 2).astype(np.float32)


@torch.no_grad()
def pooled(served, source, pictures, side, batch=32):
    """What the networks pool of whole pictures, side by side: float32 (n, d)."""
    found = []
    for at in range(0, len(pictures), batch):
        pixels = np.stack([plain_view(source.pixels[p.row], (0, 0, 1), side) for p in pictures[at : at + batch]])
        stem = served.stem(to_input(pixels).contiguous(memory_format=torch.channels_last))
        found.append(torch.cat([network(stem, start=STAGES)["pooled"] for network in served.networks], 1).numpy())
    return np.concatenate(found)


def spread_of(served, source, side, shuffled):
    catalog, photos = source.of("train", "catalog"), source.of("train", "photo")
    row = {picture.item: n for n, picture in enumerate(catalog)}
    theirs = np.array([row[picture.item] for picture in photos])
    if shuffled:
        theirs = np.random.default_rng(0).permutation(theirs)
    return spread(pooled(served, source, photos, side), theirs, pooled(served, source, catalog, side))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="a model folder in float32")
    parser.add_argument("prepared", type=Path)
    parser.add_argument("--mall", type=Path, required=True, help="prepared; best one that the networks never met")
    parser.add_argument("--held-out", default="configs/held-out.txt")
    parser.add_argument("--shuffled", action="store_true")
    args = parser.parse_args()
    served, card = load_served(args.model)
    side = card["input"]["side"]
    mall = PictureSet(args.mall, "mall")
    groceries = PictureSet(args.prepared / "groceries", "groceries", held_out=read_held_out(args.held_out))
    clothing = PictureSet(args.prepared / "clothing", "clothing")
    garments = clothing.of("train")
    labels = between_labels(pooled(served, clothing, garments, side), np.array([p.label for p in garments]))
    spreads = [spread_of(served, source, side, args.shuffled) for source in (mall, groceries)]
    served.project(*map(torch.from_numpy, discriminant(*spreads, labels)))
    write_onnx(served, args.model / "model.onnx", side)
    write_golden(served, args.model, side, card["id"])
    print(json.dumps({"model": card["id"], "directions": FEATURE_WIDTH, "of": len(labels)}))


if __name__ == "__main__":
    main()

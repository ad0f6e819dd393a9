"""Gives a model one projection of all that its networks make of a picture: the 512 directions that tell items apart best.

    python3 -m looksee_training.discriminant ../models/float32 ../../prepared --mall ../../prepared-18 --mall ../../prepared-19

Nothing is trained, it is had in one step from what the networks make of training pictures (`Served.described`), best of malls that they never met.
What a photo and its catalogue picture differ in is scaled down, and of what is left the directions in which pictures differ most are kept, brought a little
towards each other in size and turned by a drawn rotation, so that every sign says as much. Rewrites model.onnx and golden.json of the folder. `--shuffled` is the control: photos
belong to any item, and nothing may be gained. Source: Fisher's linear discriminant, with Hatch et al., "Within-class
covariance normalization for SVM-based speaker recognition", Interspeech 2006, for the scaling.
"""

import argparse
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from scipy.linalg import eigh, solve

from .categories import LABELS
from .export import answers_of, to_input, write_golden, write_onnx
from .model import FEATURE_WIDTH, Projection
from .onnx_weights import load_served
from .sets import PictureSet, read_held_out
from .views import plain_view

SHRINK = 0.3  # of the mean variance within items, added to every direction
LEVEL = -0.15  # each direction times its variance to this power: a few that tell kinds apart would outweigh what tells variants apart
GROCERIES = 0.5  # weight of how groceries differ from each other, beside the malls
LEAST_PHOTOS = 6  # of a garment's label, for it to have a mean


class Pairs(NamedTuple):
    """Pictures of one shop, float32 (n, d) and (m, d); theirs (n,): each photo's row of the catalogue."""

    photos: np.ndarray
    catalog: np.ndarray
    theirs: np.ndarray


class Spread(NamedTuple):
    """How pictures of one shop lie: covariances (d, d) and mean (d,), float64."""

    within: np.ndarray  # of a photo and its catalogue picture about their mean
    total: np.ndarray
    mean: np.ndarray

    def scaled(self, mean, scale):
        """What it is of numbers less `mean`, times `scale`, (d,) each."""
        both = scale[:, None] * scale
        return Spread(self.within * both, self.total * both, (self.mean - mean) * scale)


def spread(pairs, shuffled=False):
    """shuffled: photos belong to any item."""
    theirs = np.random.default_rng(0).permutation(pairs.theirs) if shuffled else pairs.theirs
    apart = (pairs.photos - pairs.catalog[theirs]) / np.float32(2**0.5)
    within = (apart.T @ apart / len(apart)).astype(np.float64)
    both = np.concatenate([pairs.catalog, pairs.photos])
    mean = both.mean(0, dtype=np.float64)
    both -= mean.astype(np.float32)
    return Spread(within, (both.T @ both / len(both)).astype(np.float64), mean)


def joined(spreads):
    """Spreads of shops of one size, one after another, as that of one shop."""
    within, total, means = 0, 0, []
    for one in spreads:
        within, total = within + one.within, total + one.total
        means.append(one.mean)
    apart = np.stack(means) - np.mean(means, 0)
    return Spread(within / len(means), (total + apart.T @ apart) / len(means), np.mean(means, 0))


def between_labels(pictures, labels):
    """Covariance (d, d) of the means of each label; pictures (n, d), labels (n,), -1: none."""
    means = [pictures[labels == k].mean(0) for k in range(len(LABELS)) if (labels == k).sum() >= LEAST_PHOTOS]
    return np.cov(np.stack(means).T, dtype=np.float64)


def discriminant(mall, groceries, labels, width=FEATURE_WIDTH):
    """Spreads and `between_labels` -> weight (width, d) and bias (width,), float32.

    The direction from one shop's mean to the other's is left out: which shop a picture is of would take signs that tell none of its items apart.
    """
    within = mall.within + groceries.within
    within[np.diag_indices_from(within)] += SHRINK * within.diagonal().mean()
    between = mall.total + GROCERIES * groceries.total + labels
    shops = mall.mean - groceries.mean
    across = solve(within, shops, assume_a="pos")
    across /= shops @ across
    reached = between @ across
    between -= np.outer(shops, reached) + np.outer(reached, shops) - (across @ reached) * np.outer(shops, shops)
    variance, kept = eigh(between, within, subset_by_index=[len(within) - width, len(within) - 1])
    turn, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((width, width)))
    weight = turn.T @ (kept * np.maximum(variance, 1e-6) ** LEVEL).T
    return weight.astype(np.float32), (-weight @ (mall.mean + groceries.mean) / 2).astype(np.float32)


@torch.no_grad()
def described(served, source, pictures, side, batch=32):
    """What the networks make of whole pictures: float32 (n, d)."""
    found = []
    for at in range(0, len(pictures), batch):
        pixels = np.stack([plain_view(source.pixels[p.row], (0, 0, 1), side) for p in pictures[at : at + batch]])
        found.append(served.described(*served.seen(to_input(pixels).contiguous(memory_format=torch.channels_last))).numpy())
    return np.concatenate(found)


def pairs_of(served, source, side):
    catalog, photos = source.of("train", "catalog"), source.of("train", "photo")
    row = {picture.item: n for n, picture in enumerate(catalog)}
    theirs = np.array([row[picture.item] for picture in photos])
    return Pairs(described(served, source, photos, side), described(served, source, catalog, side), theirs)


def projection_of(mall, groceries, garments, labels):
    """Spreads of malls and groceries, garments (k, d) and their labels (k,) -> a `Projection`. A number that never changes counts for nothing."""
    deviation = np.sqrt(mall.total.diagonal())
    scale = np.where(deviation > 1e-6, 1 / np.maximum(deviation, 1e-6), 0)
    spreads = [one.scaled(mall.mean, scale) for one in (mall, groceries)]
    standard = (garments - mall.mean.astype(np.float32)) * scale.astype(np.float32)
    weight, bias = discriminant(*spreads, between_labels(standard, labels))
    projection = Projection(len(scale))
    projection.mean.copy_(torch.from_numpy(mall.mean))
    projection.scale.copy_(torch.from_numpy(scale))
    projection.linear.weight.data, projection.linear.bias.data = torch.from_numpy(weight), torch.from_numpy(bias)
    return projection.eval()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path, help="a model folder in float32")
    parser.add_argument("prepared", type=Path)
    parser.add_argument("--mall", type=Path, action="append", required=True, help="prepared, may be given often; best ones that the networks never met")
    parser.add_argument("--held-out", default="configs/held-out.txt")
    parser.add_argument("--shuffled", action="store_true")
    args = parser.parse_args()
    served, card = load_served(args.model)
    side = card["input"]["side"]
    malls = joined(spread(pairs_of(served, PictureSet(mall, "mall"), side), args.shuffled) for mall in args.mall)
    groceries = PictureSet(args.prepared / "groceries", "groceries", held_out=read_held_out(args.held_out))
    clothing = PictureSet(args.prepared / "clothing", "clothing")
    garments = clothing.of("train")
    labels = np.array([garment.label for garment in garments])
    shop, worn = spread(pairs_of(served, groceries, side), args.shuffled), described(served, clothing, garments, side)
    served.project(projection_of(malls, shop, worn, labels))
    write_onnx(served, args.model / "model.onnx", side)
    write_golden(answers_of(served), args.model, side, card["id"])
    print(json.dumps({"model": card["id"], "directions": FEATURE_WIDTH, "of": worn.shape[1]}))


if __name__ == "__main__":
    main()

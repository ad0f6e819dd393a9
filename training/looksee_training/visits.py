"""Holds out whole visits to the shop: the photos of a product that look least like its other photos.

    python3 -m looksee_training.visits ../../prepared/groceries TRUNK.npz --every 3 --out configs/held-out.txt

Shop photos come in bursts of near-equal ones, numbered at random, so a random tenth has its twins in training and says
nothing of another day. Here the photos of each product are joined by average linkage of the ImageNet trunk's pooled
features; the cluster of a tenth to a third of them that lies farthest from the rest is held out. The nearest training
photo of a held-out one is then as far (median cosine 0.73) as that of a photo taken in other shops.
--every 3: of every third product only, so that training keeps most visits; 1 to compare recipes.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from .export import to_input
from .sets import PictureSet
from .trunk import build_trunk, run_trunk
from .views import plain_view

LEAST, MOST = 0.1, 0.34  # of a product's photos
SIDE = 160


def farthest_cluster(features, least=LEAST, most=MOST):
    """Unit rows (n, d) -> sorted row numbers of the cluster whose rows are, by median, farthest from the nearest other row."""
    n = len(features)
    alike = features @ features.T
    groups, best = [[i] for i in range(n)], None
    while len(groups) > 2:
        linked = [
            (alike[np.ix_(a, b)].mean(), i, j) for i, a in enumerate(groups) for j, b in enumerate(groups[:i])
        ]  # fmt: skip
        _, i, j = max(linked)
        groups[j] += groups.pop(i)
        for group in groups:
            if max(3, least * n) <= len(group) <= most * n:
                rest = [k for k in range(n) if k not in group]
                distance = float(np.median(alike[np.ix_(group, rest)].max(1)))
                if best is None or distance < best[0]:
                    best = (distance, sorted(group))
    return best[1] if best else []


@torch.no_grad()
def pooled_features(trunk, pictures, source, batch=64):
    """Unit rows (n, 1280) of the untouched trunk."""
    rows = []
    for at in range(0, len(pictures), batch):
        pixels = np.stack([plain_view(source.pixels[p.row], (0, 0, 1), SIDE) for p in pictures[at : at + batch]])
        _, deep = run_trunk(trunk, to_input(pixels).contiguous(memory_format=torch.channels_last))
        rows.append(F.normalize(deep.mean((2, 3)), dim=1))
    return torch.cat(rows).numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prepared")
    parser.add_argument("trunk")
    parser.add_argument("--every", type=int, default=3)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    source = PictureSet(args.prepared, "groceries")
    trunk = build_trunk(args.trunk).eval()
    products = [p.item for p in source.pictures if p.role == "catalog"]
    held_out = []
    for product in products[args.every - 1 :: args.every]:
        photos = [p for p in source.pictures if p.item == product and p.role == "photo" and p.part != "test"]
        features = pooled_features(trunk, photos, source)
        held_out += [photos[i].file for i in farthest_cluster(features)]
    Path(args.out).write_text("\n".join(held_out) + "\n")
    print(f"{len(held_out)} photos of {len(products[args.every - 1 :: args.every])} products in {args.out}")


if __name__ == "__main__":
    main()

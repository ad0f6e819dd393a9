"""Half-whitening of the feature: directions that most pictures share are turned down, rare ones up.

    python3 -m looksee_training.whitening runs/NAME/last.pt --side 224 --out runs/NAME/whitening.npz

Measured on what the network was trained on, whole pictures, a third each of groceries, mall and clothing. The network
spends most of its variance on what tells kinds apart; products within a kind differ along weaker directions.
Source: PCA whitening of descriptors, Jégou and Chum, ECCV 2012; here with half of its power and no dimension dropped.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .evaluate import see
from .export import load_network
from .losses import as_feature
from .sets import PictureSet, read_held_out
from .views import plain_view

POWER = 0.25  # of the covariance's eigenvalues: 0 leaves the feature as it is, 0.5 whitens it
LEAST = 0.05  # of the mean eigenvalue: weaker directions are not raised above this
PICTURES = 2000  # of a set


def half_whitening(groups, power=POWER, least=LEAST):
    """Groups of unit rows (n, d), each counting alike whatever its size -> symmetric matrix (d, d) and mean (d,):
    whitened = unit(matrix (f - mean))."""
    mean = np.mean([g.mean(0) for g in groups], 0)
    covariance = np.mean([(g - mean).T @ (g - mean) / len(g) for g in groups], 0)
    values, vectors = np.linalg.eigh(covariance)
    scale = np.maximum(values, least * values.mean()) ** -power
    return ((vectors * scale) @ vectors.T / scale.mean()).astype(np.float32), mean.astype(np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("--side", type=int, required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    config = torch.load(args.checkpoint, map_location="cpu")["config"]
    network = load_network(args.checkpoint)
    kept, random, groups = read_held_out(config["held_out"]), np.random.default_rng(0), []
    for kind in ("groceries", "mall", "clothing"):
        source = PictureSet(Path(config["prepared"]) / kind, kind, held_out=kept)
        pictures = source.of("train")
        chosen = [pictures[i] for i in random.permutation(len(pictures))[:PICTURES]]
        rows = []
        for at in range(0, len(chosen), 64):
            pixels = np.stack([plain_view(source.pixels[p.row], (0, 0, 1), args.side) for p in chosen[at : at + 64]])
            rows.append(as_feature(see(network, pixels)["raw"]).numpy())
        groups.append(np.concatenate(rows).astype(np.float64))
    matrix, mean = half_whitening(groups)
    np.savez(args.out, matrix=matrix, mean=mean)
    print(json.dumps({"pictures": [len(g) for g in groups], "power": POWER, "out": args.out}))


if __name__ == "__main__":
    main()

"""The map from what the networks see to the 512 numbers that are served and the 512 signs that are searched first.

    python3 -m looksee_training.mapping runs/A/last.pt [runs/B/last.pt ...] --side 224 --out runs/A/mapping.npz

Fitted on what the networks were trained on, whole pictures, a third each of groceries, mall and clothing. Three steps:
the 512 main directions of the networks' features side by side; half-whitening, since a network spends most of its variance
on what tells kinds apart, while products within a kind differ along weaker directions (PCA whitening of descriptors, Jégou
and Chum, ECCV 2012, here with half of its power); and the rotation under which signs keep most of the numbers (ITQ, Gong
and Lazebnik, CVPR 2011, algorithm of section 3.2).
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .evaluate import see
from .export import load_network
from .losses import as_feature
from .model import FEATURE_WIDTH
from .sets import PictureSet, read_held_out
from .views import plain_view

POWER = 0.25  # of the covariance's eigenvalues: 0 leaves the feature as it is, 0.5 whitens it
LEAST = 0.05  # of the mean eigenvalue: weaker directions are not raised above this
PICTURES = 2000  # of a set
TURNS = 50  # of ITQ


def fit(groups, power=POWER, least=LEAST, turns=TURNS):
    """Groups of rows (n, d), d >= 512, each counting alike whatever its size -> matrix (512, d) and mean (d,):
    served = unit(matrix (row - mean))."""
    mean = np.mean([g.mean(0) for g in groups], 0)
    covariance = np.mean([(g - mean).T @ (g - mean) / len(g) for g in groups], 0)
    values, vectors = np.linalg.eigh(covariance)
    values, vectors = values[-FEATURE_WIDTH:], vectors[:, -FEATURE_WIDTH:]
    halved = (vectors * np.maximum(values, least * values.mean()) ** -power).T  # (512, d)
    rows = np.concatenate([(g - mean) @ halved.T for g in groups])
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return (rotation(rows, turns) @ halved).astype(np.float32), mean.astype(np.float32)


def rotation(rows, turns=TURNS, seed=0):
    """Orthogonal (d, d) that turns unit rows (n, d) so that they lie near their signs."""
    d = rows.shape[1]
    turned, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))
    for _ in range(turns):
        left, _, right = np.linalg.svd(np.sign(rows @ turned.T).T @ rows)
        turned = left @ right
    return turned


def side_by_side(networks, pixels):
    """uint8 (n, s, s, 3) -> (n, 512 * networks), each network's unit feature after the other's."""
    return torch.cat([as_feature(see(network, pixels)["raw"]) for network in networks], 1).numpy()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="+")
    parser.add_argument("--side", type=int, required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    config = torch.load(args.checkpoints[0], map_location="cpu")["config"]
    networks = [load_network(file) for file in args.checkpoints]
    kept, random, groups = read_held_out(config["held_out"]), np.random.default_rng(0), []
    for kind in ("groceries", "mall", "clothing"):
        source = PictureSet(Path(config["prepared"]) / kind, kind, held_out=kept)
        pictures = source.of("train")
        chosen = [pictures[i] for i in random.permutation(len(pictures))[:PICTURES]]
        rows = []
        for at in range(0, len(chosen), 64):
            pixels = np.stack([plain_view(source.pixels[p.row], (0, 0, 1), args.side) for p in chosen[at : at + 64]])
            rows.append(side_by_side(networks, pixels))
        groups.append(np.concatenate(rows).astype(np.float64))
    matrix, mean = fit(groups)
    np.savez(args.out, matrix=matrix, mean=mean)
    print(json.dumps({"pictures": [len(g) for g in groups], "power": POWER, "out": args.out}))


if __name__ == "__main__":
    main()

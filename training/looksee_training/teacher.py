"""What a stronger teacher sees in every training picture, for a student to reach in one look.

    python3 -m looksee_training.teacher runs/A/last.pt [runs/B/last.pt ...] --side 288 --out runs/A/teacher.npz

The teacher is one network or several, at a larger side, each looking at centre squares of 100, 70 and 50 % of the
shorter side and at the whole: the mean of their features, turned by PCA into as many numbers as one has where there are several. A
student's config names the file (`teacher`), and each view of a photo, near or far, is pulled to what the teacher saw in all
of it. Source: knowledge distillation by regression of features, Romero et al., "FitNets", ICLR 2015.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .evaluate import centre_window, see
from .export import load_network
from .losses import as_feature
from .sets import PictureSet
from .views import plain_view

ZOOMS = (1.0, 0.7, 0.5)


def windows_of(picture):
    """The whole; and of a photo of no known box its middle, nearer and nearer."""
    middles = [centre_window(picture.content, zoom) for zoom in ZOOMS] if picture.box is None else []
    return [(0.0, 0.0, 1.0), *middles]


def seen_by(network, source, pictures, side, batch=64):
    """Unit rows (n, width): the mean over each picture's windows."""
    looks = [(n, window) for n, picture in enumerate(pictures) for window in windows_of(picture)]
    total = torch.zeros(len(pictures), network.width)
    for at in range(0, len(looks), batch):
        part = looks[at : at + batch]
        pixels = np.stack([plain_view(source.pixels[pictures[n].row], window, side) for n, window in part])
        total.index_add_(0, torch.tensor([n for n, _ in part]), as_feature(see(network, pixels)["raw"]))
    return as_feature(total).numpy()


def joined(features):
    """Several teachers' unit rows [(n, width), ...] -> unit rows (n, width): side by side, turned to their main directions."""
    if len(features) == 1:
        return features[0]
    rows = np.concatenate(features, 1)
    _, vectors = np.linalg.eigh(np.cov((rows - rows.mean(0)).T))
    turned = (rows - rows.mean(0)) @ vectors[:, -features[0].shape[1] :]
    return (turned / np.linalg.norm(turned, axis=1, keepdims=True)).astype(np.float32)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="+")
    parser.add_argument("--side", type=int, default=288)
    parser.add_argument("--sets", default="groceries,mall")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    prepared = torch.load(args.checkpoints[0], map_location="cpu")["config"]["prepared"]
    sources = {kind: PictureSet(Path(prepared) / kind, kind) for kind in args.sets.split(",")}
    networks = [load_network(file) for file in args.checkpoints]
    features = joined([
        np.concatenate([seen_by(network, source, source.pictures, args.side) for source in sources.values()])
        for network in networks
    ])  # fmt: skip
    found, at = {}, 0
    for kind, source in sources.items():
        rows = np.zeros((source.pixels.shape[0], features.shape[1]), np.float16)
        rows[[p.row for p in source.pictures]] = features[at : at + len(source.pictures)]
        found[kind], at = rows, at + len(source.pictures)
    np.savez(args.out, **found)
    print(json.dumps({"out": args.out, **{kind: len(rows) for kind, rows in found.items()}}))


if __name__ == "__main__":
    main()

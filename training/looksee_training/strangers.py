"""Recall for products that a run never saw, and for those it did, among all products alike.

    python3 -m looksee_training.strangers runs/unseen-3/last.pt [runs/unseen-4/last.pt ...] [--side 224]

Of a run with `unseen` in its config: all photos of the unseen products, train and val; and the set's own val photos of the
others. One look at the whole picture. 95 % intervals, products drawn whole. Prints one JSON line a run, nothing is chosen.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from .calibrate import interval
from .evaluate import features_of
from .export import load_network
from .sets import PictureSet


def hits(network, source, catalog, photos, side):
    """Rank (0 first) of each photo's own item among the catalogue's, and that item."""
    theirs, _ = features_of(network, catalog, source, side, ("whole",))
    mine, _ = features_of(network, photos, source, side, ("whole",))
    scores = mine @ theirs.T
    row = {p.item: n for n, p in enumerate(catalog)}
    own = torch.tensor([row[p.item] for p in photos])
    rank = (scores > scores.gather(1, own[:, None])).sum(1).numpy()
    return rank, scores.argmax(1).numpy()


def share_within(rank, items, k):
    return {"share": round(float((rank < k).mean()), 4), "interval": interval(rank < k, clusters=items)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="+")
    parser.add_argument("--side", type=int, default=224)
    args = parser.parse_args()
    torch.set_num_threads(1)
    for file in args.checkpoints:
        config = torch.load(file, map_location="cpu")["config"]
        unseen, with_catalog = config["unseen"], config["unseen_catalog"]
        source = PictureSet(Path(config["prepared"]) / "groceries", "groceries", unseen=unseen, unseen_catalog=with_catalog)
        catalog = [p for p in source.pictures if p.role == "catalog"]
        network, line = load_network(file), {"run": file, "unseenFrom": unseen, "catalogTrained": with_catalog}
        strangers = {p.item for p in source.of("validation", "photo")}
        for name, part in (("unseen", "validation"), ("seen", "test")):
            photos = source.of(part, "photo")
            rank, first = hits(network, source, catalog, photos, args.side)
            items = [p.item for p in photos]
            line[name] = {"products": len(set(items)), "photos": len(photos),
                          **{str(k): share_within(rank, items, k) for k in (1, 4, 20)}}  # fmt: skip
            trained = np.array([catalog[n].item not in strangers for n in first])
            line[name]["missesToTrained"] = round(float(trained[rank > 0].mean()), 4) if (rank > 0).any() else None
        print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()

"""Recall for products that a run never saw, and for those it did, among all products alike.

    python3 -m looksee_training.strangers runs/unseen-3/last.pt [runs/unseen-4/last.pt ...] [--side 224]

Of a run with `unseen` in its config: all photos of the unseen products, train and val, asked of all products ("unseen") and of
the unseen alone ("alone"); and the set's own val photos of the others ("seen"). One look at the whole picture. 95 % intervals,
products drawn whole. Prints one JSON line a run, nothing is chosen; what stands in training/strangers.jsonl is reported.
"""

import argparse
import datetime
import json
from pathlib import Path

import numpy as np
import torch

from .calibrate import interval, ranks
from .checkpoints import read_checkpoint
from .evaluate import features_of
from .export import load_network
from .sets import PictureSet


def shares(place, items):
    """Shares of photos whose own item is among the first 1, 4 and 20, with intervals; place 0: it is the first."""
    found = {"products": len(set(items)), "photos": len(items)}
    for k in (1, 4, 20):
        found[str(k)] = {"share": round(float((place < k).mean()), 4), "interval": interval(place < k, clusters=items)}
    return found


def counted(photos, catalog, strangers):
    """Figures of photos (unit rows, their items) asked of a catalogue (the same), some of whose items are strangers."""
    place, best, _ = ranks(photos, catalog)
    to_trained = np.array([item not in strangers for item in sorted(set(catalog[1]))])[best.argmax(1)[place > 0]]
    return {**shares(place, photos[1]), "missesToTrained": round(float(to_trained.mean()), 4) if len(to_trained) else None}


def measured(network, config, side):
    """The figures of one run, see above. config: its own, a dict."""
    unseen, with_catalog = config["unseen"], config["unseen_catalog"]
    source = PictureSet(Path(config["prepared"]) / "groceries", "groceries", unseen=unseen, unseen_catalog=with_catalog)

    def seen(pictures):
        return features_of(network, pictures, source, side, ("whole",))[0].numpy(), [p.item for p in pictures]

    strange, known = seen(source.of("validation", "photo")), seen(source.of("test", "photo"))
    rows, items = catalog = seen([p for p in source.pictures if p.role == "catalog"])
    strangers = set(strange[1])
    own = np.array([item in strangers for item in items])
    alone, _, _ = ranks(strange, (rows[own], [item for item in items if item in strangers]))
    return {
        "unseenFrom": unseen, "catalogTrained": with_catalog, "unseen": counted(strange, catalog, strangers),
        "alone": shares(alone, strange[1]), "seen": counted(known, catalog, strangers),
    }  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="+")
    parser.add_argument("--side", type=int, default=224)
    args = parser.parse_args()
    torch.set_num_threads(1)
    for file in args.checkpoints:
        config = read_checkpoint(file)["config"]
        print(json.dumps({"run": file, "date": datetime.date.today().isoformat(), **measured(load_network(file), config, args.side)}), flush=True)


if __name__ == "__main__":
    main()

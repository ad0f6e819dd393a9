"""Recall for products that a run never saw, and for those it did, among all products alike.

    python3 -m looksee_training.strangers runs/unseen-3/last.pt [runs/unseen-4/last.pt ...] [--side 224]
    python3 -m looksee_training.strangers runs/unseen-3/last.pt runs/unseen-3-again/last.pt --together

Of a run with `unseen` in its config: all photos of the unseen products, train and val, asked of all products ("unseen") and of
the unseen alone ("alone"); and the set's own val photos of the others ("seen"). One look at the whole picture. 95 % intervals,
products drawn whole. `--together`: of several runs that left out the same, their features side by side. Prints one JSON line a run, or one of all together; nothing is chosen; what stands in training/strangers.jsonl is reported.
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


def joined(features):
    """Unit rows (n, d) of each of k networks -> unit rows (n, k * d), whose cosine is the mean of theirs."""
    return np.concatenate(features, 1) / np.sqrt(len(features), dtype=np.float32)


def measured(networks, config, side):
    """The figures of a run's network, or of several runs' side by side, see above. config: the run's own, a dict."""
    unseen, with_catalog = config["unseen"], config["unseen_catalog"]
    source = PictureSet(Path(config["prepared"]) / "groceries", "groceries", unseen=unseen, unseen_catalog=with_catalog)

    def seen(pictures):
        features = [features_of(network, pictures, source, side, ("whole",))[0].numpy() for network in networks]
        return joined(features), [p.item for p in pictures]

    strange, known = seen(source.of("validation", "photo")), seen(source.of("test", "photo"))
    rows, items = catalog = seen([p for p in source.pictures if p.role == "catalog"])
    strangers = set(strange[1])
    own = np.array([item in strangers for item in items])
    alone, _, _ = ranks(strange, (rows[own], [item for item in items if item in strangers]))
    return {
        "unseenFrom": unseen, "catalogTrained": with_catalog, "networks": len(networks), "unseen": counted(strange, catalog, strangers),
        "alone": shares(alone, strange[1]), "seen": counted(known, catalog, strangers),
    }  # fmt: skip


def common_config(files):
    """The config of runs that left out the same products. Raises ValueError where one left out nothing, or what another learnt."""
    configs = [read_checkpoint(file)["config"] for file in files]
    left_out = [(config["unseen"], config["unseen_catalog"]) for config in configs]
    if not all(unseen for unseen, _ in left_out):
        raise ValueError(f"STRANGERS_NONE: of {', '.join(files)} a run met all products; give runs trained with `unseen`")
    if len(set(left_out)) > 1:
        raise ValueError(f"STRANGERS_DIFFER: {', '.join(files)} left out {left_out}; give runs of one `unseen` and `unseen_catalog`")
    return configs[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="+")
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--together", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    for files in [args.checkpoints] if args.together else [[file] for file in args.checkpoints]:
        figures = measured([load_network(file) for file in files], common_config(files), args.side)
        print(json.dumps({"run": " ".join(files), "date": datetime.date.today().isoformat(), **figures}), flush=True)


if __name__ == "__main__":
    main()

"""Recall for products that a run never saw, and for those it did, among all products alike.

    python3 -m looksee_training.strangers runs/unseen-3/last.pt [runs/unseen-4/last.pt ...] [--side 224]

Of a run with `unseen` in its config: all photos of the unseen products, train and val, asked of all products ("unseen") and of
the unseen alone ("alone"); and the set's own val photos of the others ("seen"). One look at the whole picture. 95 % intervals,
products drawn whole. Prints one JSON line a run, nothing is chosen; what stands in training/strangers.jsonl is reported.
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


def asked(network, source, catalog, photos, side):
    """Cosines of photos (rows) and catalogue pictures (columns)."""
    theirs, _ = features_of(network, catalog, source, side, ("whole",))
    mine, _ = features_of(network, photos, source, side, ("whole",))
    return (mine @ theirs.T).numpy()


def places(scores, photos, catalog):
    """Place (0 first) of each photo's own item among the catalogue's, and the row of the first."""
    row = {p.item: n for n, p in enumerate(catalog)}
    own = np.array([[row[p.item]] for p in photos])
    return (scores > np.take_along_axis(scores, own, 1)).sum(1), scores.argmax(1)


def shares(place, items):
    found = {"products": len(set(items)), "photos": len(items)}
    for k in (1, 4, 20):
        found[str(k)] = {"share": round(float((place < k).mean()), 4), "interval": interval(place < k, clusters=items)}
    return found


def measured(network, config, side):
    """The figures of one run, see above. config: its own, a dict."""
    unseen, with_catalog = config["unseen"], config["unseen_catalog"]
    source = PictureSet(Path(config["prepared"]) / "groceries", "groceries", unseen=unseen, unseen_catalog=with_catalog)
    catalog = [p for p in source.pictures if p.role == "catalog"]
    line = {"unseenFrom": unseen, "catalogTrained": with_catalog}
    strangers = {p.item for p in source.of("validation", "photo")}
    strange = np.array([p.item in strangers for p in catalog])
    for name, part in (("unseen", "validation"), ("seen", "test")):
        photos = source.of(part, "photo")
        scores, items = asked(network, source, catalog, photos, side), [p.item for p in photos]
        place, first = places(scores, photos, catalog)
        line[name] = shares(place, items)
        line[name]["missesToTrained"] = round(float((~strange)[first[place > 0]].mean()), 4) if (place > 0).any() else None
        if name == "unseen":
            alone, _ = places(scores[:, strange], photos, [p for p in catalog if p.item in strangers])
            line["alone"] = shares(alone, items)
    return line


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="+")
    parser.add_argument("--side", type=int, default=224)
    args = parser.parse_args()
    torch.set_num_threads(1)
    for file in args.checkpoints:
        config = torch.load(file, map_location="cpu")["config"]
        print(json.dumps({"run": file, **measured(load_network(file), config, args.side)}), flush=True)


if __name__ == "__main__":
    main()

"""Measures a model folder's own views on looks and prints one JSON document; nothing is chosen here.

    python3 -m looksee_training.report looks/ groceries-val=groceries mall-photos=mall --card ../models/default/card.json

Each NAME=KIND compares looks/NAME with looks/KIND-catalog.
"""

import argparse
import json
from pathlib import Path

from .calibrate import quality_of
from .looks import read_looks


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("looks")
    parser.add_argument("pairs", nargs="+", metavar="NAME=KIND")
    parser.add_argument("--card", required=True)
    args = parser.parse_args()
    card = json.loads(Path(args.card).read_text())
    weights = {name_of(view): view["weight"] for view in card["views"]["sum"]}
    result = {"model": card["id"], "views": weights}
    for pair in args.pairs:
        name, kind = pair.split("=")
        photos, catalog = (read_looks(Path(args.looks) / n, kind) for n in (name, f"{kind}-catalog"))
        result[name] = quality_of(photos, catalog, weights)
    print(json.dumps(result, indent=2))


def name_of(view):
    return "whole" if view["of"] == "whole" else f"{view['of']}-{view['size']:g}"


if __name__ == "__main__":
    main()

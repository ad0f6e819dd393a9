"""What `look.ts` wrote: the runtime's own answers to a list of pictures."""

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .categories import CATEGORIES, index_of, of_clothing, of_groceries
from .model import FEATURE_WIDTH

CATEGORY_OF = {"groceries": lambda label: index_of(of_groceries(label)),
               "clothing": lambda label: index_of(of_clothing(label)), "mall": index_of,
               "streets": lambda label: -1}  # fmt: skip  # its photos show many things


@dataclass
class Looks:
    files: list
    items: list
    category: np.ndarray  # int, the truth
    logits: dict  # view -> (n, 14)
    views: dict  # view -> (n, 512) unit rows
    truth: np.ndarray  # (n, 4) true boxes, NaN where unknown
    found: np.ndarray  # (n, 4)
    score: np.ndarray  # (n,) of the found box

    def feature(self, weights):
        """Unit rows of the weighted sum of views."""
        total = sum(weight * self.views[name] for name, weight in weights.items())
        return total / np.linalg.norm(total, axis=1, keepdims=True)

    def category_accuracy(self, weights):
        """Share of pictures whose largest weighted sum of logits is the true category."""
        total = sum(weight * self.logits[name] for name, weight in weights.items())
        return float((total.argmax(1) == self.category).mean())

    def overlap(self):
        """(n,) intersection over union of the found and the true box."""
        a, b = self.found, self.truth
        inter = np.clip(np.minimum(a[:, 2:], b[:, 2:]) - np.maximum(a[:, :2], b[:, :2]), 0, None).prod(1)
        return inter / ((a[:, 2:] - a[:, :2]).prod(1) + (b[:, 2:] - b[:, :2]).prod(1) - inter)


def read_looks(folder, kind):
    folder = Path(folder)
    with open(folder / "index.csv", newline="") as f:
        rows = list(csv.DictReader(f))

    def numbers(names):
        return np.array([[float(row[k]) if row[k] else np.nan for k in names] for row in rows])

    def matrix(name, width):
        return np.fromfile(folder / f"{name}.bin", np.float32).reshape(len(rows), width)

    views = {f.stem: matrix(f.stem, FEATURE_WIDTH) for f in folder.glob("*.bin") if not f.stem.startswith("category")}
    logits = {name: matrix(f"category-{name}", len(CATEGORIES)) for name in views}
    return Looks(
        [r["file"] for r in rows], [r["itemId"] for r in rows],
        np.array([CATEGORY_OF[kind](r["label"]) for r in rows]), logits, views,
        numbers(["x1", "y1", "x2", "y2"]), numbers(["b1", "b2", "b3", "b4"]), numbers(["score"])[:, 0],
    )  # fmt: skip

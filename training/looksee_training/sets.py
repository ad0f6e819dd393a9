"""The prepared picture sets, as `prepare.ts` wrote them."""

import csv
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .categories import CATEGORIES, LABELS, index_of, of_clothing, of_groceries
from .garments import kind_of_garment, label_of_garment

VALIDATION_SHARE = 10  # every tenth


@dataclass
class Picture:
    """One row of pixels.bin. Boxes are fractions of the letterboxed square; None where unknown."""

    row: int
    file: str
    item: str  # "" where the set has no identities
    family: str  # the set's own label: items of one family are each other's hard negatives
    category: int  # of the 14, or -1
    role: str  # catalog | photo
    part: str  # train | validation | test
    content: tuple  # where the picture itself lies within the square
    box: tuple | None = None  # main object
    label: int = -1  # of the 17 garments, or -1
    parts: tuple | None = None  # all that can be seen, each a Part; None where nobody listed it


@dataclass
class Part:
    """One of several things in a picture."""

    box: tuple
    category: int  # of the 14, or -1
    label: int = -1  # of the 17 garments, or -1


class PictureSet:
    """Pictures of one folder with their pixels, uint8 (n, side, side, 3), mapped and not loaded."""

    def __init__(self, folder, kind, part=None, held_out=frozenset(), unseen=0, unseen_catalog=True):
        """kind: groceries | clothing | streets | mall; part: overrides the split ("validation" for a held-out mall);
        held_out: files of groceries' train photos kept for validation (`visits.py`); unseen, unseen_catalog: see
        `never_seen`."""
        folder = Path(folder)
        about = json.loads((folder / "set.json").read_text())
        self.kind, self.side, self.sha256 = kind, about["side"], about["sha256"]
        shape = (about["count"], self.side, self.side, 3)
        self.pixels = np.memmap(folder / "pixels.bin", np.uint8, "r", shape=shape)
        with open(folder / "index.csv", newline="") as f:
            rows = list(csv.DictReader(f))
        self.pictures = read_groceries(rows, held_out) if kind == "groceries" else READERS[kind](rows)
        if kind == "groceries" and unseen:
            never_seen(self.pictures, unseen, unseen_catalog)
        if part is not None:
            for picture in self.pictures:
                picture.part = part
        for picture in self.pictures:
            if picture.role == "catalog" and picture.box is None:
                picture.box = box_of_content(self.pixels[picture.row])

    def of(self, part, role=None):
        return [p for p in self.pictures if p.part == part and role in (None, p.role)]


def box_of_content(pixels, least=24):
    """Box of all that differs from white by `least` in some channel, as fractions; None on a picture without white.

    Catalogue pictures stand on white or nearly so; a picture that fills its frame has no white border to find.
    """
    pixels = pixels[::2, ::2]  # half the rows and columns find the same box to a pixel
    ink = (255 - pixels.min(2)) > least
    if not ink.any() or ink.mean() > 0.95:
        return None
    ys, xs = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    side = pixels.shape[0]
    return (xs[0] / side, ys[0] / side, (xs[-1] + 1) / side, (ys[-1] + 1) / side)


def base(row, **known):
    content = tuple(float(row[k]) for k in ("px1", "py1", "px2", "py2"))
    return Picture(row=int(row["row"]), file=row["file"], item=row["itemId"], family=row["label"],
                   role=row["role"], content=content, **known)  # fmt: skip


def box_of(row):
    return tuple(float(row[k]) for k in ("x1", "y1", "x2", "y2")) if row["x1"] else None


def read_groceries(rows, held_out=frozenset()):
    """Train photos named in `held_out` are validation; the set's own `val` photos are the test."""
    pictures = []
    for row in rows:
        part = "test" if row["split"] == "val" else "validation" if row["file"] in held_out else "train"
        pictures.append(base(row, category=index_of(of_groceries(row["label"])), part=part))
    return pictures


def never_seen(pictures, first, catalog):
    """Keeps every fourth product from the `first` (1 to 4) on out of training, in place: all its photos, train and val
    alike, are validation, nothing else is. catalog: whether training may have its catalogue picture, as a shop's would,
    and what is drawn of it; no photo meets it then (`Batches.photoless`).
    """
    products = [p.item for p in pictures if p.role == "catalog"]
    unseen = set(products[first - 1 :: 4])
    for picture in pictures:
        if picture.item not in unseen:
            picture.part = "unused" if picture.part == "validation" else picture.part
        elif picture.role == "photo" or not catalog:
            picture.part = "validation"


def read_held_out(file):
    """File names, one a line."""
    return frozenset(Path(file).read_text().split())


def read_clothing(rows):
    """Split by sender: pictures of one sender look alike."""
    pictures = []
    for row in rows:
        number = int(hashlib.sha256(row["group"].encode()).hexdigest(), 16)
        part = "validation" if number % VALIDATION_SHARE == 0 else "train"
        pictures.append(base(row, category=index_of(of_clothing(row["label"])), part=part,
                             label=LABELS.index(row["label"])))  # fmt: skip
    return pictures


def read_streets(rows):
    """One picture a file; its main object is the garment that shows the most of itself, all of them are its parts."""
    grouped = {}
    for row in rows:
        grouped.setdefault(int(row["row"]), []).append(row)
    pictures = []
    for number, group in grouped.items():
        largest = max(group, key=lambda row: float(row["pixels"]))
        parts = tuple(
            Part(box_of(row), number_of(CATEGORIES, kind_of_garment(row["label"])), number_of(LABELS, label_of_garment(row["label"])))
            for row in group
        )
        part = "validation" if number % VALIDATION_SHARE == VALIDATION_SHARE - 1 else "train"
        pictures.append(base(group[0], category=-1, part=part, box=box_of(largest), parts=parts))
    return pictures


def number_of(names, name):
    return -1 if name is None else names.index(name)


def read_mall(rows):
    """Items of one mall are one part: a held-out mall has another seed."""
    return [base(row, category=index_of(row["label"]), part="train", box=box_of(row)) for row in rows]


READERS = {"clothing": read_clothing, "streets": read_streets, "mall": read_mall}
assert len(CATEGORIES) == 14

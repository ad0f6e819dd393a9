"""Batches without end, drawn from the pool: items of one family together, so that the hardest negatives meet."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from .pool import CATALOG, CHANNELS, KINDS, PHOTO, from_int8

MOVED = 0.7  # of the photos without a box
MIRRORED = ("groceries", "clothing", "streets", "tables")  # a mall's mirrored pattern is another item's


@dataclass
class Plan:
    """How many of each kind go into one process's batch."""

    mall_items: int = 10  # each one catalogue picture and one photo
    mall_families: int = 3
    grocery_items: int = 6  # likewise
    grocery_families: int = 6
    grocery_photos: int = 2  # of each item
    grocery_shelves: int = 1  # of each item, drawn from its catalogue picture
    clothing: int = 12
    streets: int = 4
    garments: int = 2
    tables: int = 2  # several catalogue pictures' products drawn side by side


class Pool:
    """The views of one side that `pool.py` kept, one or several folders of them."""

    def __init__(self, folders, side):
        parts = [np.load(folder / "rows.npz") for folder in folders]
        self.rows = {key: np.concatenate([part[key] for part in parts]) for key in parts[0].files}
        shape = (-1, side // 8, side // 8, CHANNELS)
        self.stems = [np.memmap(folder / "stem.bin", np.int8, "r").reshape(shape) for folder in folders]
        self.starts = np.cumsum([0, *(len(stem) for stem in self.stems)])

    def stem(self, row):
        """int8 (side/8, side/8, 32)."""
        which = np.searchsorted(self.starts, row, "right") - 1
        return self.stems[which][row - self.starts[which]]

    def trainable(self, sets):
        """(n,) whether a view shows, and stands before, nothing that is held out of training."""
        keep = np.ones(len(self.rows["kind"]), bool)
        for kind, source in sets.items():
            train = np.zeros(len(source.pixels), bool)
            train[[p.row for p in source.of("train")]] = True
            of_kind = self.rows["kind"] == KINDS.index(kind)
            keep[of_kind] &= train[self.rows["picture"][of_kind]]
            if kind == "groceries":
                before = self.rows["behind"] >= 0
                keep[before] &= train[self.rows["behind"][before]]
                if not all(train[p.row] for p in source.pictures if p.role == "catalog"):
                    keep &= self.rows["kind"] != KINDS.index("tables")  # which products lie on one is not kept
        return keep


class Items:
    """Items of a set by family, and of each side's pool the rows that show an item: as its catalogue has it, in a photo, drawn
    on a shelf."""

    def __init__(self, pictures, numbers, pools, keeps, kind, identities, seed):
        """numbers: identity -> its row among the prototypes; new ones are added. identities: see Batches."""
        self.family = {p.item: p.family for p in pictures if p.role == "catalog"}
        self.shown = [grouped(pool.rows, keep & (pool.rows["kind"] == KINDS.index(kind))) for pool, keep in zip(pools, keeps)]
        if identities == "shuffled":
            names = np.random.default_rng(seed).permutation(list(self.family))
            other = dict(zip(names, np.roll(names, 1)))  # never itself
            self.shown = [{key if key[1] == "catalog" else (other[key[0]], key[1]): rows for key, rows in shown.items()}
                          for shown in self.shown]  # fmt: skip
        self.by_family, self.families = identities == "family", {}
        for item, family in self.family.items():
            if all((item, "catalog") in shown and ((item, "photo") in shown or (item, "shelf") in shown) for shown in self.shown):
                numbers.setdefault(self.identity(item), len(numbers))
                self.families.setdefault(family, []).append(item)
        self.numbers = numbers
        self.names = list(self.families)
        self.weights = np.array([len(v) for v in self.families.values()], float)
        self.weights /= self.weights.sum()

    def identity(self, item):
        return ("family", self.family[item]) if self.by_family else item

    def number(self, item):
        return self.numbers[self.identity(item)]

    def draw(self, random, count, families):
        """`count` different items out of about that many families."""
        drawn = []
        while len(drawn) < count:
            family = self.families[self.names[random.choice(len(self.names), p=self.weights)]]
            take = min(len(family), max(1, -(-count // families)), count - len(drawn))
            drawn += [i for i in random.permutation(family)[:take] if i not in drawn]
        return drawn

    def rows(self, side, item, photos, shelves, random):
        """Of one item: [(row, number)]: a catalogue picture, `photos` photos, `shelves` drawn; where one kind is wanting, the other."""
        shown = self.shown[side]
        taken, drawn = shown.get((item, "photo")), shown.get((item, "shelf"))
        photos, shelves = (photos, shelves if drawn is not None else 0) if taken is not None else (0, photos + shelves)
        found = [pick(shown[item, "catalog"], random)]
        found += [pick(taken, random) for _ in range(photos)] + [pick(drawn, random) for _ in range(shelves)]
        return [(row, self.number(item)) for row in found]


class Batches:
    """Endless batches as dicts of tensors: stem float (n, 32, side/8, side/8); category, label, item, role (n,); box (n, 4)
    and boxed (n,), whether it is known; parts float (n, parts, 4) with partCategory, partLabel (n, parts), -1 where there is
    none, and listed (n,), whether all the picture's parts are known;
    taken bool (n,), whether it is a photo that somebody took, not one drawn from a catalogue picture."""

    def __init__(self, folder, sets, plan, sides, seed, identities="item", true_boxes=True):
        """folder: of pool.py. sets: kind -> PictureSet (training part is used). sides: each batch has one of them, drawn alike.
        identities: "item"; "family", all items of a category being one; or "shuffled", the control that must not learn. true_boxes: see Config."""
        self.plan, self.sides, self.random, self.true_boxes = plan, sides, np.random.default_rng(seed), true_boxes
        known = {side: sorted(Path(folder).glob(f"{side}-*/")) for side in sides}
        if missing := [side for side, folders in known.items() if not folders]:
            raise ValueError(f"POOL_SIDE: {folder} has no views of {missing[0]} px; run looksee_training.pool")
        self.pools = [Pool(known[side], side) for side in sorted(set(sides))]
        keeps = [pool.trainable(sets) for pool in self.pools]
        self.numbers = {}
        self.items = {
            kind: Items(sets[kind].pictures, self.numbers, self.pools, keeps, kind, identities, seed)
            for kind in ("groceries", "mall") if kind in sets
        }  # fmt: skip
        self.clothing = [by_label(pool.rows, keep) for pool, keep in zip(self.pools, keeps)]
        kinds = [pool.rows["kind"] == KINDS.index("streets") for pool in self.pools]
        whole = [pool.rows["category"] < 0 for pool in self.pools]
        self.streets = [np.flatnonzero(k & s & w) for k, s, w in zip(keeps, kinds, whole)]
        self.garments = [np.flatnonzero(k & s & ~w) for k, s, w in zip(keeps, kinds, whole)]
        self.tables = [np.flatnonzero(k & (p.rows["kind"] == KINDS.index("tables"))) for p, k in zip(self.pools, keeps)]

    def numbers_of(self, kinds):
        """int64 (k,), ascending: the items of these sets."""
        items = (self.items[kind] for kind in kinds if kind in self.items)
        return torch.tensor(sorted({of.number(item) for of in items for family in of.families.values() for item in family}), dtype=torch.long)

    def photoless(self):
        """bool (items,): whether an item has no photo, only a catalogue picture and what was drawn of it."""
        found = torch.ones(len(self.numbers), dtype=torch.bool)
        for of in self.items.values():
            shown = {item for of_side in of.shown for item, kind in of_side if kind == "photo"}
            found[[of.number(item) for family in of.families.values() for item in family if item in shown]] = False
        return found

    def batch(self, side=None):
        """side: one of `sides`; None: drawn."""
        random, plan, rows = self.random, self.plan, []
        side = sorted(set(self.sides)).index(side or pick(self.sides, random))
        for kind, count, families, photos, shelves in (
            ("mall", plan.mall_items, plan.mall_families, 1, 0),
            ("groceries", plan.grocery_items, plan.grocery_families, plan.grocery_photos, plan.grocery_shelves),
        ):
            if kind in self.items and count:
                items = self.items[kind]
                for item in items.draw(random, count, families):
                    rows += items.rows(side, item, photos, shelves, random)
        if plan.clothing:
            labels = list(self.clothing[side])
            weights = np.sqrt([len(self.clothing[side][k]) for k in labels])  # between the long tail and an even share
            drawn = random.choice(len(labels), plan.clothing, p=weights / weights.sum())
            rows += [(pick(self.clothing[side][labels[n]], random), -1) for n in drawn]
        for source, count in ((self.streets, plan.streets), (self.garments, plan.garments), (self.tables, plan.tables)):
            rows += [(pick(source[side], random), -1) for _ in range(count)]
        return self.collated(self.pools[side], rows)

    def catalog(self, side, count=64):
        """Batches of one catalogue picture of each item, once."""
        which = sorted(set(self.sides)).index(side)
        rows = [
            of.rows(which, item, 0, 0, self.random)[0]
            for of in self.items.values() for family in of.families.values() for item in family
        ]  # fmt: skip
        for at in range(0, len(rows), count):
            yield self.collated(self.pools[which], rows[at : at + count])

    def collated(self, pool, drawn):
        rows, numbers = np.array(drawn).T
        known = {key: value[rows] for key, value in pool.rows.items()}
        stem = np.stack([pool.stem(row) for row in rows])
        mirror = np.isin(known["kind"], [KINDS.index(kind) for kind in MIRRORED]) & (self.random.random(len(rows)) < 0.5)
        stem[mirror] = stem[mirror][:, :, ::-1]
        box = mirrored(known["box"], mirror)
        parts = mirrored(known["parts"][:, :, :4], mirror[:, None])
        taken, listed = (known["role"] == PHOTO) & ~known["drawn"], known["listed"]
        stem, free = from_int8(stem), (known["role"] == PHOTO) & (box[:, 0] < 0) & ~known["listed"]
        free &= self.random.random(len(rows)) < MOVED
        if free.any():
            stem[free] = moved(stem[free], self.random)
        if not self.true_boxes:
            box[taken], parts[taken], listed = -1, -1, listed & ~taken
        return {
            "stem": stem, "box": torch.from_numpy(box), "boxed": torch.from_numpy(box[:, 0] >= 0),
            "parts": torch.from_numpy(parts), "listed": torch.from_numpy(listed),
            "partCategory": torch.from_numpy(known["parts"][:, :, 4]).long(),
            "partLabel": torch.from_numpy(known["parts"][:, :, 5]).long(),
            "taken": torch.from_numpy(taken),
            "item": torch.from_numpy(numbers).long(),
            **{key: torch.from_numpy(known[key]).long() for key in ("category", "label", "role")},
        }  # fmt: skip


def grouped(rows, keep):
    """(item, "catalog" | "photo" | "shelf") -> row numbers."""
    found = {}
    for row in np.flatnonzero(keep):
        shown = "catalog" if rows["role"][row] == CATALOG else "shelf" if rows["drawn"][row] else "photo"
        found.setdefault((str(rows["item"][row]), shown), []).append(row)
    return {key: np.array(value) for key, value in found.items()}


def by_label(rows, keep):
    found = {}
    for row in np.flatnonzero(keep & (rows["kind"] == KINDS.index("clothing"))):
        found.setdefault(int(rows["label"][row]), []).append(row)
    return found


def mirrored(boxes, which):
    """Boxes (..., 4) with x turned round where `which`; unknown ones (-1) stay."""
    turned = np.stack([1 - boxes[..., 2], boxes[..., 1], 1 - boxes[..., 0], boxes[..., 3]], -1)
    return np.where((which & (boxes[..., 0] >= 0))[..., None], turned, boxes)


def moved(stem, random):
    """Maps (n, c, h, w), each turned by up to 0.2 rad, scaled by 0.87 to 1.42 and shifted by up to a tenth, its edges
    repeated, its channels made stronger or weaker by a tenth or so: a kept view seldom comes back as it was."""
    n, c = stem.shape[:2]
    angle, shown, shift = random.uniform(-0.2, 0.2, n), np.exp(random.uniform(-0.35, 0.14, n)), random.uniform(-0.2, 0.2, (2, n))
    turn, across = np.cos(angle) * shown, np.sin(angle) * shown
    affine = np.stack([turn, -across, shift[0], across, turn, shift[1]], 1).reshape(n, 2, 3)
    grid = F.affine_grid(torch.from_numpy(affine).float(), stem.shape, align_corners=False)
    gains = torch.from_numpy(np.exp(random.normal(0, 0.1, (n, c, 1, 1)))).float()
    return F.grid_sample(stem, grid, padding_mode="border", align_corners=False) * gains


def pick(choices, random):
    return choices[random.integers(len(choices))]

"""Batches without end: items of one family together, so that the hardest negatives meet."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch

from . import shelf, views

CATALOG, PHOTO = 0, 1
MOST_PARTS = 12
NO_TARGET = np.zeros(512, np.float16)
CUT_OUTS = 150  # of a set are kept for tables: each takes a quarter of a second to find


@dataclass
class Plan:
    """How many of each kind go into one process's batch."""

    mall_items: int = 10  # each one catalogue picture and one photo
    mall_families: int = 3
    grocery_items: int = 8  # likewise
    grocery_families: int = 3
    grocery_photos: int = 1  # of each item
    grocery_shelves: int = 0  # of each item, drawn from its catalogue picture
    clothing: int = 6
    streets: int = 3
    garments: int = 4
    tables: int = 0  # several catalogue pictures' products drawn side by side


class Items:
    """Pictures of a set grouped by item, items by family. Items without a photo take part if theirs are drawn."""

    def __init__(self, pictures, numbers, by_family=False, drawn=False):
        """numbers: identity -> its row among the prototypes; new ones are added. by_family: a family is one identity."""
        self.catalog, self.photos, self.families, self.by_family = {}, {}, {}, by_family
        for p in pictures:
            (self.catalog if p.role == "catalog" else self.photos).setdefault(p.item, []).append(p)
        for item in self.catalog:
            if drawn or item in self.photos:
                numbers.setdefault(self.identity(item), len(numbers))
                self.families.setdefault(self.catalog[item][0].family, []).append(item)
        self.numbers = numbers
        self.names = list(self.families)
        self.weights = np.array([len(v) for v in self.families.values()], float)
        self.weights /= self.weights.sum()

    def identity(self, item):
        return ("family", self.catalog[item][0].family) if self.by_family else item

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


class Row(NamedTuple):
    """One picture of a batch; -1: unknown."""

    view: views.View
    category: int = -1
    item: int = -1
    role: int = PHOTO
    label: int = -1
    target: np.ndarray | None = None  # what a teacher sees in all of the picture


class Batches(torch.utils.data.IterableDataset):
    """Endless batches as dicts of tensors: pixels uint8 (n, side, side, 3); category, label, item, role (n,); box (n, 4)
    and boxed (n,), whether it is known; parts float (n, MOST_PARTS, 4) with partCategory, partLabel (n, MOST_PARTS), -1 where there is
    none, and listed (n,), whether all the picture's parts are known; target float16 (n, 512), zeros where no teacher looked."""

    def __init__(self, sets, plan, sides, seed, identities="item", teacher=None):
        """sets: kind -> PictureSet (training part is used). sides: each batch has one of them.
        identities: "item"; "family", all items of a category being one; or "shuffled", the control that must not learn.
        teacher: kind -> float16 (pictures of the set, 512), see teacher.py; or None."""
        self.sets, self.plan, self.sides, self.seed = sets, plan, sides, seed
        self.numbers = {}
        by_family = identities == "family"
        drawn = {"groceries": plan.grocery_shelves > 0, "mall": False}
        self.items = {k: Items(sets[k].of("train"), self.numbers, by_family, drawn[k]) for k in ("groceries", "mall") if k in sets}
        if identities == "shuffled":
            for items in self.items.values():
                shuffle_photos(items, np.random.default_rng(seed))
        self.cut_outs, self.teacher = {}, teacher or {}
        self.clothing = by_category(sets["clothing"].of("train"))
        self.streets = sets["streets"].of("train")

    def __iter__(self):
        info = torch.utils.data.get_worker_info()
        random = np.random.default_rng([self.seed, info.id if info else 0])
        while True:
            yield self.batch(random)

    def batch(self, random):
        rows, plan = [], self.plan
        self.side = pick(self.sides, random)
        for kind, count, families, photos, shelves in (
            ("mall", plan.mall_items, plan.mall_families, 1, 0),
            ("groceries", plan.grocery_items, plan.grocery_families, plan.grocery_photos, plan.grocery_shelves),
        ):
            if kind not in self.items:
                continue
            items = self.items[kind]
            for item in items.draw(random, count, families):
                number = items.number(item)
                rows.append(self.catalog(kind, pick(items.catalog[item], random), random, number))
                taken = items.photos.get(item)
                for photo in pick_many(taken, random, photos) if taken else ():
                    rows.append(self.photo(kind, photo, random, number))
                for _ in range(shelves if taken else shelves + photos):
                    rows.append(self.shelf(kind, items, item, random, number))
        for _ in range(plan.clothing):
            kinds = list(self.clothing)
            weights = np.sqrt([len(self.clothing[k]) for k in kinds])  # between the long tail and an even share
            drawn = self.clothing[kinds[random.choice(len(kinds), p=weights / weights.sum())]]
            rows.append(self.photo("clothing", pick(drawn, random), random))
        for _ in range(plan.streets):
            rows.append(self.photo("streets", pick(self.streets, random), random))
        for _ in range(plan.garments):
            picture = pick(self.streets, random)
            part = pick(picture.parts, random)
            view = views.garment_view(self.sets["streets"].pixels[picture.row], part.box, random, self.side)
            rows.append(Row(view, part.category, label=part.label))
        for _ in range(plan.tables):
            rows.append(self.table(random))
        return collated(rows)

    def catalog(self, kind, picture, random, number):
        pixels = self.sets[kind].pixels[picture.row]
        view = views.catalog_view(pixels, picture, random, self.side, flip=kind == "groceries")
        return Row(view, picture.category, number, CATALOG, target=self.target(kind, picture))

    def photo(self, kind, picture, random, number=-1):
        pixels = self.sets[kind].pixels[picture.row]
        if kind == "groceries":
            view = views.shop_view(pixels, picture, random, self.side)
        else:
            view = views.photo_view(pixels, picture, random, self.side, flip=kind in ("clothing", "streets"))
        return Row(view, picture.category, number, PHOTO, picture.label, self.target(kind, picture))

    def target(self, kind, picture):
        return self.teacher[kind][picture.row] if kind in self.teacher else None

    def shelf(self, kind, items, item, random, number):
        view = views.shelf_view(self.cut_out(kind, item), *self.backdrop(kind, random), random, self.side)
        return Row(view, items.catalog[item][0].category, number)

    def table(self, random):
        kinds = [pick(list(self.items), random) for _ in range(random.integers(2, 7))]
        chosen = [(kind, pick(list(self.items[kind].catalog)[:CUT_OUTS], random)) for kind in kinds]
        categories = [self.items[kind].catalog[item][0].category for kind, item in chosen]
        cut_outs = [self.cut_out(kind, item) for kind, item in chosen]
        return Row(views.table_view(cut_outs, categories, *self.backdrop("groceries", random), random, self.side))

    def cut_out(self, kind, item):
        if (kind, item) not in self.cut_outs:
            picture = self.items[kind].catalog[item][0]
            self.cut_outs[kind, item] = shelf.cut_out(self.sets[kind].pixels[picture.row], picture.content)
        return self.cut_outs[kind, item]

    def backdrop(self, kind, random):
        """Pixels of some photo of a set, and whose they are."""
        photos = self.items[kind].photos
        picture = pick(photos[pick(list(photos), random)], random)
        return self.sets[kind].pixels[picture.row], picture


def collated(rows):
    boxes = torch.from_numpy(np.stack([row.view.box for row in rows]))
    parts = torch.full((len(rows), MOST_PARTS, 4), -1.0)
    part_category, part_label = torch.full((2, len(rows), MOST_PARTS), -1)
    for n, row in enumerate(rows):
        for m, part in enumerate((row.view.parts or ())[:MOST_PARTS]):
            parts[n, m] = torch.from_numpy(np.float32(part.box))
            part_category[n, m], part_label[n, m] = part.category, part.label
    return {
        "pixels": torch.from_numpy(np.stack([row.view.pixels for row in rows])), "box": boxes, "boxed": boxes[:, 0] >= 0,
        **{key: torch.tensor([getattr(row, key) for row in rows]) for key in ("category", "label", "item", "role")},
        "parts": parts, "partCategory": part_category, "partLabel": part_label,
        "target": torch.from_numpy(np.stack([NO_TARGET if row.target is None else row.target for row in rows])),
        "listed": torch.tensor([row.view.parts is not None for row in rows]),
    }  # fmt: skip


def by_category(pictures):
    grouped = {}
    for p in pictures:
        grouped.setdefault(p.category, []).append(p)
    return grouped


def pick(choices, random):
    return choices[random.integers(len(choices))]


def pick_many(choices, random, count):
    return [pick(choices, random) for _ in range(count)]


def shuffle_photos(items, random):
    """Gives every item another item's photos."""
    names = list(items.photos)
    photos = [items.photos[n] for n in names]
    for name, order in zip(names, random.permutation(len(names))):
        items.photos[name] = photos[order]

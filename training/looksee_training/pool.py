"""Training views drawn once and kept, each as what the trunk's frozen stages make of it.

    python3 -m looksee_training.pool ../../prepared TRUNK.npz --side 160 --part 0.5 --seed 1 --out ../../pool

The first seven stages are never trained, so what they give for a view is computed once (int8, a sixth of the pixels' bytes)
and met several times: a step costs 0.6 as much, and every arm of a comparison sees the same views. Writes OUT/SIDE-SEED/
stem.bin (int8 (n, side/8, side/8, 32)) and rows.npz (what is known of each). `--part 0.5` draws half of VIEWS.
"""

import argparse
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from . import shelf, views
from .export import to_input
from .sets import PictureSet
from .trunk import STAGES, build_trunk, frozen_stem

CHANNELS = 32  # of the last of them, stride 8
CATALOG, PHOTO = 0, 1
MOST_PARTS = 12
CUT_OUTS = 400  # mall items on tables: each takes a tenth of a second to find
STEP = 0.25  # of the int8 scale: the last of them ends linear, one value in 10,000 lies beyond +-30
VIEWS = {  # of each picture, all sides together
    "groceries catalog": 64, "groceries photo": 12, "groceries shelf": 160, "mall catalog": 3, "mall photo": 5,
    "clothing photo": 10, "streets photo": 12, "streets garment": 2,  # of each labelled garment
    "tables": 6000,  # in all
}  # fmt: skip
KINDS = ("groceries", "mall", "clothing", "streets", "tables")


class Row(NamedTuple):
    """One view and what is known of it; -1: unknown."""

    view: views.View
    kind: str
    picture: int = -1  # of its set
    role: int = PHOTO
    item: str = ""
    category: int = -1
    label: int = -1
    drawn: bool = False  # from catalogue pictures
    behind: int = -1  # the groceries picture that it was drawn before


def drawn_rows(sets, side, part, random, only=None):
    """Every view of the pool, set by set; part: how much of VIEWS. only: some of its names, or None for all."""

    def times(name):
        if only is not None and name not in only:
            return 0
        wanted = VIEWS[name] * part
        return int(wanted) + (random.random() < wanted % 1)

    groceries = sets["groceries"]
    photos = [p for p in groceries.pictures if p.role == "photo" and p.part != "test"]
    catalog = {kind: [p for p in sets[kind].pictures if p.role == "catalog"] for kind in ("groceries", "mall")}
    cut_outs = {}

    def cut_out(kind, p):
        if (kind, p.row) not in cut_outs:
            cut_outs[kind, p.row] = shelf.cut_out(sets[kind].pixels[p.row], p.content)
        return cut_outs[kind, p.row]

    def behind():
        return photos[random.integers(len(photos))]

    for kind, found in catalog.items():
        for p in found:
            for _ in range(times(f"{kind} catalog")):
                view = views.catalog_view(sets[kind].pixels[p.row], p, random, side, flip=kind == "groceries")
                yield Row(view, kind, p.row, CATALOG, p.item, p.category)
    for p in catalog["groceries"]:
        for _ in range(times("groceries shelf")):
            other = behind()
            view = views.shelf_view(cut_out("groceries", p), groceries.pixels[other.row], other, random, side)
            yield Row(view, "groceries", p.row, PHOTO, p.item, p.category, drawn=True, behind=other.row)
    for p in photos:
        for _ in range(times("groceries photo")):
            yield Row(views.shop_view(groceries.pixels[p.row], p, random, side), "groceries", p.row, PHOTO, p.item, p.category)
    for kind in ("mall", "clothing", "streets"):
        for p in sets[kind].pictures:
            if p.role == "photo":
                for _ in range(times(f"{kind} photo")):
                    view = views.photo_view(sets[kind].pixels[p.row], p, random, side, flip=kind != "mall")
                    yield Row(view, kind, p.row, PHOTO, p.item, p.category, p.label)
    for p in sets["streets"].pictures:
        for garment in (part for part in p.parts if part.category >= 0):
            for _ in range(times("streets garment")):
                view = views.garment_view(sets["streets"].pixels[p.row], garment.box, random, side)
                yield Row(view, "streets", p.row, PHOTO, "", garment.category, garment.label)
    for _ in range(times("tables")):
        kinds = [("groceries", "mall")[random.integers(2)] for _ in range(random.integers(2, 7))]
        chosen = [(kind, catalog[kind][:CUT_OUTS][random.integers(min(CUT_OUTS, len(catalog[kind])))]) for kind in kinds]
        other = behind()
        view = views.table_view([cut_out(kind, p) for kind, p in chosen], [p.category for _, p in chosen],
                                groceries.pixels[other.row], other, random, side)  # fmt: skip
        yield Row(view, "tables", drawn=True, behind=other.row)


def to_int8(stems):
    """float (n, 32, h, w) -> int8 (n, h, w, 32)."""
    return (stems / STEP).round().clamp(-127, 127).to(torch.int8).permute(0, 2, 3, 1).contiguous().numpy()


def from_int8(stems):
    """int8 (n, h, w, 32) -> float (n, 32, h, w), channels last."""
    return torch.from_numpy(stems).permute(0, 3, 1, 2).float() * STEP


def columns(rows):
    """What ROWS say beside the pixels, as arrays of a row each."""
    parts = np.full((len(rows), MOST_PARTS, 6), -1, np.float32)  # box, category, label
    for n, row in enumerate(rows):
        for m, p in enumerate((row.view.parts or ())[:MOST_PARTS]):
            parts[n, m] = (*p.box, p.category, p.label)
    return {
        "box": np.stack([row.view.box for row in rows]), "parts": parts,
        "listed": np.array([row.view.parts is not None for row in rows]),
        "kind": np.array([KINDS.index(row.kind) for row in rows], np.int8),
        "item": np.array([row.item for row in rows]), "drawn": np.array([row.drawn for row in rows]),
        **{key: np.array([getattr(row, key) for row in rows], np.int32)
           for key in ("picture", "role", "category", "label", "behind")},
    }  # fmt: skip


@torch.no_grad()
def fill(folder, sets, trunk, side, part, seed, only=None, batch=64):
    folder.mkdir(parents=True, exist_ok=True)
    stem, random, rows, pixels, clipped = frozen_stem(trunk, STAGES), np.random.default_rng(seed), [], [], 0.0
    with open(folder / "stem.bin", "wb") as out:

        def write():
            x = to_input(np.stack(pixels)).contiguous(memory_format=torch.channels_last)
            stems = to_int8(stem(x))
            stems.tofile(out)
            pixels.clear()
            return (np.abs(stems) == 127).mean()

        for row in drawn_rows(sets, side, part, random, only):
            pixels.append(row.view.pixels)
            rows.append(row._replace(view=row.view._replace(pixels=None)))
            if len(pixels) == batch:
                clipped = max(clipped, write())
            if len(rows) % 10000 == 0:
                print(len(rows), flush=True)
        if pixels:
            write()
    np.savez(folder / "rows.npz", **columns(rows))
    print(f"{len(rows)} views of {side} px in {folder}, at most {clipped:.5f} of a batch clipped")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("prepared")
    parser.add_argument("trunk")
    parser.add_argument("--side", type=int, required=True)
    parser.add_argument("--part", type=float, default=1.0, help="share of VIEWS to draw")
    parser.add_argument("--only", help="some of VIEWS, with commas between")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    sets = {kind: PictureSet(Path(args.prepared) / kind, kind) for kind in KINDS[:4]}
    fill(Path(args.out) / f"{args.side}-{args.seed}", sets, build_trunk(args.trunk), args.side, args.part, args.seed,
         args.only and args.only.split(","))  # fmt: skip


if __name__ == "__main__":
    main()

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from looksee_training import views
from looksee_training.batches import Batches, Plan, Pool, mirrored, moved
from looksee_training.pool import CATALOG, KINDS, PHOTO, Row, columns, from_int8, to_int8
from looksee_training.sets import Part, Picture

ITEMS = ("apple", "pear", "plum")


def picture(row, item, role, part="train", family="fruit"):
    return Picture(row=row, file=f"{row}.jpg", item=item, family=family, category=0, role=role, part=part, content=(0, 0, 1, 1))


def view(parts=None, box=(0.1, 0.2, 0.4, 0.8)):
    return views.View(None, np.float32(box), parts)


@pytest.fixture
def sets():
    """Three products: a catalogue picture (rows 0 to 2) and a photo (3 to 5) each; the last photo is held out."""
    pictures = [picture(n, item, "catalog") for n, item in enumerate(ITEMS)]
    pictures += [picture(3 + n, item, "photo", "train" if n < 2 else "validation") for n, item in enumerate(ITEMS)]
    return {"groceries": SimpleNamespace(pictures=pictures, pixels=np.zeros(6), of=lambda part: [p for p in pictures if p.part == part])}


@pytest.fixture
def folder(tmp_path):
    """Two views of each picture, one drawn on a shelf before each photo, and a table; of one side, in one folder."""
    rows = []
    for n, item in enumerate(ITEMS):
        rows += [Row(view(), "groceries", n, CATALOG, item, 0)] * 2 + [Row(view(), "groceries", 3 + n, PHOTO, item, 0)] * 2
        rows += [Row(view(), "groceries", n, PHOTO, item, 0, drawn=True, behind=3 + m) for m in range(3)]
    rows.append(Row(view((Part((0.1, 0.1, 0.3, 0.3), 2, 5),)), "tables", drawn=True, behind=3))
    out = tmp_path / "64-1"
    out.mkdir()
    np.savez(out / "rows.npz", **columns(rows))
    np.tile(np.arange(len(rows), dtype=np.int8)[:, None], (1, 8 * 8 * 32)).tofile(out / "stem.bin")  # a row's number everywhere
    return tmp_path


def test_int8_keeps_what_the_stem_gave_to_half_a_step():
    x = torch.randn(2, 32, 4, 4, generator=torch.Generator().manual_seed(1)) * 6
    assert (from_int8(to_int8(x)) - x).abs().max() <= 0.125 + 1e-6


def test_nothing_held_out_is_shown_or_stood_before(sets, folder):
    pool = Pool([folder / "64-1"], 64)
    keep = pool.trainable(sets)
    held_out = (pool.rows["picture"] == 5) | (pool.rows["behind"] == 5)
    assert held_out.any() and (keep == ~held_out).all()


def test_no_table_is_shown_where_a_catalogue_picture_is_held_out(sets, folder):
    pool, table = Pool([folder / "64-1"], 64), KINDS.index("tables")
    assert pool.trainable(sets)[pool.rows["kind"] == table].all()
    sets["groceries"].pictures[0].part = "validation"
    assert not pool.trainable(sets)[pool.rows["kind"] == table].any()


def plan(**changes):
    return Plan(**{"mall_items": 0, "clothing": 0, "streets": 0, "garments": 0, "tables": 0, "grocery_items": 3,
                   "grocery_photos": 1, "grocery_shelves": 1, **changes})  # fmt: skip


def test_a_batch_shows_each_item_as_asked_for_and_by_its_own_number(sets, folder):
    data = Batches(folder, sets, plan(tables=1), [64], seed=3)
    for _ in range(5):
        batch = data.batch()
        assert batch["stem"].shape == (10, 32, 8, 8) and batch["stem"].dtype == torch.float32
        rows = (batch["stem"][:, 0, 0, 0] / 0.25).round().int().numpy()
        shown = data.pools[0].rows["item"][rows]
        for item in ITEMS:
            of_item = shown == item
            assert of_item.sum() == 3 and len(set(batch["item"][of_item].tolist())) == 1
        assert (data.pools[0].rows["picture"][rows] != 5).all()  # the held-out photo: its item is drawn on a shelf instead
        assert batch["item"][-1] == -1 and batch["listed"].tolist() == [False] * 9 + [True]
        assert batch["partCategory"][-1, 0] == 2 and batch["partLabel"][-1, 0] == 5


def test_what_is_drawn_is_no_photo_that_was_taken_and_an_item_with_no_other_is_photoless(sets, folder):
    data = Batches(folder, sets, plan(tables=1), [64], seed=3)
    assert {item: bool(data.photoless()[data.items["groceries"].number(item)]) for item in ITEMS} == {
        "apple": False, "pear": False, "plum": True,  # the plum's photo is held out
    }  # fmt: skip
    batch = data.batch()
    rows = (batch["stem"][:, 0, 0, 0] / 0.25).round().int().numpy()
    known = data.pools[0].rows
    assert batch["taken"].tolist() == [bool(known["role"][r] == PHOTO and not known["drawn"][r]) for r in rows]
    assert batch["taken"].sum() == 2


def test_shuffled_identities_show_no_item_but_in_its_catalogue_picture(sets, folder):
    data = Batches(folder, sets, plan(), [64], seed=1, identities="shuffled")
    items = data.items["groceries"]
    assert any(data.pools[0].rows["item"][rows[0]] != item for (item, shown), rows in items.shown[0].items() if shown == "photo")
    assert all(data.pools[0].rows["item"][rows[0]] == item for (item, shown), rows in items.shown[0].items() if shown == "catalog")


def test_a_side_that_was_not_drawn_is_named(sets, folder):
    with pytest.raises(ValueError, match="POOL_SIDE.*96 px"):
        Batches(folder, sets, plan(), [96], seed=1)


def test_a_moved_map_is_the_same_scene_elsewhere():
    stem = torch.zeros(40, 1, 20, 20)
    stem[:, :, 8:12, 8:12] = 1.0
    out = moved(stem, np.random.default_rng(2))
    assert out.shape == stem.shape
    mass, (y, x) = out.sum((1, 2, 3)), torch.meshgrid(torch.arange(20.0), torch.arange(20.0), indexing="ij")
    middle = torch.stack([(out[:, 0] * y).sum((1, 2)) / mass, (out[:, 0] * x).sum((1, 2)) / mass], 1)
    assert (mass > 16 * 0.7).all() and (mass < 16 * 2.5).all() and mass.std() > 1
    assert (middle - 9.5).abs().max() < 5 and (middle - 9.5).abs().mean() > 0.5
    assert torch.equal(moved(stem, np.random.default_rng(2)), out)


def test_mirrored_boxes_are_mirrored_and_unknown_ones_stay_unknown():
    boxes = np.float32([[0.1, 0.2, 0.4, 0.8], [0.1, 0.2, 0.4, 0.8], [-1, -1, -1, -1]])
    turned = mirrored(boxes, np.array([True, False, True]))
    assert np.allclose(turned, [[0.6, 0.2, 0.9, 0.8], [0.1, 0.2, 0.4, 0.8], [-1, -1, -1, -1]])


def test_without_true_boxes_a_photos_is_unknown_and_what_was_drawn_keeps_its_own(sets, folder):
    batch = Batches(folder, sets, plan(tables=1), [64], seed=3, true_boxes=False).batch()
    assert batch["taken"].any() and torch.equal(batch["boxed"], ~batch["taken"])
    assert batch["listed"][-1] and not batch["listed"][:-1].any() and batch["parts"][-1, 0, 0] >= 0

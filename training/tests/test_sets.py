"""No product's photo, no sender and no street picture lies in two parts."""

from looksee_training import sets
from looksee_training.categories import CATEGORIES, CLOTHING, LABELS
from looksee_training.config import read_config
from looksee_training.garments import LABEL_OF, kind_of_garment
from looksee_training.visits import farthest_cluster

import numpy as np
import pytest


def row(n, item="", label="", role="photo", group="", split="train", box=("", "", "", ""), pixels=""):
    return {"row": str(n), "file": f"{n}.jpg", "itemId": item, "label": label, "role": role, "group": group or str(n),
            "split": split, "px1": "0", "py1": "0", "px2": "1", "py2": "1",
            "x1": box[0], "y1": box[1], "x2": box[2], "y2": box[3], "pixels": pixels}  # fmt: skip


def test_groceries_hold_out_the_named_photos_and_leave_val_alone():
    rows = [row(n, item=f"p{n % 3}", label="Juice") for n in range(90)]
    rows += [row(100 + n, item=f"p{n % 3}", label="Juice", split="val") for n in range(30)]
    pictures = sets.read_groceries(rows, held_out=frozenset(["4.jpg", "104.jpg"]))
    assert [p.row for p in pictures if p.part == "validation"] == [4]
    assert [p.row for p in pictures if p.part == "test"] == list(range(100, 130))


def test_a_product_never_seen_has_no_photo_in_training():
    rows = [row(n, item=f"p{n}", label="Juice", role="catalog") for n in range(12)]
    rows += [row(12 + n, item=f"p{n % 12}", label="Juice", split="val" if n >= 36 else "train") for n in range(48)]
    for catalog in (True, False):
        pictures = sets.read_groceries(rows, held_out=frozenset(["13.jpg"]))
        sets.never_seen(pictures, 3, catalog)
        unseen = {"p2", "p6", "p10"}
        assert {p.item for p in pictures if p.part == "validation" and p.role == "photo"} == unseen
        assert sum(p.part == "validation" and p.role == "photo" for p in pictures) == 12
        assert not any(p.item in unseen and p.role == "photo" for p in pictures if p.part != "validation")
        trained = {p.item for p in pictures if p.part == "train" and p.role == "catalog"}
        assert len(trained) == (12 if catalog else 9) and (catalog or not trained & unseen)


def test_the_farthest_visit_is_held_out():
    """Three bursts of near-equal photos: the one that lies apart is found, whatever the order."""
    random = np.random.default_rng(1)
    centres = np.eye(8)[[0, 1, 2]] + np.array([[0, 0.9, 0, 0, 0, 0, 0, 0], [0.9, 0, 0, 0, 0, 0, 0, 0], [0] * 8])
    burst = np.array([0] * 10 + [1] * 9 + [2] * 5)
    random.shuffle(burst)
    features = centres[burst] + random.normal(0, 0.05, (24, 8))
    features /= np.linalg.norm(features, axis=1, keepdims=True)
    assert farthest_cluster(features) == np.flatnonzero(burst == 2).tolist()


def test_a_sender_is_never_divided():
    rows = [row(n, label="T-Shirt", group=str(n % 200)) for n in range(2000)]
    parts = {}
    for picture, source in zip(sets.read_clothing(rows), rows):
        parts.setdefault(source["group"], set()).add(picture.part)
    assert all(len(p) == 1 for p in parts.values())
    held_out = sum(p == {"validation"} for p in parts.values())
    assert 8 <= held_out <= 35  # a tenth of 200, by hash


def test_a_street_picture_is_one_picture_whose_main_object_shows_the_most_of_itself():
    rows = [row(0, label="shoes", box=("0.1", "0.8", "0.3", "0.9"), pixels="0.02"),
            row(0, label="dress", box=("0.2", "0.1", "0.6", "0.7"), pixels="0.1"),
            row(0, label="accessories", box=("0.0", "0.0", "0.9", "0.9"), pixels="0.01"),
            row(1, label="watch", box=("0.4", "0.4", "0.5", "0.5"), pixels="0.01")]  # fmt: skip
    first, second = sets.read_streets(rows)
    assert first.box == (0.2, 0.1, 0.6, 0.7)
    assert [CATEGORIES[p.category] for p in first.parts] == ["shoes", "dress", "accessories"]
    assert [LABELS[p.label] if p.label >= 0 else None for p in first.parts] == ["Shoes", "Dress", None]
    assert second.box == (0.4, 0.4, 0.5, 0.5)


def test_every_clothing_label_has_one_of_the_14_kinds():
    assert set(CLOTHING.values()) <= set(CATEGORIES)


def test_a_street_word_with_a_label_has_that_labels_kind():
    assert LABEL_OF and all(CLOTHING[label] == kind_of_garment(word) for word, label in LABEL_OF.items())


def test_config_refuses_unknown_keys_and_wrong_types(tmp_path):
    file = tmp_path / "c.toml"
    file.write_text('prepared = "a"\npool = "p"\ntrunk = "b"\nheld_out = "c"\nsteps = 5\n[plan]\nclothing = 3\n')
    config = read_config(file, ["seed=9", "plan.streets=0"])
    assert (config.steps, config.seed, config.plan.clothing, config.plan.streets) == (5, 9, 3, 0)
    with pytest.raises(ValueError, match="CONFIG_KEY: minuts"):
        read_config(file, ["minuts=9"])
    with pytest.raises(ValueError, match="CONFIG_KEY: plan.shirts"):
        read_config(file, ["plan.shirts=9"])
    with pytest.raises(ValueError, match="CONFIG_TYPE"):
        read_config(file, ['seed="one"'])

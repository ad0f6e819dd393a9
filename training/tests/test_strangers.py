"""How products that were never seen are counted."""

import numpy as np
import pytest
import torch

from drawn import random_features
from looksee_training.strangers import common_config, counted, joined


def test_an_own_item_counts_by_its_place_and_a_miss_by_what_stands_first():
    photos, pictures = random_features(200, 4), random_features(30, 5)
    items = [f"p{n}" for n in np.random.default_rng(6).permutation(30)]
    own = [items[n] for n in np.random.default_rng(7).integers(0, 30, 200)]
    strangers = set(items[:8])
    found = counted((photos, own), (pictures, items), strangers)
    orders = [[items[column] for column in np.argsort(-row)] for row in photos @ pictures.T]
    places = np.array([order.index(item) for order, item in zip(orders, own)])
    for k in (1, 4, 20):
        assert found[str(k)]["share"] == round(float(np.mean(places < k)), 4)
        low, high = found[str(k)]["interval"]
        assert low <= found[str(k)]["share"] <= high
    trained = [order[0] not in strangers for order, place in zip(orders, places) if place > 0]
    assert found["missesToTrained"] == round(float(np.mean(trained)), 4)


def test_runs_that_left_out_other_products_or_none_are_not_taken_together(tmp_path):
    for name, unseen in (("a", 3), ("b", 3), ("c", 4), ("d", 0)):
        torch.save({"config": {"unseen": unseen, "unseen_catalog": False}}, tmp_path / name)
    files = {name: str(tmp_path / name) for name in "abcd"}
    assert common_config([files["a"], files["b"]])["unseen"] == 3
    with pytest.raises(ValueError, match=r"STRANGERS_DIFFER: .*c left out \[\(3, False\), \(4, False\)\]"):
        common_config([files["a"], files["c"]])
    with pytest.raises(ValueError, match="STRANGERS_NONE: .*d a run met all products"):
        common_config([files["d"]])


def test_side_by_side_the_cosine_is_the_mean_of_each_networks():
    photos, pictures = ([random_features(count, seed + network) for network in range(3)] for count, seed in ((20, 1), (7, 11)))
    together = joined(photos) @ joined(pictures).T
    assert np.allclose(together, np.mean([a @ b.T for a, b in zip(photos, pictures)], 0), atol=1e-6)
    assert np.allclose(np.linalg.norm(joined(photos), axis=1), 1, atol=1e-6)

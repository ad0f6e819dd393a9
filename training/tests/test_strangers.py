"""How products that were never seen are counted."""

import numpy as np

from looksee_training.sets import Picture
from looksee_training.strangers import places, shares


def picture(item):
    return Picture(row=0, file="", item=item, family="", category=0, role="catalog", part="train", content=(0, 0, 1, 1))


def test_a_place_counts_the_products_that_come_before_ones_own():
    random = np.random.default_rng(4)
    catalog = [picture(f"p{n}") for n in range(30)]
    photos = [picture(f"p{n}") for n in random.integers(0, 30, 200)]
    scores = random.normal(size=(200, 30)).astype(np.float32)
    place, first = places(scores, photos, catalog)
    for n, photo in enumerate(photos):
        order = [catalog[column].item for column in np.argsort(-scores[n])]
        assert place[n] == order.index(photo.item) and catalog[first[n]].item == order[0]
    found = shares(place, [p.item for p in photos])
    assert found["photos"] == 200 and found["4"]["share"] == round(float(np.mean(place < 4)), 4)
    low, high = found["4"]["interval"]
    assert low <= found["4"]["share"] <= high and found["20"]["share"] > found["1"]["share"]

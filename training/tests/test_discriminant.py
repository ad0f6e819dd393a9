"""What tells a photo from its catalogue picture is scaled down, and what tells items apart is kept."""

import numpy as np
import pytest
import torch

from looksee_training.discriminant import LEVEL, Pairs, between_labels, discriminant, joined, projection_of, spread
from looksee_training.export import served, write_onnx
from looksee_training.model import Network, Projection
from looksee_training.onnx_weights import load_served
from looksee_training.trunk import STAGES

D, ITEMS = 24, 400


def a_shop(random, mean=0.0):
    """Catalogue, photos and theirs: items differ in every direction, a photo from its picture by far the most in the first six."""
    catalog = random.standard_normal((ITEMS, D)).astype(np.float32) + mean
    theirs = random.permutation(ITEMS)
    blur = np.where(np.arange(D) < 6, 3.0, 0.1)
    photos = catalog[theirs] + blur * random.standard_normal((ITEMS, D)).astype(np.float32)
    return Pairs(photos.astype(np.float32), catalog, theirs)


def found_first(weight, bias, pairs):
    photos, catalog, theirs = pairs
    c, p = ((x @ weight.T + bias) for x in (catalog, photos))
    c, p = c / np.linalg.norm(c, axis=1, keepdims=True), p / np.linalg.norm(p, axis=1, keepdims=True)
    return float(((p @ c.T).argmax(1) == theirs).mean())


def fitted(random, shuffled=False):
    spreads = []
    for mean in (0.0, 2.0):
        spreads.append(spread(a_shop(random, mean), shuffled))
    return discriminant(*spreads, np.zeros((D, D)), width=12)


def test_items_never_met_are_found_and_the_control_with_shuffled_photos_gains_nothing():
    random = np.random.default_rng(0)
    other = a_shop(random, mean=2.0)
    plain = found_first(np.eye(D), np.zeros(D), other)
    assert found_first(*fitted(random), other) > 0.95
    assert plain < 0.7
    assert found_first(*fitted(random, shuffled=True), other) < plain + 0.05


def test_the_direction_between_two_shops_tells_nothing():
    random = np.random.default_rng(1)
    weight, bias = fitted(random)
    means = [(a_shop(random, mean).catalog @ weight.T + bias).mean(0) for mean in (0.0, 2.0)]
    spread_of_one = (a_shop(random).catalog @ weight.T + bias).std(0).mean()
    assert np.abs(means[0] - means[1]).max() < 0.5 * spread_of_one
    assert np.abs(np.mean(means, 0)).max() < 0.5 * spread_of_one


def test_labels_with_few_photos_have_no_mean():
    pictures = np.concatenate([np.zeros((9, 3)), np.ones((9, 3)), np.full((2, 3), 50.0)])
    labels = np.repeat([0, 1, 2], [9, 9, 2])
    assert np.allclose(between_labels(pictures, labels), np.full((3, 3), 0.5))


def test_what_is_kept_are_the_leading_directions_of_the_generalised_eigenproblem():
    random = np.random.default_rng(2)
    mall, shop = spread(a_shop(random)), spread(a_shop(random))
    weight, _ = discriminant(mall, shop, np.zeros((D, D)), width=5)
    within = mall.within + shop.within
    within += 0.3 * within.diagonal().mean() * np.eye(D)
    level = np.linalg.eigvalsh(weight @ within @ weight.T)
    half = np.linalg.inv(np.linalg.cholesky(within))
    apart = half @ (mall.mean - shop.mean)
    others = np.eye(D) - np.outer(apart, apart) / (apart @ apart)
    kept = np.linalg.eigvalsh(others @ half @ (mall.total + 0.5 * shop.total) @ half.T @ others)[-5:]
    assert np.allclose(level, np.sort(kept ** (2 * LEVEL)), rtol=1e-3), "what a photo differs in, as much in each but for the levelling"
    found = np.linalg.eigvalsh(weight @ (mall.total + 0.5 * shop.total) @ weight.T)
    assert np.allclose(found, kept ** (1 + 2 * LEVEL), rtol=1e-3)


def test_several_shops_are_joined_as_one():
    random = np.random.default_rng(3)
    one, two = a_shop(random), a_shop(random, 2.0)
    both = Pairs(*(np.concatenate(parts) for parts in (one[:1] + two[:1], one[1:2] + two[1:2], (one.theirs, two.theirs + ITEMS))))
    for found, wanted in zip(joined([spread(one), spread(two)]), spread(both)):
        assert np.allclose(found, wanted, atol=1e-4)


def test_scaled_is_what_scaled_numbers_give():
    random = np.random.default_rng(5)
    pairs, mean, scale = a_shop(random, 2.0), random.standard_normal(D), random.uniform(0.5, 2, D)
    wanted = spread(Pairs(*(((part - mean) * scale).astype(np.float32) for part in pairs[:2]), pairs.theirs))
    for found, expected in zip(spread(pairs).scaled(mean, scale), wanted):
        assert np.allclose(found, expected, atol=1e-4)


def test_numbers_of_any_scale_are_weighed_alike_and_one_that_never_changes_does_no_harm():
    random = np.random.default_rng(4)
    times = (10.0 ** random.integers(-3, 4, D + 600)).astype(np.float32)

    def shop(mean=0.0):
        pairs = a_shop(random, mean)
        wide = [np.concatenate([part, np.tile(part[:, 6:7], 600) * 0 + 5], 1) for part in (pairs.photos, pairs.catalog)]
        return Pairs(wide[0] * times, wide[1] * times, pairs.theirs)

    projection = projection_of(spread(shop()), spread(shop(2.0)), shop().photos, np.arange(ITEMS) % 2)
    new = shop(2.0)
    with torch.no_grad():
        photos, catalog = (torch.nn.functional.normalize(projection(torch.from_numpy(part)), dim=1) for part in new[:2])
    assert ((photos @ catalog.T).argmax(1).numpy() == new.theirs).mean() > 0.95


@pytest.mark.parametrize("masked", [(True, False), (False, True), (True, True)])
def test_two_networks_are_projected_together_and_read_back_from_their_file(tmp_path, masked):
    torch.manual_seed(0)
    one, two = (Network(masked=each, width=256).eval() for each in masked)
    for module in [*one.modules(), *two.trunk[STAGES:].modules(), *two.box.modules()]:
        if isinstance(module, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)):  # equal numbers would share a name in the file
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.5, 1.5)
            if module.affine:
                module.weight.data.uniform_(0.5, 1.5)
                module.bias.data.uniform_(-0.2, 0.2)
    two.trunk[:STAGES].load_state_dict(one.trunk[:STAGES].state_dict())
    both = served([one, two])
    x = torch.rand(2, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        described = both.described(*both.seen(x))
        projection = Projection(described.shape[1])
        projection.mean.uniform_(-0.1, 0.1)
        projection.scale.uniform_(0.5, 1.5)
        both.project(projection.eval())
        wanted = torch.nn.functional.normalize(projection(described), dim=1)
        assert torch.allclose(both(x)[3], wanted, atol=1e-5)
    write_onnx(both, tmp_path / "model.onnx", 64)
    (tmp_path / "card.json").write_text("{}")
    again = load_served(tmp_path)[0]
    assert tuple(network.masked for network in again.networks) == masked
    with torch.no_grad():
        assert torch.allclose(again(x)[3], wanted, atol=1e-4)

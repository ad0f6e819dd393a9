"""What tells a photo from its catalogue picture is scaled down, and what tells items apart is kept."""

import numpy as np
import torch

from looksee_training.discriminant import between_labels, discriminant, spread
from looksee_training.export import served, write_onnx
from looksee_training.model import Network, Served
from looksee_training.onnx_weights import load_served
from looksee_training.trunk import STAGES

D, ITEMS = 24, 400


def a_shop(random, mean=0.0):
    """Catalogue, photos and theirs: items differ in every direction, a photo from its picture by far the most in the first six."""
    catalog = random.standard_normal((ITEMS, D)).astype(np.float32) + mean
    theirs = random.permutation(ITEMS)
    blur = np.where(np.arange(D) < 6, 3.0, 0.1)
    return catalog, catalog[theirs] + blur * random.standard_normal((ITEMS, D)).astype(np.float32), theirs


def found_first(weight, bias, catalog, photos, theirs):
    c, p = ((x @ weight.T + bias) for x in (catalog, photos))
    c, p = c / np.linalg.norm(c, axis=1, keepdims=True), p / np.linalg.norm(p, axis=1, keepdims=True)
    return float(((p @ c.T).argmax(1) == theirs).mean())


def fitted(random, shuffled=False):
    spreads = []
    for mean in (0.0, 2.0):
        catalog, photos, theirs = a_shop(random, mean)
        spreads.append(spread(photos, random.permutation(theirs) if shuffled else theirs, catalog))
    return discriminant(*spreads, np.zeros((D, D)), width=12)


def test_items_never_met_are_found_and_the_control_with_shuffled_photos_gains_nothing():
    random = np.random.default_rng(0)
    other = a_shop(random, mean=2.0)
    plain = found_first(np.eye(D), np.zeros(D), *other)
    assert found_first(*fitted(random), *other) > 0.95
    assert plain < 0.7
    assert found_first(*fitted(random, shuffled=True), *other) < plain + 0.05


def test_the_direction_between_two_shops_tells_nothing():
    random = np.random.default_rng(1)
    weight, bias = fitted(random)
    means = [(a_shop(random, mean)[0] @ weight.T + bias).mean(0) for mean in (0.0, 2.0)]
    spread_of_one = (a_shop(random)[0] @ weight.T + bias).std(0).mean()
    assert np.abs(means[0] - means[1]).max() < 0.5 * spread_of_one
    assert np.abs(np.mean(means, 0)).max() < 0.5 * spread_of_one


def test_labels_with_few_photos_have_no_mean():
    pictures = np.concatenate([np.zeros((9, 3)), np.ones((9, 3)), np.full((2, 3), 50.0)])
    labels = np.repeat([0, 1, 2], [9, 9, 2])
    assert np.allclose(between_labels(pictures, labels), np.full((3, 3), 0.5))


def test_two_networks_are_projected_together_and_read_back_from_their_file(tmp_path):
    torch.manual_seed(0)
    one, two = Network(masked=True, width=256).eval(), Network(width=256).eval()
    for module in [*one.modules(), *two.trunk[STAGES:].modules()]:
        if isinstance(module, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)):  # equal numbers would share a name in the file
            module.running_mean.uniform_(-0.2, 0.2)
            module.running_var.uniform_(0.5, 1.5)
            if module.affine:
                module.weight.data.uniform_(0.5, 1.5)
                module.bias.data.uniform_(-0.2, 0.2)
    two.trunk[:STAGES].load_state_dict(one.trunk[:STAGES].state_dict())
    both = served([one, two])
    weight, bias = torch.randn(512, 2560 + 1280), torch.randn(512)
    both.project(weight, bias)
    x = torch.rand(2, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        stem = both.stem(x)
        pooled = torch.cat([network(stem, start=STAGES)["pooled"] for network in both.networks], 1)
        wanted = torch.nn.functional.normalize(pooled @ weight.T + bias, dim=1)
        assert torch.allclose(both(x)[3], wanted, atol=1e-5)
    write_onnx(both, tmp_path / "model.onnx", 64)
    (tmp_path / "card.json").write_text("{}")
    again = load_served(tmp_path)[0]
    assert isinstance(again, Served) and again.added
    with torch.no_grad():
        assert torch.allclose(again(x)[3], wanted, atol=1e-4)

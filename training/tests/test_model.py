import numpy as np
import pytest
import torch

from looksee_training.model import Network, Places, Served, folded, objects, pooled_within, soft_mask
from looksee_training.trunk import STAGES, SamePadding, frozen_stem
from looksee_training.unfold import unfolded

torch.manual_seed(0)


@pytest.fixture(scope="module", params=[False, True], ids=["whole", "masked"])
def network(request):
    torch.manual_seed(0)
    net = Network(masked=request.param)
    with torch.no_grad():  # statistics other than the initial 0 and 1, or folding would be trivial
        for module in net.modules():
            if isinstance(module, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)):
                module.running_mean.uniform_(-0.2, 0.2)
                module.running_var.uniform_(0.5, 1.5)
    return net.eval()


@pytest.mark.parametrize("side", [64, 160, 192])
def test_served_outputs_keep_the_contract(network, side):
    with torch.no_grad():
        category, box, score, feature, boxes, scores, kinds = Served([network])(torch.rand(3, 3, side, side) * 2 - 1)
    assert category.shape == (3, 14) and box.shape == (3, 4) and score.shape == (3,) and feature.shape == (3, 512)
    assert torch.allclose(feature.norm(dim=1), torch.ones(3), atol=1e-5)
    assert (box[:, :2] <= box[:, 2:]).all() and (box >= 0).all() and (box <= 1).all()
    assert (score >= 0).all() and (score <= 1).all()
    assert boxes.shape == (3, 8, 4) and scores.shape == (3, 8) and kinds.shape == (3, 8, 14)
    assert (boxes >= 0).all() and (boxes <= 1).all() and (scores.diff(dim=1) <= 0).all() and scores.max() <= 1


def test_the_objects_are_the_peaks_of_the_map_with_their_own_boxes():
    middle = torch.full((1, 6, 6), -9.0)
    middle[0, 1, 1], middle[0, 1, 2], middle[0, 4, 3] = 3.0, 2.0, 1.0
    proposals = torch.rand(1, 4, 6, 6)
    boxes, scores = objects(proposals, middle, count=3)
    assert torch.equal(boxes[0, 0], proposals[0, :, 1, 1]) and torch.equal(boxes[0, 1], proposals[0, :, 4, 3])
    assert torch.allclose(scores[0, :2], torch.tensor([3.0, 1.0]).sigmoid()) and scores[0, 2] < 0.01


def test_a_boxs_category_is_that_of_what_lies_in_it(network):
    deep = torch.zeros(1, 1280, 8, 8)
    deep[:, :640, :, :4], deep[:, 640:, :, 4:] = 1.0, 1.0
    with torch.no_grad():
        got = network.category_within(deep, torch.tensor([[[0.0, 0.0, 0.45, 1.0], [0.55, 0.0, 1.0, 1.0]]]))[0]
        expected = network.category(torch.stack([deep[0, :, 0, 0], deep[0, :, 0, 7]]))
    assert torch.allclose(got, expected, atol=0.02)


def test_folding_changes_nothing(network):
    x = torch.rand(2, 3, 96, 96) * 2 - 1
    with torch.no_grad():
        for plain, other in zip(Served([network])(x), Served([folded(network)])(x)):
            assert torch.allclose(plain, other, atol=1e-4)


def test_the_frozen_stem_gives_what_the_first_stages_give(network):
    x = torch.rand(2, 3, 96, 96) * 2 - 1
    with torch.no_grad():
        expected = network(x)
        got = network(frozen_stem(network.trunk, 4)(x), start=4)
    for key in expected:
        assert torch.allclose(expected[key], got[key], atol=1e-4), key


def test_the_mask_is_the_box_and_lets_the_loss_move_it():
    box = torch.tensor([[0.25, 0.0, 0.75, 0.5]], requires_grad=True)
    mask = soft_mask(box, 8, 8, steepness=200.0)
    inside = torch.zeros(8, 8)
    inside[0:4, 2:6] = 1
    assert torch.allclose(mask[0, 0].round(), inside)
    deep = torch.rand(1, 3, 8, 8)
    assert torch.allclose(pooled_within(deep, mask), deep[:, :, 0:4, 2:6].mean((2, 3)), atol=1e-3)
    pooled_within(deep, soft_mask(box, 8, 8)).sum().backward()
    assert (box.grad.abs() > 0).all()


def test_places_are_the_means_and_deviations_within_the_parts_of_the_box():
    torch.manual_seed(0)
    maps, box = torch.randn(2, 5, 14, 10), torch.tensor([[0.1, 0.2, 0.9, 0.7], [0.0, 0.0, 0.5, 1.0]])
    count = Places.COUNT
    found = Places()([maps], box).reshape(2, 2, count**2, 5)  # mean and deviation, place by place from the top left, of each channel
    for n in range(2):
        x1, y1, x2, y2 = box[n].tolist()
        for row in range(count):
            for column in range(count):
                w, h = (x2 - x1) / count, (y2 - y1) / count
                place = torch.tensor([[x1 + column * w, y1 + row * h, x1 + (column + 1) * w, y1 + (row + 1) * h]])
                share = soft_mask(place, 14, 10)[0, 0]
                share = share / share.sum()
                mean = (maps[n] * share).sum((1, 2))
                deviation = ((maps[n] - mean[:, None, None]) ** 2 * share).sum((1, 2)).sqrt()
                assert torch.allclose(found[n, 0, count * row + column], mean, atol=1e-4)
                assert torch.allclose(found[n, 1, count * row + column], deviation, atol=1e-3)


def test_a_box_without_area_has_places_too():
    assert Places()([torch.randn(1, 3, 8, 8)], torch.tensor([[0.5, 0.5, 0.5, 0.5]])).isfinite().all()


def test_five_strided_convolutions_pad_right_and_below(network):
    padded = [m for m in network.trunk.modules() if isinstance(m, SamePadding)]
    strided = [m for m in network.trunk.modules() if isinstance(m, torch.nn.Conv2d) and m.stride == (2, 2)]
    assert len(padded) == len(strided) == 5
    assert all(m.padding == (0, 0) for m in strided)
    x = torch.zeros(1, 1, 2, 2)
    assert SamePadding()(x + 1)[0, 0].tolist() == np.pad(np.ones((2, 2)), ((0, 1), (0, 1))).tolist()


def test_two_networks_share_a_stem_and_their_features_lie_side_by_side():
    torch.manual_seed(1)
    one, two = Network(masked=True, width=256).eval(), Network(width=256).eval()
    two.trunk[:STAGES].load_state_dict(one.trunk[:STAGES].state_dict())
    x = torch.rand(2, 3, 64, 64) * 2 - 1
    with torch.no_grad():
        category, box, _, feature, *_ = Served([one, two])(x)
        a, b = one(x), two(x)
        both = torch.cat([torch.nn.functional.normalize(out["raw"], dim=1) for out in (a, b)], 1)
    assert feature.shape == (2, 512) and torch.allclose(feature, both / 2**0.5, atol=1e-5) and torch.allclose(box, a["box"])
    assert torch.allclose(category, (a["category"] + b["category"]) / 2, atol=1e-5)
    with pytest.raises(ValueError, match="STEM_DIFFERS"):
        Served([one, Network(width=256).eval()])
    with pytest.raises(ValueError, match="FEATURE_WIDTH"):
        Served([one])


@pytest.mark.parametrize("masked", [False, True])
def test_an_unfolded_network_answers_as_the_served_one_and_has_the_statistics_of_what_it_saw(masked):
    network = Network(masked=masked, width=256)
    network.train()
    with torch.no_grad():
        for _ in range(3):
            network(torch.randn(8, 3, 64, 64))
    network.eval()
    views = [torch.randn(8, 32, 8, 8) for _ in range(4)]
    again = unfolded(folded(network), network.trunk, views)
    with torch.no_grad():
        wanted, found = network(views[0], start=STAGES), again(views[0], start=STAGES)
        for name in ("category", "box", "score", "raw", "proposals", "middle", "deep"):
            assert torch.allclose(wanted[name], found[name], atol=2e-3), name
        for module in again.modules():
            module.momentum = None
        for name, weight in again.named_parameters():
            if name.startswith("trunk.") and weight.dim() == 4:  # the network's own trunk stood for ImageNet's
                assert torch.allclose(weight, network.get_parameter(name), rtol=1e-2, atol=1e-4), name
        anew = unfolded(folded(network), network.trunk, views, width=16)  # all but the projection, which is drawn
        rows = anew.feature.project.weight
        assert rows.shape[0] == 16 and torch.allclose(rows @ rows.T, torch.eye(16), atol=1e-4)
        assert torch.allclose(anew(views[0], start=STAGES)["deep"], found["deep"], atol=1e-5)
        trained = again.train()(torch.cat(views), start=STAGES)  # a batch's own statistics are now the same
        assert torch.allclose(trained["deep"], again.eval()(torch.cat(views), start=STAGES)["deep"], atol=2e-2)

"""Every loss against a plain loop that follows its docstring word by word."""

import math

import pytest
import torch

from looksee_training import losses


def rows(n, d=8, seed=0, dtype=torch.float64):
    generator = torch.Generator().manual_seed(seed)
    return torch.nn.functional.normalize(torch.randn(n, d, generator=generator, dtype=dtype), dim=1)


def test_prototype_contrast_equals_a_loop():
    queries, prototypes = rows(5, seed=1), rows(7, seed=2)
    items = torch.tensor([0, 6, 3, 3, 1])
    total = 0.0
    for i in range(5):
        scores = [math.exp(float(queries[i] @ prototypes[j]) / 0.1) for j in range(7)]
        total -= math.log(scores[items[i]] / sum(scores))
    assert losses.prototype_contrast(queries, items, prototypes, 0.1).item() == pytest.approx(total / 5)


def test_live_rows_stand_in_for_the_prototypes_of_their_items_with_their_gradients():
    queries, prototypes, live = rows(4, seed=1), rows(6, seed=2), rows(2, seed=3).requires_grad_()
    items, which = torch.tensor([0, 5, 2, 2]), torch.tensor([2, 4])
    replaced = prototypes.clone()
    replaced[which] = live.detach()
    loss = losses.prototype_contrast(queries, items, prototypes, 0.1, (live, which))
    assert loss.item() == pytest.approx(losses.prototype_contrast(queries, items, replaced, 0.1).item())
    loss.backward()
    assert (live.grad.norm(dim=1) > 0).all()


def test_pairs_apart_are_not_compared():
    queries, prototypes = rows(2, seed=1), rows(4, seed=2)
    apart = torch.tensor([[False, True, True, False], [False, False, False, False]])
    got = losses.prototype_contrast(queries, torch.tensor([3, 1]), prototypes, 0.1, apart=apart)
    scores = [[math.exp(float(q @ p) / 0.1) for p in prototypes] for q in queries]
    by_hand = -math.log(scores[0][3] / (scores[0][0] + scores[0][3])) - math.log(scores[1][1] / sum(scores[1]))
    assert got.item() == pytest.approx(by_hand / 2)
    features, items = rows(4, seed=3), torch.tensor([0, 0, 1, 2])
    between = torch.zeros(4, 4, dtype=torch.bool)
    between[:2, 2] = between[2, :2] = True
    without = losses.batch_contrast(features[[0, 1, 3]], items[[0, 1, 3]], 0.2)
    assert losses.batch_contrast(features, items, 0.2, between).item() == pytest.approx(without.item())


def test_prototype_contrast_of_nothing_is_a_zero_that_can_be_differentiated():
    queries = rows(3)[:0].requires_grad_()
    loss = losses.prototype_contrast(queries, torch.zeros(0, dtype=torch.int64), rows(4), 0.1)
    loss.backward()
    assert loss.item() == 0


def test_prototype_contrast_refuses_unequal_widths():
    with pytest.raises(ValueError, match="LOSS_SHAPE"):
        losses.prototype_contrast(rows(2, d=8), torch.tensor([0, 1]), rows(2, d=6), 0.1)


@pytest.mark.parametrize("items", [[0, 0, 1, 1, -1], [0, 0, 0, 2, 2], [4, -1, -1, 4, 5]])
def test_batch_contrast_equals_a_loop(items):
    features = rows(5, seed=3)
    total, anchors = 0.0, 0
    for i in range(5):
        partners = [j for j in range(5) if j != i and items[j] == items[i] and items[i] >= 0]
        if not partners:
            continue
        scores = {j: math.exp(float(features[i] @ features[j]) / 0.2) for j in range(5) if j != i}
        total -= math.log(sum(scores[j] for j in partners) / sum(scores.values()))
        anchors += 1
    assert losses.batch_contrast(features, torch.tensor(items), 0.2).item() == pytest.approx(total / anchors)


def test_batch_contrast_without_pairs_is_zero_and_pictures_of_no_item_are_no_pair():
    features = rows(4).requires_grad_()
    loss = losses.batch_contrast(features, torch.tensor([-1, -1, 2, 3]), 0.1)
    loss.backward()
    assert loss.item() == 0 and features.grad.abs().sum() == 0


def test_decorrelation_equals_a_loop_and_is_nought_for_independent_dimensions():
    raw = torch.randn(30, 4, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    total = 0.0
    for a in range(4):
        for b in range(4):
            if a != b:
                x, y = raw[:, a] - raw[:, a].mean(), raw[:, b] - raw[:, b].mean()
                total += float((x * y).mean() / ((x * x).mean() * (y * y).mean()).sqrt()) ** 2
    assert losses.decorrelation(raw).item() == pytest.approx(total / 12, rel=1e-4)
    signs = torch.tensor([[1, 1], [1, -1], [-1, 1], [-1, -1]], dtype=torch.float64)
    assert losses.decorrelation(signs).item() == pytest.approx(0)
    assert losses.decorrelation(signs[:, [0, 0]]).item() == pytest.approx(1, rel=1e-4)


def test_soft_code_cosine_is_the_hamming_distance_once_saturated():
    raw = torch.randn(2, 512, generator=torch.Generator().manual_seed(6)) * 100
    codes = losses.as_code(raw, hard=False)
    differing = (torch.sign(raw[0]) != torch.sign(raw[1])).sum().item()
    assert (codes[0] @ codes[1]).item() == pytest.approx(1 - 2 * differing / 512, abs=0.02)


def test_hard_code_cosine_is_the_hamming_distance_and_its_slope_that_of_the_soft_one():
    raw = torch.randn(2, 512, generator=torch.Generator().manual_seed(7), requires_grad=True)
    codes = losses.as_code(raw, hard=True)
    differing = (torch.sign(raw[0]) != torch.sign(raw[1])).sum().item()
    assert (codes[0] @ codes[1]).item() == pytest.approx(1 - 2 * differing / 512, abs=1e-5)
    weights = torch.randn(2, 512, generator=torch.Generator().manual_seed(8))
    weights -= codes.detach() * (weights * codes.detach()).sum(1, keepdim=True)  # across the code, where the length's own slope is nothing
    (codes * weights).sum().backward()
    by_hand = weights / 512**0.5 * 2 * (1 - torch.tanh(2 * raw.detach()) ** 2)
    assert torch.allclose(raw.grad, by_hand, atol=1e-5)


def test_iou_of_known_boxes():
    a = torch.tensor([[0.0, 0.0, 0.5, 0.5], [0.0, 0.0, 1.0, 1.0], [0.0, 0.0, 0.2, 0.2]])
    b = torch.tensor([[0.25, 0.0, 0.75, 0.5], [0.0, 0.0, 1.0, 1.0], [0.5, 0.5, 0.9, 0.9]])
    assert losses.iou(a, b)[0].tolist() == pytest.approx([1 / 3, 1.0, 0.0])


def test_box_loss_is_zero_on_the_truth_and_pulls_a_distant_box_nearer():
    truth = torch.tensor([[0.2, 0.3, 0.6, 0.9]])
    assert losses.box_loss(truth.clone(), truth).item() == pytest.approx(0, abs=1e-6)
    box = torch.tensor([[0.7, 0.05, 0.9, 0.2]], requires_grad=True)  # does not touch the truth: plain IoU has no slope
    losses.box_loss(box, truth).backward()
    closer = box.detach() - 0.01 * box.grad
    assert losses.box_loss(closer, truth) < losses.box_loss(box.detach(), truth)
    assert losses.box_loss(truth[:0], truth[:0]).item() == 0


def test_score_loss_is_least_at_the_reached_overlap():
    box, truth = torch.tensor([[0.0, 0.0, 1.0, 0.5]]), torch.tensor([[0.0, 0.0, 1.0, 1.0]])  # overlap 0.5
    at_half = losses.score_loss(torch.tensor([0.0]), box, truth)
    assert at_half < losses.score_loss(torch.tensor([1.0]), box, truth)
    assert at_half < losses.score_loss(torch.tensor([-1.0]), box, truth)


def test_the_map_of_middles_is_1_in_the_middles_cells_and_the_loss_is_least_at_the_truth():
    boxes = torch.tensor([[[0.1, 0.1, 0.5, 0.3], [0.6, 0.6, 0.9, 0.9], [-1, -1, -1, -1]]])
    target = losses.middle_targets(boxes, boxes[:, :, 0] >= 0, 10, 10)
    assert (target == 1).nonzero().tolist() == [[0, 2, 3], [0, 7, 7]]
    assert target[0, 2, 2] > target[0, 2, 1] > target[0, 9, 0]
    best = losses.middle_loss(torch.logit(target, eps=1e-3), target)
    moved = losses.middle_loss(torch.logit(target.roll(3, 2), eps=1e-3), target)
    assert best < 0.2 * moved
    assert losses.middle_loss(torch.zeros(0, 4, 4), torch.zeros(0, 4, 4)) == 0


def test_classification_leaves_out_what_is_unknown():
    logits = torch.tensor([[2.0, 0.0], [0.0, 3.0], [1.0, 1.0]])
    known = losses.classification(logits[:2], torch.tensor([0, 1]), 0.0)
    assert torch.isclose(losses.classification(logits, torch.tensor([0, 1, -1]), 0.0), known)
    assert losses.classification(logits, torch.tensor([-1, -1, -1]), 0.0) == 0


def test_query_triplets_average_within_a_photo_and_then_over_photos():
    queries, catalog = rows(6, seed=1), rows(5, seed=2)
    items, catalog_items, margin = torch.tensor([0, 0, 1, 2, 3, 4]), torch.tensor([0, 1, 2, 3, 4]), 0.1
    per_photo = []
    for query, item in zip(queries, items):
        own = (query - catalog[item]).norm()
        hurts = [own - (query - other).norm() + margin for n, other in enumerate(catalog) if n != item]
        hurts = [float(h) for h in hurts if h > 0]
        if hurts:
            per_photo.append(sum(hurts) / len(hurts))
    got = losses.query_triplets(queries, items, catalog, catalog_items, margin)
    assert len(per_photo) > 2 and math.isclose(float(got), sum(per_photo) / len(per_photo), rel_tol=1e-6)
    assert losses.query_triplets(catalog, catalog_items, catalog, catalog_items, 1e-6) == 0


def test_a_prototype_softmax_may_have_answers_that_are_likely_instead_of_right():
    queries, prototypes = losses.as_feature(torch.randn(3, 8)), losses.as_feature(torch.randn(5, 8))
    likely = torch.rand(3, 5).softmax(1)
    expected = -(likely * (queries @ prototypes.T / 0.1).log_softmax(1)).sum(1).mean()
    assert losses.prototype_contrast(queries, likely, prototypes, 0.1).item() == pytest.approx(expected.item(), rel=1e-5)
    sure = torch.tensor([4, 0, 2])
    as_one = losses.prototype_contrast(queries, torch.eye(5)[sure], prototypes, 0.1)
    assert as_one.item() == pytest.approx(losses.prototype_contrast(queries, sure, prototypes, 0.1).item(), rel=1e-5)


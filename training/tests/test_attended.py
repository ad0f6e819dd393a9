"""Boxes that no box taught."""

import numpy as np
import torch
import torch.nn.functional as F

from looksee_training.attended import LATE, attended, feature_with, learnt, share
from looksee_training.export import served
from looksee_training.losses import iou
from looksee_training.model import Network, Projection
from looksee_training.trunk import STAGES


def maps(box, side=14, channels=8):
    """A deep map (1, channels, side, side) whose cells within the box, in cells, are the thing, the rest another; and the thing."""
    deep = torch.zeros(1, channels, side, side)
    deep[:, 0], thing = 1.0, torch.zeros(1, channels)
    thing[:, 1] = 1.0
    x1, y1, x2, y2 = box
    deep[0, 0, y1:y2, x1:x2] = 0.0
    deep[0, 1, y1:y2, x1:x2] = 3.0
    return deep, thing


def test_the_box_is_where_the_cells_are_like_what_is_looked_for_and_not_where_they_are_like_each_other():
    for box in ((2, 4, 8, 12), (1, 1, 5, 5), (6, 0, 14, 6)):
        deep, thing = maps(box)
        found = attended([deep, F.interpolate(deep, scale_factor=2.0)], thing)[0]
        expected = (torch.tensor(box, dtype=torch.float32) / 14 + LATE).clamp(max=1)
        assert (found - expected).abs().max() < 0.05, "within a cell"
    deep, _ = maps((2, 4, 8, 12))
    other = torch.zeros(1, 8)
    other[:, 0] = 1.0
    whole = attended([deep], other)[0]
    assert whole[0] < 0.08 and whole[1] < 0.08 and whole[2] > 0.92 and whole[3] > 0.92, "the ground lies on all sides"


def test_where_all_cells_are_alike_the_box_is_nearly_the_whole_picture():
    box = attended([torch.ones(1, 4, 7, 7)], torch.ones(1, 4))[0]
    assert box[0] < 0.08 and box[1] < 0.08 and box[2] > 0.92 and box[3] > 0.92


def test_a_head_learns_boxes_from_frozen_maps_and_nothing_from_boxes_of_other_photos():
    random, n, cells = np.random.default_rng(1), 160, 4
    shallow, deep = torch.randn(n, 96, 2 * cells, 2 * cells) * 0.1, torch.zeros(n, 1280, cells, cells)
    corners, sizes = random.integers(0, 3, (n, 2)), random.integers(1, 3, (n, 2))
    corners = np.minimum(corners, cells - sizes)
    boxes = torch.tensor(np.concatenate([corners, corners + sizes], 1) / cells, dtype=torch.float32)
    for row, ((x, y), (across, down)) in enumerate(zip(corners, sizes)):
        deep[row, :40, y : y + down, x : x + across] = 2.0

    def overlap(taught):
        head = learnt(shallow[:128].half(), deep[:128].half(), taught[:128], rounds=25)
        with torch.no_grad():
            return float(iou(head(shallow[128:], deep[128:])[0], boxes[128:])[0].mean())

    assert overlap(boxes) > 0.5
    assert overlap(boxes[torch.randperm(n, generator=torch.Generator().manual_seed(2))]) < 0.35


def test_a_share_of_products_drawn_whole():
    found = share(np.array([1.0, 1.0, 0.0, 0.0]), ["a", "a", "b", "b"])
    assert found == {"value": 0.5, "interval": [0.0, 1.0]}


def test_with_the_models_own_box_the_feature_is_the_models_own():
    torch.manual_seed(3)
    networks = [Network(masked=masked, width=256) for masked in (True, False)]
    networks[1].trunk[:STAGES].load_state_dict(networks[0].trunk[:STAGES].state_dict())
    model = served(networks)
    stem, outs = model.seen(torch.rand(2, 3, 96, 96) * 2 - 1)
    projection = Projection(model.described(stem, outs).shape[1])
    model.project(projection)
    box = outs[0]["box"]
    own = F.normalize(projection(model.described(stem, outs)), dim=1)
    assert torch.allclose(feature_with(model, stem, outs, box), own, atol=1e-6)
    assert (feature_with(model, stem, outs, box * 0.5) - own).abs().max() > 1e-4, "another box, another feature"

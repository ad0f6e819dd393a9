"""The network: one trunk, three heads (category, boxes, feature)."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

from .categories import CATEGORIES, LABELS
from .trunk import CHANNELS_16, CHANNELS_32, STAGES, build_trunk, fold, join_padding, run_trunk

FEATURE_WIDTH = 512
OBJECTS = 8  # boxes that are answered for a picture


class BoxHead(nn.Module):
    """Every cell of the stride-16 map proposes a box; attention over the cells averages the proposals.

    The average moves smoothly with the attention, so no anchors, no assignment and no suppression are needed for the
    one main object. For further ones each cell says whether an object's middle lies in it (CenterNet: Zhou et al.,
    Objects as Points, 2019). Output: box (n, 4) x1,y1,x2,y2 in fractions of the input, x1 <= x2, y1 <= y2; score logit
    (n,); proposals (n, 4, h, w), boxes likewise; middle logit (n, h, w).
    """

    def __init__(self, width=96):
        super().__init__()
        self.middle = nn.Conv2d(CHANNELS_16, width, 1)
        self.deep = nn.Conv2d(CHANNELS_32, width, 1)
        self.mix = nn.Sequential(
            nn.BatchNorm2d(width), nn.ReLU6(),
            nn.Conv2d(width, width, 5, padding=2, groups=width, bias=False), nn.BatchNorm2d(width), nn.ReLU6(),
            nn.Conv2d(width, width, 1, bias=False), nn.BatchNorm2d(width), nn.ReLU6(),
        )  # fmt: skip
        self.cells = nn.Conv2d(width, 7, 1)  # attention, left, top, right, bottom, score, middle

    def forward(self, middle, deep):
        deep = F.interpolate(self.deep(deep), scale_factor=2.0, mode="nearest")
        cells = self.cells(self.mix(self.middle(middle) + deep))  # (n, 7, h, w)
        h, w = cells.shape[2], cells.shape[3]
        attention = cells[:, 0].flatten(1).softmax(1)  # (n, h*w)
        reach = cells[:, 1:5].sigmoid().flatten(2)  # (n, 4, h*w): how far each edge lies from the cell's centre
        y, x = torch.meshgrid(
            (torch.arange(h, device=cells.device) + 0.5) / h, (torch.arange(w, device=cells.device) + 0.5) / w,
            indexing="ij",
        )  # fmt: skip
        x, y = x.flatten(), y.flatten()
        proposals = torch.stack(
            [x - reach[:, 0], y - reach[:, 1], x + reach[:, 2], y + reach[:, 3]], 1
        ).clamp(0, 1)  # (n, 4, h*w)
        box = (proposals * attention[:, None]).sum(2)
        score = (cells[:, 5].flatten(1) * attention).sum(1)
        return box, score, proposals.reshape(-1, 4, h, w), cells[:, 6]


def soft_mask(box, height, width, steepness=30.0):
    """box (n, 4) in fractions -> (n, 1, height, width), about 1 in the box and 0 outside, taken at the cells' centres.

    The metric loss reaches the box through its edges. Source: Visual Search at Alibaba (KDD'18), the mask of eq. 5 with
    step functions made sigmoids; here it weighs the trunk's last map instead of the picture, so one pass is enough.
    """
    x = (torch.arange(width, device=box.device) + 0.5) / width
    y = (torch.arange(height, device=box.device) + 0.5) / height

    def between(at, low, high):
        return torch.sigmoid(steepness * (at - low[:, None])) - torch.sigmoid(steepness * (at - high[:, None]))

    return between(y, box[:, 1], box[:, 3])[:, None, :, None] * between(x, box[:, 0], box[:, 2])[:, None, None, :]


def pooled_within(deep, mask):
    """(n, c, h, w), (n, 1, h, w) -> (n, c), the mean weighted by the mask."""
    return (deep * mask).sum((2, 3)) / mask.sum((2, 3)).clamp(min=1e-3)


class Places(nn.Module):
    """What lies where within a box: maps of one size, each (n, c, h, w), and box (n, 4) -> each channel's mean and standard deviation in
    COUNT by COUNT places of the box, whose edges are as soft as `soft_mask`'s; (n, 2 * COUNT**2 * all channels).

    A mean of the whole map forgets where a print, a handle or a collar is, and near variants differ in nothing else. Source of the
    idea, on grids of the whole picture: Lazebnik et al., "Beyond bags of features: spatial pyramid matching", CVPR 2006.
    """

    COUNT = 4

    def forward(self, maps, box):
        y, x = (shares(box[:, axis], box[:, axis + 2], self.COUNT, maps[0].shape[3 - axis]) for axis in (1, 0))
        share = (y[:, :, None, :, None] * x[:, None, :, None, :]).flatten(3).flatten(1, 2)  # (n, COUNT**2, h * w)
        found = []
        for each in maps:
            cells = each.flatten(2).transpose(1, 2)
            mean, square = share @ cells, share @ (cells * cells)
            found += [mean.flatten(1), (square - mean * mean).clamp(min=1e-6).sqrt().flatten(1)]
        return torch.cat(found, 1)


def shares(low, high, count, length, steepness=30.0):
    """An axis of `length` cells from `low` to `high`, (n,) each in fractions, cut into `count` places: how much of each place a cell
    is, (n, count, length), of every place 1 together (less only where it holds no cell's middle at all)."""
    at = (torch.arange(length, device=low.device) + 0.5) / length
    parts = torch.arange(count + 1, device=low.device) / count
    edges = low[:, None] + (high - low)[:, None] * parts
    past = torch.sigmoid(steepness * (at - edges[:, :, None]))
    within = past[:, :-1] - past[:, 1:]
    return within / within.sum(2, keepdim=True).clamp(min=1e-3)


class Projection(nn.Module):
    """Numbers that networks pool (n, d) -> (n, 512): each brought to mean 0 and deviation 1, which 8 bits hold well, then turned
    and scaled as `discriminant.py` found."""

    FURTHEST = 8.0  # deviations from the mean; what lies further would coarsen the rest in 8 bits

    def __init__(self, pooled):
        super().__init__()
        self.register_buffer("mean", torch.zeros(pooled))
        self.register_buffer("scale", torch.ones(pooled))
        self.linear = nn.Linear(pooled, FEATURE_WIDTH)

    def forward(self, pooled):
        return self.linear(((pooled - self.mean) * self.scale).clamp(-self.FURTHEST, self.FURTHEST))


def objects(proposals, middle, count=OBJECTS):
    """The `count` likeliest peaks of the map of middles: their boxes (n, count, 4) and probabilities (n, count).

    A cell that is no peak among its eight neighbours scores 0. Boxes of one thing may still overlap.
    """
    likely = middle.sigmoid()[:, None]
    peaks = likely * (likely == F.max_pool2d(likely, 3, 1, 1))
    scores, cells = peaks.flatten(1).topk(count)
    boxes = proposals.flatten(2).gather(2, cells[:, None].expand(-1, 4, -1)).transpose(1, 2)
    return boxes, scores


class FeatureHead(nn.Module):
    """Pooled trunk (n, pooled) -> (n, width) of zero mean and unit variance over a batch, so that signs split evenly."""

    def __init__(self, pooled, width):
        super().__init__()
        self.project = nn.Linear(pooled, width, bias=False)
        self.centre = nn.BatchNorm1d(width, affine=False, momentum=0.02)

    def forward(self, pooled):
        return self.centre(self.project(pooled))

    def hold(self, pooled):
        """Makes the projection the main directions of pooled pictures (n, pooled), n > width, turned by a drawn rotation so
        that every sign says as much, and keeps it so: training moves what comes before it alone.

        A learned one fits what it was shown, and finds items that it never saw less well than what it is given.
        """
        _, directions = torch.linalg.eigh(torch.cov(pooled.T))
        width = self.project.out_features
        turn, _ = torch.linalg.qr(torch.randn(width, width, generator=torch.Generator().manual_seed(0)))
        self.project.weight.data = (turn @ directions[:, -width:].T).contiguous()
        self.project.weight.requires_grad_(False)
        seen = self.project(pooled)
        self.centre.running_mean.copy_(seen.mean(0))
        self.centre.running_var.copy_(seen.var(0))

    def fold(self):
        """Puts the centring into the projection, in place; for evaluation only."""
        scale = 1 / (self.centre.running_var + self.centre.eps).sqrt()
        folded = nn.Linear(self.project.in_features, self.project.out_features)
        folded.weight.data = self.project.weight.data * scale[:, None]
        folded.bias.data = -self.centre.running_mean * scale
        self.project, self.centre = folded, nn.Identity()


class Network(nn.Module):
    """x: float (n, 3, s, s) in -1..1 -> dict of category logits (n, 14), box (n, 4), score logit (n,), raw (n, width),
    proposals (n, 4, h, w), middle logit (n, h, w), pooled (n, 1280 or, masked, 2560), which `raw` is a projection of, deep,
    the trunk's last map (n, 1280, h, w), and shallow, the one at stride 16 (n, 96, 2h, 2w).

    `raw` is the feature before its length is made 1: `feature = normalize(raw)`. `masked`: it sees the picture pooled
    as a whole and within the box, side by side; else as a whole only. `label` names garments while training.
    """

    def __init__(self, trunk_npz=None, dropout=0.2, masked=False, width=FEATURE_WIDTH):
        super().__init__()
        self.masked, self.width = masked, width
        self.trunk = build_trunk(trunk_npz)
        self.category = nn.Sequential(nn.Dropout(dropout), nn.Linear(CHANNELS_32, len(CATEGORIES)))
        self.box = BoxHead()
        self.feature = FeatureHead(CHANNELS_32 * (2 if masked else 1), width)
        self.label = nn.Linear(width, len(LABELS))

    def forward(self, x, start=0):
        """start > 0: x is what the trunk's first `start` stages gave."""
        middle, deep = run_trunk(self.trunk, x, start)
        pooled = deep.mean((2, 3))
        box, score, proposals, objectness = self.box(middle, deep)
        seen = pooled
        if self.masked:
            within = pooled_within(deep, soft_mask(box, deep.shape[2], deep.shape[3]))
            seen = torch.cat([pooled, within], 1)
        return {
            "category": self.category(pooled), "box": box, "score": score, "raw": self.feature(seen),
            "pooled": seen, "proposals": proposals, "middle": objectness, "deep": deep, "shallow": middle,
        }  # fmt: skip

    def category_within(self, deep, boxes):
        """The category of each box: deep (n, c, h, w), boxes (n, k, 4) -> logits (n, k, 14)."""
        h, w, k = deep.shape[2], deep.shape[3], boxes.shape[1]
        mask = soft_mask(boxes.flatten(0, 1), h, w).reshape(-1, k, h * w)
        pooled = mask @ deep.flatten(2).transpose(1, 2) / mask.sum(2, keepdim=True).clamp(min=1e-3)
        return self.category(pooled)


def folded(network):
    """A copy for serving, batch norms and paddings folded away: fewer operations, and every weight keeps its name in ONNX."""
    network = copy.deepcopy(network).eval()
    fold(network)
    join_padding(network.trunk)
    network.feature.fold()
    return network


class Served(nn.Module):
    """What ONNX carries: (n, 3, s, s) -> category logits, box, boxScore (0..1), feature of unit length; and for the
    OBJECTS likeliest things in the picture boxes (n, k, 4), boxScores (n, k), boxCategories (n, k, 14) logits.

    Several networks share the stages that none of them trained, and each goes on by itself: boxes are the first one's,
    category logits their mean. The feature is all of theirs side by side, 512 numbers together, or after `project` one
    projection of `described`.
    """

    OUTPUTS = ("category", "box", "boxScore", "feature", "boxes", "boxScores", "boxCategories")

    def __init__(self, networks, projection=None):
        """Raises ValueError for networks whose first stages differ, or whose features are not 512 numbers together though there is no projection."""
        super().__init__()
        widths = [network.width for network in networks]
        if projection is None and sum(widths) != FEATURE_WIDTH:
            raise ValueError(f"FEATURE_WIDTH: the networks' features have {widths} numbers, not {FEATURE_WIDTH} together")
        if any(not same_weights(networks[0].trunk[:STAGES], other.trunk[:STAGES]) for other in networks[1:]):
            raise ValueError(f"STEM_DIFFERS: the networks' first {STAGES} stages are not equal, so they cannot share them")
        self.stem = networks[0].trunk[:STAGES]
        self.networks = nn.ModuleList(copy.deepcopy(network) for network in networks)
        for network in self.networks:
            for stage in range(STAGES):
                network.trunk[stage] = nn.Identity()
        self.places = Places()
        self.projection = None
        if projection is not None:
            self.project(projection)

    def project(self, projection):
        """One projection of `described` for all, in place; the networks' own are gone."""
        self.projection = projection
        for network in self.networks:
            network.feature = nn.Identity()

    def seen(self, x):
        """What the stem and each network give."""
        stem = self.stem(x)
        return stem, [network(stem, start=STAGES) for network in self.networks]

    def described(self, stem, outs):
        """What a picture is made of, (n, d): all that the networks pool, and what lies where within the box, in the shared stem's
        map (32 channels at stride 8) and in each network's at stride 16 (96)."""
        placed = [self.places([stem], outs[0]["box"]), self.places([out["shallow"] for out in outs], outs[0]["box"])]
        return torch.cat([*(out["pooled"] for out in outs), *placed], 1)

    def forward(self, x):
        stem, outs = self.seen(x)
        if self.projection is None:
            feature = torch.cat([F.normalize(out["raw"], dim=1) for out in outs], 1)
        else:
            feature = self.projection(self.described(stem, outs))
        boxes, scores = objects(outs[0]["proposals"], outs[0]["middle"])
        return (
            torch.stack([out["category"] for out in outs]).mean(0), outs[0]["box"], outs[0]["score"].sigmoid(),
            F.normalize(feature, dim=1), boxes, scores, self.networks[0].category_within(outs[0]["deep"], boxes),
        )  # fmt: skip


def same_weights(a, b):
    """Whether two modules hold equal weights and statistics under the same names."""
    a, b = a.state_dict(), b.state_dict()
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)

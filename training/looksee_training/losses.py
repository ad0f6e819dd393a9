"""Losses, one idea each. `raw` is the feature before its length is made 1; zero mean, unit variance a dimension."""

import torch
import torch.nn.functional as F


def as_feature(raw):
    """(n, d) -> unit rows: what the fine search compares."""
    return F.normalize(raw, dim=1)


def as_code(raw, hard, sharpness=2.0):
    """(n, d) -> unit rows: the sign bits made differentiable, what the coarse search compares.

    hard: +-1 / sqrt(d), so that cos(code a, code b) = 1 - 2 * Hamming / d, with the gradient of tanh in the place of their own,
    which is none (straight-through estimators, Bengio et al., "Estimating or Propagating Gradients Through Stochastic
    Neurons", 2013); else the tanh itself.
    """
    soft = torch.tanh(raw * sharpness)
    return F.normalize(soft + (torch.sign(raw) - soft).detach() if hard else soft, dim=1)


def classification(logits, truth, smoothing):
    """Cross entropy of rows whose truth is known. logits: (n, c). truth: int64 (n,), -1: unknown. 0 where none is."""
    known = truth >= 0
    if not known.any():
        return logits.sum() * 0
    return F.cross_entropy(logits[known], truth[known], label_smoothing=smoothing)


def forgetting(said, before, temperature=2.0):
    """How far what a network says of pictures lies from what it said before it was trained on: said, before: logits (n, c).

    The mean over pictures of the Kullback-Leibler divergence of both softmaxes at this temperature, times its square; >= 0, 0 where they agree.
    Source: Li and Hoiem, "Learning without forgetting", ECCV 2016.
    """
    said, before = (F.log_softmax(logits / temperature, 1) for logits in (said, before))
    return F.kl_div(said, before, log_target=True, reduction="batchmean") * temperature**2


def prototype_contrast(queries, items, prototypes, temperature, live=None, apart=None):
    """Softmax over every known item's catalogue picture: each photo must pick its own.

    queries: float (n, d) unit rows. items: int64 (n,), the right row of prototypes, or float (n, m), how likely each is. prototypes: float (m, d) unit rows.
    live: unit rows (k, d) and their items (k,), which stand in for the prototypes of these items, with their gradients.
    apart: bool (n, m), pairs that are not compared; none of them is a right one. temperature > 0. Returns a scalar >= 0; 0 for n = 0. Raises ValueError on unequal widths.
    Source: normalised softmax (Zhai and Wu, "Classification is a strong baseline for deep metric learning", BMVC 2019),
    with catalogue pictures in the place of learned proxies (cross-batch memory: Wang et al., CVPR 2020).
    """
    if queries.shape[1] != prototypes.shape[1]:
        raise ValueError(f"LOSS_SHAPE: {tuple(queries.shape)} and {tuple(prototypes.shape)} differ in width")
    if len(queries) == 0:
        return queries.sum() * 0
    alike = queries @ prototypes.T
    if live is not None:
        alike = alike.index_copy(1, live[1], queries @ live[0].T)
    if apart is not None:
        alike = alike.masked_fill(apart, float("-inf"))
    return F.cross_entropy(alike / temperature, items)


def batch_contrast(features, items, temperature, apart=None):
    """Each picture must pick the batch's other pictures of its item among all others, catalogue and photos alike.

    Other photos are negatives of a photo too, so what tells a photo from a catalogue picture earns nothing.
    features: (n, d) unit rows. items: int64 (n,), -1 for a picture of no item (a negative only). apart: bool (n, n),
    pairs that are not compared; none of them are partners. Returns a scalar >= 0:
    the mean over pictures with a partner of -log(sum of exp over partners / sum of exp over all others); 0 if none has.
    Source: supervised contrast, Khosla et al., NeurIPS 2020, eq. 3 (the sum within the log).
    """
    itself = torch.eye(len(items), dtype=torch.bool)
    partner = (items[:, None] == items[None]) & (items[:, None] >= 0) & ~itself
    anchors = partner.any(1)
    if not anchors.any():
        return features.sum() * 0
    silent = itself if apart is None else itself | apart
    logits = (features @ features.T / temperature).masked_fill(silent, float("-inf"))
    own = logits.masked_fill(~partner, float("-inf"))
    return (logits[anchors].logsumexp(1) - own[anchors].logsumexp(1)).mean()


def query_triplets(queries, items, catalog, catalog_items, margin=0.1, apart=None):
    """The paper's triplets: each photo nearer to its own catalogue picture than to any other of the batch, by a margin.

    queries: (n, d) unit rows, items: int64 (n,). catalog: (m, d) unit rows, catalog_items: int64 (m,), each photo's item
    among them. apart: bool (n, m), pairs that are no negatives. Returns a scalar >= 0: averaged within each photo over the negatives that violate the margin, then over
    photos that have any; 0 if none has. Source: Visual Search at Alibaba (KDD'18), eq. 1 and 4, negatives shared by the
    whole batch; distances are Euclidean, of unit vectors.
    """
    if len(queries) == 0 or len(catalog) == 0:
        return queries.sum() * 0
    distance = (2 - 2 * queries @ catalog.T).clamp(min=1e-12).sqrt()
    same = items[:, None] == catalog_items[None]
    nearest_own = distance.masked_fill(~same, float("inf")).min(1).values
    negative = ~same if apart is None else ~(same | apart)
    excess = (nearest_own[:, None] - distance + margin).clamp(min=0) * negative
    violating = (excess > 0).sum(1)
    hurt = violating > 0
    if not hurt.any():
        return queries.sum() * 0
    return (excess.sum(1)[hurt] / violating[hurt]).mean()


def decorrelation(raw):
    """Mean squared correlation between two different dimensions over the batch: 0 when all are uncorrelated.

    raw: (n, d), n >= 2. Sign bits that repeat each other carry nothing. Source: the off-diagonal term of Barlow Twins
    (Zbontar et al., ICML 2021), here within one view.
    """
    n, d = raw.shape
    x = raw - raw.mean(0)
    x = x / (x.pow(2).mean(0) + 1e-6).sqrt()
    c = x.T @ x / n
    return (c.pow(2).sum() - c.diagonal().pow(2).sum()) / (d * (d - 1))


def iou(a, b):
    """Overlap of boxes (n, 4) x1,y1,x2,y2, row by row: intersection over union, (n,) in 0..1, and the union's area."""
    corner = torch.minimum(a[:, 2:], b[:, 2:]) - torch.maximum(a[:, :2], b[:, :2])
    inter = corner.clamp(min=0).prod(1)
    union = area(a) + area(b) - inter
    return inter / union.clamp(min=1e-6), union


def area(box):
    return (box[:, 2:] - box[:, :2]).clamp(min=0).prod(1)


def box_loss(box, truth):
    """Mean over rows of L1 (sum of four edges) + 2 * (1 - GIoU). box, truth: (n, 4). 0 for n = 0.

    Source: generalised IoU, Rezatofighi et al., CVPR 2019; the weights are DETR's ratio, scaled down.
    """
    if len(box) == 0:
        return box.sum() * 0
    overlap, union = iou(box, truth)
    frame = torch.maximum(box[:, 2:], truth[:, 2:]) - torch.minimum(box[:, :2], truth[:, :2])
    frame = frame.clamp(min=0).prod(1).clamp(min=1e-6)
    generalised = overlap - (frame - union) / frame
    return ((box - truth).abs().sum(1) + 2 * (1 - generalised)).mean()


def middle_targets(boxes, known, height, width):
    """Where the middles lie: boxes (n, k, 4) in fractions, known (n, k) -> (n, height, width) in 0..1, 1 in the cell of each
    middle, falling off around it as a Gaussian of a sixth of the box's sides. Source: Objects as Points, Zhou et al., 2019.
    """
    y = (torch.arange(height) + 0.5)[:, None]
    x = (torch.arange(width) + 0.5)[None]
    out = torch.zeros(len(boxes), height, width)
    for n, m in known.nonzero().tolist():
        x1, y1, x2, y2 = (boxes[n, m] * torch.tensor([width, height, width, height])).tolist()
        column, row = cell_of((x1 + x2) / 2, width), cell_of((y1 + y2) / 2, height)
        across, down = max(0.5, (x2 - x1) / 6), max(0.5, (y2 - y1) / 6)
        near = torch.exp(-((x - column - 0.5) ** 2) / (2 * across**2) - (y - row - 0.5) ** 2 / (2 * down**2))
        out[n] = torch.maximum(out[n], near)
    return out


def cell_of(at, count):
    return min(count - 1, max(0, int(at)))


def middle_loss(logit, target):
    """Focal loss of the map of middles, a number per middle. logit, target: (n, h, w); 0 for n = 0.

    Source: Objects as Points, Zhou et al., 2019, eq. 1, with its powers 2 and 4.
    """
    if len(logit) == 0:
        return logit.sum() * 0
    p = logit.sigmoid()
    hit = target == 1
    right = (1 - p) ** 2 * F.logsigmoid(logit)
    wrong = (1 - target) ** 4 * p**2 * F.logsigmoid(-logit)
    return -torch.where(hit, right, wrong).sum() / hit.sum().clamp(min=1)


def score_loss(logit, box, truth):
    """The box score learns the overlap that its own box reaches. logit: (n,). 0 for n = 0."""
    if len(box) == 0:
        return logit.sum() * 0
    return F.binary_cross_entropy_with_logits(logit, iou(box.detach(), truth)[0])

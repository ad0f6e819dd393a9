"""Pure measures of the runtime's answers: how far down the own product stands, how well codes agree with floats, shares
with their intervals. Definitions: Visual Search at Alibaba (KDD'18), its section on metrics.
"""

from dataclasses import dataclass

import numpy as np

from ..calibrate import LEAST_APART

SURVIVORS = 1200  # of the coarse stage, re-ordered by int8 features
KS = (1, 4, 20)
LINEAR_KS = (1, 10, 60)
DEEP = max(LINEAR_KS)
DRAWS = 10_000
SHOWN = 5


@dataclass
class Answers:
    """What each of n queries finds in a catalogue. Places count items from 0; 60: not among the 60 nearest pictures."""

    items: np.ndarray  # (n,) the query's own item
    places: dict  # "floats" | "codes" | "served" -> (n,)
    agreement: dict | None = None  # "codes" | "served" -> {k: (n,) share of the k nearest by floats that are among its own first k}
    first: np.ndarray | None = None  # (n, 5) rows of the catalogue, as served
    cosine: np.ndarray | None = None  # (n,) of the first, as served
    lead: np.ndarray | None = None  # (n,) of it over the first other item
    share: np.ndarray | None = None  # (n,) the lead's, of how far the pictures of the two lie apart

    def hits(self, k, order="served"):
        return (self.places[order] < k).astype(float)


def answers_of(queries, items, catalog, catalog_items, thresholds=None, chunk=256):
    """queries (n, 512), catalog (m, 512): unit rows, the catalogue's in the order of their ids, which breaks ties.

    floats: every cosine. codes: every Hamming distance. served: as the runtime does it, int8 cosine among the 1,200
    nearest codes.
    """
    numbers = {item: i for i, item in enumerate(dict.fromkeys(catalog_items))}
    shown = np.array([numbers[item] for item in catalog_items])
    own = np.array([numbers.get(item, -1) for item in items])
    m, limit = len(catalog), 0 if thresholds is None else np.asarray(thresholds)
    theirs, stored = np.where(catalog > limit, 1, -1).astype(np.float32), as_int8(catalog)
    seen = {"floats": [], "codes": [], "served": []}
    cosines, leads = [], []
    for at in range(0, len(queries), chunk):
        mine = queries[at : at + chunk]
        distance = (512 - np.where(mine > limit, 1, -1).astype(np.float32) @ theirs.T) / 2
        coarse = nearest(distance, min(SURVIVORS, m))
        fine = np.take_along_axis(mine @ stored.T, coarse, 1)
        order = np.argsort(-fine, axis=1, kind="stable")[:, :DEEP]  # ties stay by distance, then id
        seen["floats"].append(nearest(-(mine @ catalog.T), min(DEEP, m)))
        seen["codes"].append(coarse[:, :DEEP])
        seen["served"].append(np.take_along_axis(coarse, order, 1))
        cosines.append(fine.max(1))
        served = seen["served"][-1]
        leads.append(leads_of(np.take_along_axis(fine, order, 1), served, shown[served], stored))
    rows = {name: np.concatenate(parts) for name, parts in seen.items()}
    places = {name: places_of(shown[found], own) for name, found in rows.items()}
    agreed = {
        name: {k: agreement(rows[name], rows["floats"], min(k, m)) for k in LINEAR_KS} for name in ("codes", "served")
    }
    leads = [np.concatenate(part) for part in zip(*leads)]
    return Answers(np.array(items), places, agreed, rows["served"][:, :SHOWN], np.concatenate(cosines), *leads)


def leads_of(cosines, rows, items, pictures):
    """(n,) each: by how much the first leads the first one of another item, and what share that is of how far their pictures lie
    apart; 0 where all are one item. cosines, rows of pictures (m, 512), items: (n, k), most alike first."""
    rivals = items != items[:, :1]
    rival = np.arange(len(rows)), rivals.argmax(1)
    lead = np.where(rivals.any(1), cosines[:, 0] - cosines[rival], 0)
    apart = 1 - (pictures[rows[:, 0]] * pictures[rows[rival]]).sum(1)
    return lead, lead / np.maximum(apart, LEAST_APART)


def as_int8(features):
    """What src/catalog keeps of each row: 127 steps to its largest value."""
    scale = np.abs(features).max(1, keepdims=True) / 127
    return (np.round(features / scale) * scale).astype(np.float32)


def nearest(keys, k):
    """(n, m) -> (n, k): columns of the k smallest, ties by ascending column."""
    if k < keys.shape[1]:
        edge = np.partition(keys, k - 1, 1)[:, k - 1 : k]
        below = keys < edge
        ties = (keys == edge) & ~below
        room = k - below.sum(1, keepdims=True)
        chosen = below | (ties & (ties.cumsum(1) <= room))
        columns = np.nonzero(chosen)[1].reshape(len(keys), k)
    else:
        columns = np.broadcast_to(np.arange(keys.shape[1]), keys.shape)
    order = np.argsort(np.take_along_axis(keys, columns, 1), axis=1, kind="stable")
    return np.take_along_axis(columns, order, 1)


def places_of(found, own):
    """found (n, k): the item that each hit shows; own (n,) -> how many other items stand before the own one; DEEP if it
    is not there."""
    places = np.full(len(own), DEEP)
    for i, (row, item) in enumerate(zip(found, own)):
        there = np.flatnonzero(row == item)
        if len(there):
            places[i] = len(set(row[: there[0]]))
    return places


def agreement(found, truth, k):
    """(n,): share of truth's first k that are among the found first k: Linear Recall@K, read as an intersection."""
    return (found[:, :k, None] == truth[:, None, :k]).any(1).mean(1)


def resampled(values, clusters, groups=None, draws=DRAWS, seed=1):
    """values (n, m): the mean of each column in each draw, (draws, m); clusters (products, senders) are drawn whole.

    groups (n,): the plain mean of the groups' means instead, as the paper averages over categories.
    """
    values = np.asarray(values, float).reshape(len(values), -1)
    names, which = np.unique(clusters, return_inverse=True)
    kinds, kind = np.unique(np.zeros(len(values)) if groups is None else groups, return_inverse=True)
    sums = np.zeros((len(names), len(kinds), values.shape[1] + 1))  # the last column counts
    np.add.at(sums, (which, kind), np.column_stack([values, np.ones(len(values))]))
    sums = sums.reshape(len(names), -1)
    random, means, step = np.random.default_rng(seed), [], max(1, 4_000_000 // len(names))
    for at in range(0, draws, step):
        count = min(step, draws - at)
        drawn = random.integers(0, len(names), (count, len(names))) + np.arange(count)[:, None] * len(names)
        times = np.bincount(drawn.ravel(), minlength=count * len(names)).reshape(count, len(names))
        totals = (times.astype(float) @ sums).reshape(count, len(kinds), -1)
        there = np.where(totals[..., -1:] > 0, totals[..., -1:], np.nan)
        means.append(np.nanmean(totals[..., :-1] / there, axis=1))
    return np.concatenate(means)


def shares(values, clusters, groups=None):
    """values (n, m) -> for each column {"value", "interval"}: its mean and where 95 % of the draws' means lie."""
    values = np.asarray(values, float).reshape(len(values), -1)
    if groups is None:
        points = values.mean(0)
    else:
        points = np.mean([values[groups == g].mean(0) for g in np.unique(groups)], axis=0)
    low, high = np.percentile(resampled(values, clusters, groups), [2.5, 97.5], axis=0)
    return [{"value": float(p), "interval": [float(a), float(b)]} for p, a, b in zip(points, low, high)]


def compared(ours, theirs, clusters):
    """ours, theirs: a (n,) array of hits for each training seed, one where there is but one. Paired over queries.

    superior: the interval of the mean difference lies above zero, and so does every seed's own difference.
    """
    pairs = max(len(ours), len(theirs))
    if min(len(ours), len(theirs)) not in (1, pairs):
        raise ValueError(f"QUALITY_SEEDS: {len(ours)} runs against {len(theirs)} cannot be paired")
    by_seed = [ours[i % len(ours)] - theirs[i % len(theirs)] for i in range(pairs)]
    found = shares(np.mean(by_seed, axis=0), clusters)[0]
    each = [float(one.mean()) for one in by_seed]
    return {**found, "seeds": each, "superior": found["interval"][0] > 0 and min(each) > 0}


def overlap(a, b):
    """Area of overlap over area of union; a, b: (..., 4)."""
    inter = np.clip(np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2]), 0, None).prod(-1)
    return inter / ((a[..., 2:] - a[..., :2]).prod(-1) + (b[..., 2:] - b[..., :2]).prod(-1) - inter)


def best_constant_box(truth, at=0.5):
    """The one box that overlaps the most true boxes (n, 4) by `at`: what a detector that sees nothing would say."""

    def good(box):
        return float((overlap(box, truth) >= at).mean())

    starts = [np.median(truth, 0), truth.mean(0), *truth[:: max(1, len(truth) // 50)]]
    best = max(starts, key=good)
    for step in (0.08, 0.04, 0.02, 0.01):
        improved = True
        while improved:
            moves = [best + sign * step * np.eye(4)[edge] for edge in range(4) for sign in (-1, 1)]
            moves = [box for box in np.clip(moves, 0, 1) if (box[:2] < box[2:]).all()]
            ahead = max(moves, key=good)
            improved = good(ahead) > good(best)
            best = ahead if improved else best
    return best

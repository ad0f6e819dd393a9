"""Chooses the views and fits the score on internal validation looks; never on the groceries' own val photos.

    python3 -m looksee_training.calibrate looks/ [--again looks-closer/] --out runs/NAME/calibration.json

looks/ holds groceries-catalog, groceries-held-out, mall-catalog, mall-photos, clothing-held-out as look.ts wrote them, and with those
photos points.u16, as points/count.ts wrote it. `--again`: the same photos with the view box:1.15 of `models/closer`. The score is fitted
to what a search answers, which looks once more at a photo that it is not sure of, if the first look had no box, and counts keypoints.
"""

import argparse
import itertools
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .looks import read_looks

WITHIN, SHARE_WITHIN = 0.05, 0.5  # a lead of more cosine, or of more of the way between two pictures, says little more
SURE, OF_BOX = 0.8, 0.4  # src/search: what is less likely is looked at again, and its object weighs this much then
LEAST_APART = 1e-3  # src/ranking/score.ts: pictures nearer to each other are as good as the same
POINTS_DEPTH, BY_CHANCE, MOST_ADDED, POINTS = 10, 4, 0.2, 40  # src/ranking/likeness.ts: what keypoints that agree add, to which items
ROUNDS = 4  # of which photos are looked at again, and of the score fitted to the answers; more change nothing
FALSE_ALARM = 0.015  # of held-out queries whose item is in the catalogue, in the shop that has most of them
NEAREST_AMONG = 20  # src/ranking/score.ts: answers among which the one nearest to the first is looked for


def ranks(queries, catalog):
    """Rank (0 first) of each query's own item among catalogue items; an item counts by its best picture."""
    ids = sorted(set(catalog[1]))
    row = {item: i for i, item in enumerate(ids)}
    best = item_scores(queries[0], catalog[0], np.array([row[i] for i in catalog[1]]), len(ids))
    own = np.array([row[i] for i in queries[1]])
    mine = best[np.arange(len(own)), own]
    return (best > mine[:, None]).sum(1), best, own


def item_scores(queries, pictures, rows, items):
    scores = queries @ pictures.T
    best = np.full((len(queries), items), -np.inf, np.float32)
    np.maximum.at(best.T, rows, scores.T)
    return best


def one_an_item(pictures, items):
    """Rows of a catalogue in the order of `ranks`' items. ValueError where an item has several pictures."""
    if len(set(items)) != len(items):
        raise ValueError("PICTURES: an item has several pictures, and the score is fitted to catalogues of one each")
    return pictures[np.argsort(items)]


def recall_at(rank, ks=(1, 4, 20)):
    return {str(k): round(float((rank < k).mean()), 4) for k in ks}


def interval(hits, draws=10_000, seed=1, clusters=None):
    """95 % interval of a share by bootstrap; clusters: drawn whole (products)."""
    random = np.random.default_rng(seed)
    hits = np.asarray(hits, float)
    if clusters is None:
        means = random.binomial(len(hits), hits.mean(), draws) / len(hits)
    else:
        names, which = np.unique(clusters, return_inverse=True)
        sums, counts = np.bincount(which, hits), np.bincount(which)
        drawn = random.integers(0, len(names), (draws, len(names)))
        means = sums[drawn].sum(1) / counts[drawn].sum(1)
    return [round(float(v), 4) for v in np.percentile(means, [2.5, 97.5])]


def fit_logistic(x, y, weight, steps=100):
    """Slopes (k,) and intercept of P(y = 1) = sigmoid(x @ slopes + intercept) by weighted Newton steps; x: (n, k)."""
    design = np.concatenate([x, np.ones((len(x), 1))], 1).astype(np.float64)
    theta = np.zeros(design.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-design @ theta))
        gradient = design.T @ (weight * (y - p)) - 1e-3 * theta
        curve = (design * (weight * p * (1 - p))[:, None]).T @ design + 1e-3 * np.eye(len(theta))
        step = np.linalg.solve(curve, gradient)
        theta += step
        if abs(step).max() < 1e-9:
            break
    return theta[:-1].tolist(), float(theta[-1])


def score_of(calibration, cosine, lead=0.0, share=0.0):
    """The runtime's score (src/ranking/score.ts): the probability that a hit is the very product. calibration: the card's
    `score`; lead: how much nearer the hit is than any other item; share: the lead's, of how far the pictures of the two nearest
    items lie apart."""
    led = 0.0
    for name, by in (("lead", lead), ("share", share)):
        if gain := calibration.get(name):
            led = led + gain["most"] * np.tanh(by / gain["within"])
    return 1 / (1 + np.exp(-(calibration["slope"] * cosine + led + calibration["intercept"])))


def fit_score(cosine, lead, share, y, weight):
    """The card's `score` for first hits, (n,) each."""
    led = np.tanh(lead / WITHIN), np.tanh(share / SHARE_WITHIN)
    (slope, *most), intercept = fit_logistic(np.stack([cosine, *led], 1), y, weight)
    gains = zip(("lead", "share"), most, (WITHIN, SHARE_WITHIN))
    return {"slope": slope, "intercept": intercept, **{name: {"most": gain, "within": within} for name, gain, within in gains}}


def presence_of(presence, cosine, nearest):
    """The runtime's probability that the catalogue has what a photo shows (src/ranking/score.ts). presence: the card's; cosine:
    of the first hit; nearest: of its picture with the nearest other one of the answer."""
    return 1 / (1 + np.exp(-(presence["slope"] * cosine + presence["nearest"] * nearest + presence["intercept"])))


def expected_calibration_error(p, y, bins=10):
    which = np.minimum((p * bins).astype(int), bins - 1)
    return float(sum(abs(p[which == b].mean() - y[which == b].mean()) * (which == b).mean() for b in set(which)))


class Likeness(NamedTuple):
    """Of n queries to the items of a shop."""

    best: np.ndarray  # (n, items) cosines
    pictures: np.ndarray  # (items, 512) unit rows, in the same order: one an item

    def apart(self):
        """(n,) how far the pictures of the two likest items lie apart: 1 less their cosine."""
        first, second = np.argsort(-self.best, 1, kind="stable")[:, :2].T
        return np.maximum(1 - (self.pictures[first] * self.pictures[second]).sum(1), LEAST_APART)

    def nearest(self):
        """(n,) cosine of the likest item's picture with the nearest of the next ones', at least 0."""
        order = np.argsort(-self.best, 1, kind="stable")[:, :NEAREST_AMONG]
        others = np.einsum("nd,nkd->nk", self.pictures[order[:, 0]], self.pictures[order[:, 1:]])
        return np.maximum(others.max(1), 0)

    def presence(self):
        """What `presence_of` takes: of each query's first hit the cosine, and `nearest`; (n,) each."""
        return self.best.max(1), self.nearest()

    def leads(self):
        """Of each query's first hit the cosine, its lead over the second, and the share of how far those two lie apart; (n,) each."""
        second, first = np.partition(self.best, -2, 1)[:, -2:].T
        return first, first - second, (first - second) / self.apart()


def first_hits(answers, own):
    """`leads` of each query's first hit, and whether it is right: what a shopper acts on, and evaluation holds the score to."""
    return *answers.leads(), (answers.best.argmax(1) == own).astype(float)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("looks")
    parser.add_argument("--views", help='fix them: {"whole": 0.5, "box-1.15": 0.5}')
    parser.add_argument("--again", type=Path)
    parser.add_argument("--out")
    args = parser.parse_args()
    folder = Path(args.looks)
    pairs, again, points = {}, {}, {}
    for kind, photos in (("groceries", "groceries-held-out"), ("mall", "mall-photos")):
        if (folder / photos).exists():
            pairs[kind] = (read_looks(folder / photos, kind), read_looks(folder / f"{kind}-catalog", kind))
            points[kind] = read_points(folder / photos, pairs[kind][1].items)
            if args.again:
                again[kind] = read_looks(args.again / photos, kind)
    strangers = read_looks(folder / "clothing-held-out", "clothing")
    table = []
    names = sorted(next(iter(pairs.values()))[0].views)
    boxes = [n for n in names if n != "whole"]
    choices = [{"whole": 1.0}] + [{n: 1.0} for n in boxes]
    choices += [{"whole": w, n: 1 - w} for n, w in itertools.product(boxes, (0.3, 0.4, 0.5, 0.6))]
    centres = [n for n in boxes if n.startswith("centre")]
    choices += [
        {"whole": w, box: b, centre: 0.3}
        for box, centre in itertools.product([n for n in boxes if n not in centres], centres)
        for w, b in ((0.3, 0.4), (0.2, 0.5))
    ]
    if args.views:
        choices = [json.loads(args.views)]
    for weights in choices:
        line, found = {"views": weights}, []
        for kind, (photos, catalog) in pairs.items():
            q, c = photos.feature(weights), catalog.feature(weights)
            rank, _, _ = ranks((q, photos.items), (c, catalog.items))
            bits, _, _ = ranks((np.sign(q), photos.items), (np.sign(c), catalog.items))
            line[kind], line[f"{kind} codes"] = recall_at(rank), recall_at(bits)
            line[f"{kind} category"] = round(photos.category_accuracy(weights), 4)
            found.append(line[kind]["1"])
        line["clothing category"] = round(strangers.category_accuracy(weights), 4)
        table.append((float(np.mean(found)), line))
        print(json.dumps(line), flush=True)
    best = max(table, key=lambda entry: entry[0])[1]
    print(json.dumps({"chosen": best["views"]}))
    fit(best["views"], pairs, again, points, strangers, args.out)


def read_points(folder, items):
    """(n, items) keypoints of each item's picture that a photo has, of the points.u16 in a folder, items as `ranks` has them; items:
    of the catalogue, in look.ts' order, one picture each."""
    counts = np.fromfile(folder / "points.u16", np.uint16).reshape(-1, len(items))
    return one_an_item(counts.T, items).T


def with_points(cosines, points):
    """(n, items) likeness: the cosine, and of the first items what points that agree add (src/ranking/likeness.ts)."""
    likeness = cosines.copy()
    first = np.argsort(-cosines, 1, kind="stable")[:, :POINTS_DEPTH]
    beyond = np.maximum(np.take_along_axis(points, first, 1).astype(np.float32) - BY_CHANCE, 0)
    np.put_along_axis(likeness, first, np.take_along_axis(cosines, first, 1) + MOST_ADDED * np.tanh(beyond / POINTS), 1)
    return likeness


def looked_again(once, closer):
    """Unit rows of photos looked at twice, as src/search/subject.ts has them; once: (n, 512) unit rows, closer: `Looks`."""
    both = (1 - OF_BOX) * once + OF_BOX * closer.views["box-1.15"]
    return both / np.linalg.norm(both, axis=1, keepdims=True)


def as_searched(once, twice, curve):
    """The answers by which a search goes: of each query those of `twice`, (n, items), where it is not sure of the first hit of `once`."""
    return once._replace(best=np.where((score_of(curve, *once.leads()) < SURE)[:, None], twice, once.best))


def weighed_alike(answers, own):
    """Of all first hits what `first_hits` gives, and a weight that sums up to the same for each kind."""
    *leads, truth = (np.concatenate(part) for part in zip(*(first_hits(answers[kind], own[kind]) for kind in own)))
    return *leads, truth, np.concatenate([np.full(len(rows), len(truth) / len(own) / len(rows)) for rows in own.values()])


def fit_to_answers(once, twice, own):
    """The card's `score` fitted to first hits of all kinds, each weighed alike. once: {kind: Likeness} of photos looked at once,
    twice: {kind: (n, items)} likeness of them looked at twice, own: {kind: (n,)}. Returns it and {kind: Likeness} searched by."""
    answers = once
    for _ in range(ROUNDS if twice else 1):
        curve = fit_score(*weighed_alike(answers, own))
        answers = {kind: as_searched(once[kind], twice[kind], curve) if kind in twice else once[kind] for kind in once}
    return curve, answers


def without_own(best, own):
    """best (n, items) as it is where the catalogue lacks each query's own item."""
    left = best.copy()
    left[np.arange(len(own)), own] = -1  # no cosine is less
    return left


def fit_presence(answers, gone):
    """The card's `presence`, and the limit for its `noGoodMatch`, below which FALSE_ALARM of no kind is. {kind: Likeness} each, weighed
    alike: of queries whose own item is there, and of the same ones where it is not."""
    found = [np.stack(one.presence(), 1) for one in (*answers.values(), *gone.values())]
    there = np.concatenate([np.full(len(rows), float(n < len(answers))) for n, rows in enumerate(found)])
    weight = np.concatenate([np.full(len(rows), len(there) / len(found) / len(rows)) for rows in found])
    (slope, nearest), intercept = fit_logistic(np.concatenate(found), there, weight)
    presence = {"slope": slope, "nearest": nearest, "intercept": intercept}
    return presence, min(float(np.quantile(presence_of(presence, *rows.T), FALSE_ALARM)) for rows in found[: len(answers)])


def promises(curve, answers, own, deep=20):
    """What a card's `score` says of the hits of each query, beside how often they are right; own: of `ranks`."""
    order = np.argsort(-answers.best, 1, kind="stable")[:, :deep]
    cosine = np.take_along_axis(answers.best, order, 1)
    lead = np.concatenate([cosine[:, :1] - cosine[:, 1:2], cosine[:, 1:] - cosine[:, :1]], 1)
    p, right = score_of(curve, cosine, lead, lead / answers.apart()[:, None]), order == own[:, None]
    first = np.where(right[:, 0], p[:, 0], 1 - p[:, 0])
    return {
        "logLoss": round(float(-np.log(first).mean()), 3), "second": round(float(p[:, 1].mean()), 3),
        "secondRight": round(float(right[:, 1].mean()), 3), f"first{deep}Together": round(float(p.sum(1).mean()), 2),
    }  # fmt: skip


def fit(weights, pairs, again, points, strangers, out):
    once, twice, own, left = {}, {}, {}, {}
    for kind, (photos, catalog) in pairs.items():
        seen, theirs = photos.feature(weights), (catalog.feature(weights), catalog.items)
        _, best, own[kind] = ranks((seen, photos.items), theirs)
        once[kind] = Likeness(best, one_an_item(*theirs))
        cosines = ranks((looked_again(seen, again[kind]), photos.items), theirs)[1] if kind in again else best
        twice[kind] = with_points(cosines, points[kind])
        left[kind] = with_points(without_own(cosines, own[kind]), points[kind])
    fitted, answers = fit_to_answers(once, twice, own)
    gone = {}
    for kind in once:
        first = without_own(once[kind].best, own[kind])
        gone[kind] = as_searched(once[kind]._replace(best=first), left[kind], fitted)
    presence, limit = fit_presence(answers, gone)
    cosine, lead, share, truth, weight = weighed_alike(answers, own)
    (slope,), intercept = fit_logistic(cosine[:, None], truth, weight)
    for name, curve in (("score", fitted), ("without lead", {"slope": slope, "intercept": intercept})):
        print(json.dumps({name: {kind: promises(curve, answers[kind], own[kind]) for kind in answers}}))
    strange = {kind: found._replace(best=strangers.feature(weights) @ found.pictures.T) for kind, found in once.items()}

    def called_missing(asked):
        return {kind: round(float((presence_of(presence, *found.presence()) < limit).mean()), 4) for kind, found in asked.items()}

    quality = {kind: quality_of(*pair, weights) for kind, pair in pairs.items()}
    quality["clothing"] = {
        "queries": len(strangers.items), "categoryAccuracy": round(strangers.category_accuracy(weights), 4),
    }  # fmt: skip
    quality["scoreEce"] = round(expected_calibration_error(score_of(fitted, cosine, lead, share), truth), 4)
    quality["noGoodMatch"] = {
        "clothingCaught": called_missing(strange), "ownItemLeftOutCaught": called_missing(gone),
        "falseAlarm": called_missing(answers),
    }  # fmt: skip
    parts = {
        "views": {"sum": [view_of(name, weight) for name, weight in weights.items()]},
        "calibration": {
            "score": {
                "slope": round(fitted["slope"], 4), "intercept": round(fitted["intercept"], 4),
                **{name: {"most": round(fitted[name]["most"], 4), "within": fitted[name]["within"]} for name in ("lead", "share")},
            },
            "presence": {name: round(value, 4) for name, value in presence.items()},
            "noGoodMatch": round(limit, 4),
        },
        "quality": {"internalValidation": quality},
    }
    print(json.dumps(parts))
    if out:
        Path(out).write_text(json.dumps(parts, indent=2) + "\n")


def quality_of(photos, catalog, weights):
    """Recall with 95 % intervals (products drawn whole), category accuracy, box overlap where boxes are known."""
    q, c = photos.feature(weights), catalog.feature(weights)
    rank, _, _ = ranks((q, photos.items), (c, catalog.items))
    bits, _, _ = ranks((np.sign(q), photos.items), (np.sign(c), catalog.items))
    found = {
        "queries": len(rank), "items": len(set(catalog.items)), "identicalRecall": recall_at(rank),
        "identicalRecallInterval": {k: interval(rank < int(k), clusters=photos.items) for k in ("1", "4", "20")},
        "codeRecall": recall_at(bits), "categoryAccuracy": round(photos.category_accuracy(weights), 4),
    }  # fmt: skip
    if not np.isnan(photos.truth).any():
        overlap = photos.overlap()
        found["boxIou"] = {str(t): round(float((overlap >= t).mean()), 4) for t in (0.5, 0.7)}
    return found


def view_of(name, weight):
    """ "box-1.15" -> {"of": "box", "size": 1.15, "weight": weight}; "whole" has size 1."""
    of, _, size = name.partition("-")
    return {"of": of, "size": float(size or 1), "weight": round(weight, 3)}


if __name__ == "__main__":
    main()

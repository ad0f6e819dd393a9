"""Figures of what the models answered: recall, codes against floats, boxes, comparisons, and how sure they may be."""

import numpy as np

from . import kept, made
from ..calibrate import Likeness, expected_calibration_error, one_an_item, presence_of, ranks, score_of, without_own
from .measures import KS, LINEAR_KS, answers_of, best_constant_box, compared, overlap, shares
from .words import COMPARISONS

FEW = 10  # photos: a category with fewer is counted with the others of its kind
OTHERS = "(others)"


class Asked:
    """One set's photos, and what each model found for them."""

    def __init__(self, data, models, out, limit):
        self.data, self.looks, self.catalogs, self.answers, self.overlaps = data, {}, {}, {}, {}
        self.weights, self.seeds, self.items = {}, {}, None
        for model in models:
            if not model.folder:
                self.remember(model)
                continue
            looks = made.looks_of(model, data, data.photos, out, limit)
            self.looks.setdefault(model.arm, []).append(looks)
            self.weights[model.arm] = model.weights
            self.seeds.setdefault(model.arm, []).append(model.seed)
            if not np.isnan(looks.truth).any():
                self.overlaps.setdefault(model.arm, []).append(looks.overlap())
            if data.catalog:
                self.ask(model, looks, made.looks_of(model, data, "catalog", out, limit))

    def ask(self, model, looks, catalog):
        self.catalogs.setdefault(model.arm, []).append(catalog)
        known = set(catalog.items)  # of a limited run
        self.there = there = np.array([item in known for item in looks.items])
        self.items = np.array(looks.items)[there]
        self.labels = pooled(np.array(looks.labels)[there])
        ways = {"served": model.weights, "whole": {"whole": 1.0}}
        if model.arm == "generic":
            ways["squares"] = made.SQUARES
        for way, weights in ways.items():
            photos, pictures = looks.feature(weights)[there], catalog.feature(weights)
            found = answers_of(photos, self.items, pictures, catalog.items, model.card["codeThresholds"])
            self.answers.setdefault((model.arm, way), []).append(found)

    def remember(self, model):
        """An arm of which the answers alone are kept; nothing where they are of other photos."""
        own = model.kept.get(self.data.name)
        if not own or own["tables"] != made.tables_of(self.data):
            made.say(f"{model.name}: not measured on {self.data.name} as it is; left out there")
            return
        self.seeds.setdefault(model.arm, []).append(model.seed)
        if "overlaps" in own:
            self.overlaps.setdefault(model.arm, []).append(kept.overlaps_of(own))
        for way, answers in kept.answers_of(own, self.items).items():
            self.answers.setdefault((model.arm, way), []).append(answers)

    def by_seed(self, arm, k):
        """seed -> hits (n,) of an arm as served; the seed is None where it has none. Empty if it was not measured."""
        found = self.answers.get((arm, "served"), [])
        return {seed: one.hits(k) for seed, one in zip(self.seeds.get(arm, []), found)}


def pooled(labels):
    names, counts = np.unique(labels, return_counts=True)
    few = set(names[counts < FEW])
    return np.array([OTHERS if label in few else label for label in labels])


def recall_of(asked):
    """Identical recall of every arm and way, over all photos and as the plain mean of categories; by category too."""
    rows, by_category = [], {}
    for (arm, way), found in asked.answers.items():
        hits = np.stack([np.mean([one.hits(k) for one in found], axis=0) for k in KS], 1)
        seeds = {str(k): [float(one.hits(k).mean()) for one in found] for k in KS}
        both = [dict(zip(map(str, KS), shares(hits, asked.items, groups))) for groups in (None, asked.labels)]
        rows.append({"arm": arm, "way": way, "recall": both[0], "plain": both[1], "seeds": seeds})
        for label in np.unique(asked.labels):
            own = asked.labels == label
            line = by_category.setdefault(label, {"photos": int(own.sum()), "items": len(set(asked.items[own]))})
            line[f"{arm} {way}"] = dict(zip(map(str, KS), shares(hits[own], asked.items[own])))
    items = len(asked.catalogs["shipped"][0].items)
    return {"queries": len(asked.items), "items": items, "rows": rows, "byCategory": by_category}


def codes_of(asked):
    """What the shipped model's 512 bits lose against its floats: recall, and the agreement of the two orders; and what
    those of the arms lose that were or were not trained for signs."""
    found = asked.answers[("shipped", "served")][0]
    recall = {order: {str(k): float(found.hits(k, order).mean()) for k in KS} for order in found.places}
    lost, linear, by_category = {}, {}, {}
    for order in ("codes", "served"):
        short = np.stack([found.hits(k, "floats") - found.hits(k, order) for k in (1, 20)], 1)
        lost[order] = dict(zip(("1", "20"), shares(short, asked.items)))
        agreed = np.stack([found.agreement[order][k] for k in LINEAR_KS], 1)
        linear[order] = dict(zip(map(str, LINEAR_KS), shares(agreed, asked.items)))
        for label in np.unique(asked.labels):
            mean = agreed[asked.labels == label].mean(0).tolist()
            by_category.setdefault(label, {})[order] = dict(zip(map(str, LINEAR_KS), mean))
    arms = {}
    for arm in ("ours", "signs", "floats"):
        if several := asked.answers.get((arm, "served")):
            each = [[one.hits(k, "floats") - one.hits(k, "codes") for one in several] for k in (1, 20)]
            short = np.mean(each, axis=1).T
            arms[arm] = dict(zip(("1", "20"), shares(short, asked.items)))
    return {"recall": recall, "lost": lost, "linear": linear, "byCategory": by_category, "arms": arms}


def boxes_of(asked):
    """Share of boxes that overlap the true one by 0.5 and 0.7; beside it that of a box that is always the same."""
    looks = next(iter(asked.looks.values()))[0]
    clusters = np.array(looks.items if any(looks.items) else looks.files)
    rows = []

    def row(arm, overlaps):
        hits = np.stack([np.mean([o >= at for o in overlaps], axis=0) for at in (0.5, 0.7)], 1)
        seeds = {str(at): [float((o >= at).mean()) for o in overlaps] for at in (0.5, 0.7)}
        rows.append({"arm": arm, "iou": dict(zip(("0.5", "0.7"), shares(hits, clusters))), "seeds": seeds})

    for at in (0.5, 0.7):
        row(f"constant {at}", [overlap(best_constant_box(looks.truth, at), looks.truth)])
    for arm, several in asked.overlaps.items():
        if arm != "generic":  # its box head never learnt anything
            row(arm, several)
    return {"photos": len(looks.files), "rows": rows}


def compared_on(asked):
    """COMPARISONS of arms by recall@1; only those whose two sides were measured."""
    found = []
    for one in COMPARISONS:
        mine, theirs = paired(*(asked.by_seed(arm, 1) for arm in one[:2]))
        if mine:
            found.append({"arms": list(one[:2]), **compared(mine, theirs, asked.items)})
    return found


def paired(mine, theirs):
    """Two dicts of seed -> hits as two lists of the seeds that both have; what has no seed goes with every one."""
    if not mine or not theirs:
        return [], []
    if None in mine or None in theirs:
        return list(mine.values()), list(theirs.values())
    both = sorted(mine.keys() & theirs.keys())
    return [mine[seed] for seed in both], [theirs[seed] for seed in both]


def error_by_chance(p, draws=1000):
    """Mean calibration error that a score which is right would show: so few photos scatter about any promise. p: (n,)."""
    right = np.random.default_rng(1).random((draws, len(p))) < p
    return float(np.mean([expected_calibration_error(p, one.astype(float)) for one in right]))


def sureness(shipped, shops, strangers):
    """The card's noGoodMatch on photos of what a shop has and of what it has not, and how true its score is; in one look."""
    calibration, weights = shipped.card["calibration"], shipped.weights
    presence = calibration.get("presence", calibration["score"] | {"nearest": 0})  # as the runtime reads a card without one
    found = {"photos": len(strangers.files)}
    for name, asked in shops.items():
        photos, catalog = asked.looks["shipped"][0].feature(weights)[asked.there], asked.catalogs["shipped"][0]
        answers, pictures = asked.answers[("shipped", "served")][0], catalog.feature(weights)
        _, best, own = ranks((photos, asked.items), (pictures, catalog.items))
        pictures = one_an_item(pictures, catalog.items)

        def missing(cosines, pictures=pictures):
            return presence_of(presence, *Likeness(cosines, pictures).presence()) < calibration["noGoodMatch"]

        p = score_of(calibration["score"], answers.cosine, answers.lead, answers.share)
        found[name] = {
            "items": len(pictures),
            "caught": float(missing(strangers.feature(weights) @ pictures.T).mean()),
            "leftOut": shares(missing(without_own(best, own)), asked.items)[0],
            "falseAlarm": shares(missing(best), asked.items)[0],
            "ece": expected_calibration_error(p, answers.hits(1)),
            "eceByChance": error_by_chance(p),
        }
    return found

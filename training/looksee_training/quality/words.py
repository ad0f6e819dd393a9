"""The words of the quality report: what is compared with what, and how figures are written."""

from dataclasses import dataclass, field

ARMS = {
    "category": "taught categories alone",
    "proxy": "identical items by learned proxies",
    "triplet": "identical items by the paper's triplets",
    "contrast": "identical items by supervised contrast",
    "ours": "our recipe",
    "floats": "our recipe, without the softened signs",
    "signs": "our recipe, with the signs themselves instead of softened ones",
    "distilled": "our recipe, and what three runs of it find together",
    "longer": "our recipe, twice as many steps: as long as a distilled run",
    "shuffled": "control: our recipe, every item has another item's photos",
    "masked": "the feature sees the box, which the metric alone has taught",
    "drawn": "the feature sees the box, learnt from catalogue pictures and what is drawn of them, no photo's",
    "boxed": "the feature sees the box, learnt from true boxes too",
}
SEEDS = 3
GAIN, NO_GAIN, NOT_WORSE = "more", "no gain", "at most 1 pp less"
BESIDE = {"closer": "models/closer: the same network, two looks", "float32": "models/float32: the same network in float32"}
COMPARISONS = [
    ("shipped", "generic", GAIN, 0.0), ("shipped", "float32", NOT_WORSE, 0.01), ("closer", "shipped", GAIN, 0.0),
    ("ours", "category", GAIN, 0.10), ("ours", "proxy", GAIN, 0.0),
    ("ours", "triplet", GAIN, 0.0), ("ours", "contrast", GAIN, 0.0), ("shuffled", "generic", NO_GAIN, 0.0), ("distilled", "ours", GAIN, 0.0),
    ("distilled", "longer", GAIN, 0.0),
    ("ours", "shuffled", GAIN, 0.0), ("masked", "boxed", NOT_WORSE, 0.01), ("drawn", "boxed", NOT_WORSE, 0.01),
]  # fmt: skip
SETS = {"groceries": "groceries", "mall": "drawn mall", "large mall": "large drawn mall"}
ABSENT = "not measured"
BUSY = 3.0  # load above which a time says nothing


@dataclass
class Section:
    """A heading, what its table means, the table (rows as long as columns), and what is to be said below it."""

    title: str
    text: str
    columns: list = field(default_factory=list)
    rows: list = field(default_factory=list)
    note: str = ""
    plots: list = field(default_factory=list)  # (name of a plot, what it shows)


def three(value):
    return f"{value:.3f}"


def between(share):
    low, high = share["interval"]
    return f"{three(share['value'])} ({three(low)} to {three(high)})"


def triple(recall):
    return " / ".join(three(recall[k]["value"]) for k in ("1", "4", "20"))


def points(value):
    return f"{100 * value:+.1f} pp"


def row_of(results, name, arm, way):
    rows = results["recall"].get(name, {}).get("rows", [])
    return next((row for row in rows if (row["arm"], row["way"]) == (arm, way)), None)


def answered_recall(found, ks):
    """What `looksee eval` prints of recall, as the tables have it."""
    return {k: {"value": found["identicalRecall"][k], "interval": found["identicalRecallInterval"][k]} for k in ks}


def slug(name):
    return name.replace(" ", "-")


def load(figures):
    return f"load {figures['load']:.1f}"


def looks(views):
    return "one look" if views == 1 else f"{views} looks"


def holds(kind, least, one):
    if kind == GAIN:
        return one["superior"] and one["value"] >= least
    return not one["superior"] if kind == NO_GAIN else one["interval"][0] > -least


def unmeasured(title, why=""):
    return Section(title, f"{ABSENT.capitalize()}{why}.")


def in_order(named):
    """Entries (name, photos, ...): most photos first, what is pooled, in brackets, last."""
    return sorted(named, key=lambda entry: (entry[0].startswith("("), -entry[1], entry[0]))

"""Tables of how often the very product is found: by features, by category, by training, and for products never seen."""

from . import aims as wanted
from .aims import short_of
from .words import (
    ABSENT, ARMS, BESIDE, COMPARISONS, GAIN, SEEDS, SETS, Section, between, holds, in_order, looks, points, row_of, slug, three,
    triple, unmeasured,
)  # fmt: skip

KS = ("1", "4", "20")


def recall_sections(results, name):
    """Over all photos for each way of seeing them, then by category for the main ones. The large mall may be absent."""
    title = f"The same product: {SETS[name]}"
    if name not in results["recall"]:
        return [unmeasured(title, "" if name == "large mall" else ": its folder was not there")]
    found, views = results["recall"][name], results["about"]["views"]
    ways = [
        ("generic", "whole", "generic: ImageNet's features, whole picture"),
        ("generic", "squares", "generic, three squares of the picture summed"),
        ("category", "served", f"{ARMS['category']}, small budget"),
        ("ours", "served", "our recipe, small budget"),
        ("shipped", "whole", "ours as shipped, whole picture in one look"),
        ("shipped", "served", f"ours as shipped, {looks(views)}"),
        *((arm, "served", words) for arm, words in BESIDE.items()),
    ]
    rows = []
    for arm, way, words in ways:
        row = row_of(results, name, arm, way)
        if row:
            rows.append([words, *(between(row["recall"][k]) for k in KS), triple(row["plain"])])
        elif name != "large mall" and arm not in BESIDE:
            rows.append([words, ABSENT, "", "", ""])
    text = f"{found['queries']:,} photos asked of a catalogue of {found['items']:,} pictures, all searched at once. "
    ours, generic = row_of(results, name, "shipped", "served"), row_of(results, name, "generic", "whole")
    if generic:
        first, before = (three(row["recall"]["1"]["value"]) for row in (ours, generic))
        text += f"Ours finds the very product first for {first} of them, features that never saw a shop for {before}."
    head = ["features", "recall@1", "@4", "@20", "plain mean of the categories, @1 / @4 / @20"]
    plots = [(f"quality-recall-{slug(name)}", f"{SETS[name]}: recall by the number of answers looked at")]
    note = short_of(wanted.recalls(results, name))
    return [Section(title, text, head, rows, note, plots), by_category(results, name)]


def by_category(results, name):
    found = results["recall"][name]
    shown = [
        (f"{arm} {way}", row_of(results, name, arm, way), head)
        for arm, way, head in (
            ("generic", "whole", "generic"), ("category", "served", "categories alone"),
            ("ours", "served", "our recipe, small budget"), ("shipped", "served", "ours"),
        ) if row_of(results, name, arm, way)
    ]  # fmt: skip

    def line(label, photos, cells):
        low, high = cells[-1]["1"]["interval"]
        return [label, photos, *map(triple, cells), f"{three(low)} to {three(high)}"]

    order = [label for label, _ in in_order((label, own["photos"]) for label, own in found["byCategory"].items())]
    rows = [
        line(label, str(found["byCategory"][label]["photos"]), [found["byCategory"][label][key] for key, _, _ in shown])
        for label in order
    ]  # fmt: skip
    rows.append(line("all photos", str(found["queries"]), [row["recall"] for _, row, _ in shown]))
    rows.append(line("plain mean of the rows", "", [row["plain"] for _, row, _ in shown]))
    named = [label for label in order if not label.startswith("(")]
    hardest = min(named, key=lambda label: found["byCategory"][label]["shipped served"]["1"]["value"], default=None)
    text = "Recall@1 / @4 / @20 as in the paper's table." + (f" Hardest for ours: {hardest}." if hardest else "")
    if len(shown) < 4:
        text += " What has no column here was not measured."
    head = ["category", "photos", *[head for _, _, head in shown], "ours @1, 95 %"]
    return Section(f"The same product by category: {SETS[name]}", text, head, rows)


def arms(results):
    there, rows = results["about"]["arms"], []
    for arm, words in {"generic": "not trained at all, whole picture", **ARMS}.items():
        runs = there.get(arm, [])
        minutes = sum(run["minutes"] for run in runs) / len(runs) if runs else 0
        cells = [f"{arm}: {words}", f"{len(runs)} × {minutes:.0f} min" if runs else ""]
        for name in ("groceries", "mall"):
            row = row_of(results, name, arm, "served")
            seeds = ", ".join(map(three, row["seeds"]["1"])) if row and len(row["seeds"]["1"]) > 1 else ""
            cells += [triple(row["recall"]), seeds] if row else [ABSENT, ""]
        rows.append(cells)
    missing = [arm for arm in ARMS if arm not in there]
    few = [f"{arm} ({len(runs)})" for arm, runs in there.items() if len(runs) < SEEDS]
    note = f"No finished run of {', '.join(missing)} is there, so they are not measured. " if missing else ""
    note += f"Fewer than {SEEDS} seeds, so take with care: {', '.join(few)}." if few else ""
    text = (
        "The same network and data, trained for a small time in different ways, 400 steps but for “longer”; means over seeds. A distilled "
        "run’s time is without its teachers’."
    )
    head = [
        "trained",
        "seeds × a core's time",
        "groceries @1 / @4 / @20",
        "its seeds @1",
        "mall @1 / @4 / @20",
        "its seeds @1",
    ]
    return Section("What the training is worth", text, head, rows, note)


def comparisons(results):
    rows = []
    for a, b, kind, least in COMPARISONS:
        expected = f"{kind}, at least {points(least)}" if kind == GAIN and least else kind
        for name in SETS:
            for one in results["compared"].get(name, []):
                if one["arms"] == [a, b]:
                    low, high = map(points, one["interval"])
                    so = "yes" if holds(kind, least, one) else "no"
                    rows.append(
                        [f"{a} against {b}", SETS[name], f"{points(one['value'])} ({low} to {high})", expected, so]
                    )
    text = (
        "Differences of recall@1, photo by photo, averaged over seeds. “More” asks that the 95 % interval and every "
        "seed's own difference lie above zero; a control is there to fail."
    )
    head = ["what", "photos", "difference", "expected", "so it is"]
    note = short_of(wanted.trainings(results)) if rows else f"{ABSENT.capitalize()}."
    return Section("One against another", text, head, rows, note)


def strangers(found):
    """What looksee_training.strangers printed of runs that never saw some of the groceries."""
    title = "Products never seen in training"
    if not found:
        return unmeasured(title, ": no `strangers.jsonl` of `looksee_training.strangers` is in training/")
    rows = []
    for line in found:
        shown = "seen" if line["catalogTrained"] else "never seen"
        for name, words in (("unseen", "unseen"), ("alone", "unseen, alone"), ("seen", "seen")):
            part = line.get(name)
            if not part:
                continue
            cells = [between({"value": part[k]["share"], "interval": part[k]["interval"]}) for k in KS]
            products = f"{part['products']} {words}"
            rows.append([f"from no. {line['unseenFrom']}", shown, str(line["networks"]), products, str(part["photos"]), *cells])
    text = (
        "Groceries of which every fourth product's photos took no part in training, asked among all 81: in one look, "
        "from PyTorch on prepared pictures, by one network or by two of one recipe side by side (the shipped model has two, and one "
        "projection for both). A real shop has the catalogue pictures of its new products, so both are shown. Alone: asked among themselves, as in a shop none of whose products took part in training. "
        f"Measured on {' and '.join(sorted({line['date'] for line in found}))}."
    )
    head = ["left out", "pictures", "networks", "products", "photos", "recall@1", "@4", "@20"]
    return Section(title, text, head, rows, short_of(wanted.strangers(found)))

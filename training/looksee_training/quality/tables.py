"""From what `__main__.py` measured to tables and plain sentences; how they are set on a page is `page.py`'s."""

from . import aims as wanted
from .aims import short_of
from .recall import arms, comparisons, recall_sections, strangers
from .words import ABSENT, ARMS, BESIDE, SETS, Section, answered_recall, between, in_order, load, row_of, three, triple, unmeasured

KS, LINEAR_KS, PARTS = ("1", "4", "20"), ("1", "10", "60"), ("head", "vote", "fusion")


def sections(results):
    return [
        wanted.aims(results),
        *[part for name in SETS for part in recall_sections(results, name)],
        answered(results), strangers(results["strangers"]), arms(results), comparisons(results), boxes(results),
        *[categories(results["categories"][name], name) for name in ("clothing", "mall")],
        eight_bits(results), codes(results["codes"]), linear(results), sure(results["sure"]), plane(results), method(results["about"]),
    ]  # fmt: skip


def answered(results):
    """The whole search, beside one look at each photo."""
    title, rows = "As the search answers", []
    for name, found in results.get("answered", {}).items():
        if found is None:
            continue
        once = row_of(results, name, "shipped", "served")
        recall = answered_recall(found, KS)
        rows.append([
            SETS[name], triple(once["recall"]) if once else ABSENT, " / ".join([between(recall["1"]), *(three(recall[k]["value"]) for k in KS[1:])]),
            three(found["scoreEce"]), " / ".join(ABSENT if told is None else three(told) for told in map(found["noGoodMatch"].get, ("caught", "falseAlarm"))),
            f"{found['latencyMs']['p50']:.0f} / {found['latencyMs']['p95']:.0f} ({load(found)})",
        ])  # fmt: skip
    if not rows:
        return unmeasured(title)
    text = (
        "`looksee eval` on a catalogue that `looksee import` took in: a photo whose first hit is less likely than 0.8 to be the "
        "product is looked at once more, at its main object, and asked again, and corners of its first ten items' pictures are found again "
        "in it; the catalogue's pictures are looked at once."
    )
    head = ["set", "one look: @1 / @4 / @20", "as answered: @1 / @4 / @20", "calibration error", "“we don't have it” of clothing / falsely", "ms p50 / p95"]
    return Section(title, text, head, rows, short_of(wanted.answered(results)))


def boxes(results):
    names = {
        "constant 0.5": "the best box that is always the same, for 0.5",
        "constant 0.7": "the best box that is always the same, for 0.7",
        "boxed": ARMS["boxed"], "drawn": ARMS["drawn"], "masked": ARMS["masked"], "shipped": "ours as shipped",
    }  # fmt: skip
    rows = []
    for arm, words in names.items():
        cells = [words]
        for name in ("streets", "mall"):
            row = next((r for r in results["boxes"].get(name, {}).get("rows", []) if r["arm"] == arm), None)
            cells += [between(row["iou"][at]) for at in ("0.5", "0.7")] if row else [ABSENT, ""]
        for way, timed in (("whole", "look"), ("served", "one")):
            recall, figures = row_of(results, "mall", arm, way), results["speed"].get(arm, {}).get(timed)
            cells.append(triple(recall["recall"]) if recall else "")
            cells.append(f"{figures['latency']['model']:.1f} ({load(figures)})" if figures else "")
        rows.append(cells)
    for line in results["attended"]:
        cells = ["control: likeness to any catalogue picture" if line["shuffled"] else "no box taught: likeness to the photo's catalogue picture"]
        cells += [between(line[name]["iou"]["attended"][at]) for name in ("streets", "mall") for at in ("0.5", "0.7")]
        rows.append([*cells, f"{three(line['mall']['recall']['attended']['value'])} (@1)", "", "", ""])
    photos = {name: part["photos"] for name, part in results["boxes"].items()}
    text = (
        "Share of photos whose box overlaps the true one by 0.5 and by 0.7 (intersection over union). Streets: "
        f"{photos.get('streets', 0)} held-out photos, whose true box is the labelled garment that shows the most of "
        f"itself; mall: {photos.get('mall', 0):,} photos of items never seen."
    )
    note = (
        "The constant boxes were chosen on the very photos: nobody guesses better without looking. Milliseconds: "
        "median of one photo on one core, without decoding. Where no box is taught, the second network's cells taught a head where a "
        "photo is like its catalogue picture, by `looksee_training.attended` in PyTorch on prepared pictures; recall with these boxes in "
        "the place of the model's own; half of that network's drawn views in training were cut around true boxes, so it has met framing, "
        "not edges. " + short_of(wanted.boxes(results))
    )
    seen = ["one look: mall recall@1 / @4 / @20", "ms", "box cut out too: mall recall", "ms"]
    head = ["box", "streets 0.5", "0.7", "mall 0.5", "0.7", *seen]
    return Section("Where is it?", text, head, rows, note)


def categories(found, name):
    title = {"clothing": "What kind: clothing", "mall": "What kind: drawn mall"}[name]
    if not found:
        return unmeasured(title)
    groups = "senders" if name == "clothing" else "items"
    named = {row["category"]: row for row in found["byCategory"] if row["photos"]}
    order = [label for label, _ in in_order((label, row["photos"]) for label, row in named.items())]
    rows = [[label, str(named[label]["photos"]), *(three(named[label][part]) for part in PARTS)] for label in order]
    parts = [found["parts"][part] for part in PARTS]
    right = [between({"value": part["accuracy"], "interval": part["interval"]}) for part in parts]
    kinds = [named[label] for label in order if not label.startswith("(")]
    rows += [
        [f"all photos of {found['groups']} {groups}", str(found["queries"]), *right],
        ["plain mean of the categories", "", *(three(sum(row[part] for row in kinds) / len(kinds)) for part in PARTS)],
        ["the true one is among the first two", "", *(three(part["firstTwo"]) for part in parts)],
    ]
    text = (
        f"Share of photos whose likeliest category is the true one. A tenth of the {groups}, chosen by hash, is asked "
        "of the photos of the others: by the model (a softmax on its features and its own guess, learnt from those "
        "photos alone), by search (the 30 nearest vote), and by both together."
    )
    note = (
        "Most that a category of 100 photos, or the rarer ones together, loses by fusion: "
        f"{100 * found['mostLost']:.1f} pp. " + (short_of(wanted.clothing(found)) if name == "clothing" else "")
    )
    return Section(title, text, ["category", "photos", "model", "search", "both"], rows, note)


def eight_bits(results):
    """Size, time and recall of the shipped model and of those that stand beside it."""
    title, rows, sizes = "What int8 costs, and a second look", [], results.get("sizes", {})
    if not any(arm in sizes for arm in BESIDE):
        return unmeasured(title)
    for arm, words in {"shipped": "as shipped: int8, one look", **BESIDE}.items():
        if arm not in sizes:
            continue
        one, many = (results["speed"].get(arm, {}).get(name) for name in ("one", "many"))
        cells = [f"{one['latency'][part]:.1f}" for part in ("p50", "model")] if one else [ABSENT, ""]
        cells += [f"{many['perSecond']['pictures']:.0f} ({load(many)})" if many else ABSENT]
        for name in ("groceries", "mall"):
            recall = row_of(results, name, arm, "served")
            box = next((r for r in results["boxes"].get(name, {}).get("rows", []) if r["arm"] == arm), None)
            cells.append((triple(recall["recall"]) if recall else ABSENT) + (f", boxes {three(box['iou']['0.7']['value'])}" if box else ""))
        rows.append([words, f"{sizes[arm]:.1f}", *cells])
    text = (
        "Milliseconds: median of an 800-px photo on one core, with decoding and by the network alone. Boxes: share that "
        "overlaps the true one by 0.7. Int8 sums are exact on every CPU."
    )
    head = ["model", "MB", "ms a photo", "of it the network", "pictures a second, all cores", "groceries @1 / @4 / @20", "mall @1 / @4 / @20"]
    return Section(title, text, head, rows)


def codes(results):
    """The shipped model's, and recall@1 and @20 of the arms that were or were not trained for signs."""
    words = {"floats": "floats", "codes": "codes alone", "served": "first 1,200 by code, re-ordered by int8 features"}
    rows = []

    def lost(share):
        low, high = share["interval"]
        return f"{100 * share['value']:.1f} pp ({100 * low:.1f} to {100 * high:.1f})"

    for name, found in results.items():
        for order, what in words.items():
            cells = [lost(found["lost"][order][k]) for k in ("1", "20")] if order in found["lost"] else ["", ""]
            rows.append([f"{SETS[name]}: {what}", " / ".join(three(found["recall"][order][k]) for k in KS), *cells])
        for arm, lines in found["arms"].items():
            cells = [lost(lines[k]) for k in ("1", "20")]
            rows.append([f"{SETS[name]}: codes of “{ARMS[arm]}”, small budget", "", *cells])
    text = (
        "Recall by the model's floats, by their 512 signs alone, and as a search orders. At most 1 pp should be lost."
    )
    head = ["order", "recall@1 / @4 / @20", "lost @1 (95 %)", "lost @20 (95 %)"]
    note = short_of(wanted.codes(results)) if rows else f"{ABSENT.capitalize()}."
    return Section("What 512 bits lose", text, head, rows, note)


def linear(results):
    rows, small = [], False
    for name, found in results["codes"].items():
        few = results["recall"][name]["items"] <= 1200
        small = small or few
        for label, line in sorted(found["byCategory"].items(), key=lambda entry: (entry[0].startswith("("), entry[0])):
            cells = [three(line["codes"][k]) for k in LINEAR_KS]
            rows.append([f"{SETS[name]}: {label}", *cells, three(line["served"]["10"])])
        total = [between(found["linear"]["codes"][k]) for k in LINEAR_KS]
        rows.append(
            [f"{SETS[name]}: all photos", *total, between(found["linear"]["served"]["10"]) + (" *" if few else "")]
        )
    text = (
        "Share of the k nearest pictures by floats that are among the first k by codes. The paper compares its index "
        "with an exhaustive scan; our scan of codes is exhaustive, so what differs here is the bits themselves."
    )
    note = "* No more pictures than the coarse search keeps, so only int8 rounding differs." if small else ""
    return Section("Linear recall", text, ["photos", "codes @1", "@10", "@60", "as searched @10"], rows, note)


def sure(found):
    title = "“We don't have it”"
    if not found:
        return unmeasured(title)
    rows = []
    for name, told in found.items():
        if name in SETS:
            told_so = [three(told["caught"]), between(told["leftOut"]), between(told["falseAlarm"])]
            rows.append([f"{SETS[name]}, {told['items']:,} items", *told_so, three(told["ece"]), three(told["eceByChance"])])
    text = (
        f"How often photos of something that the shop has not are told so: {found['photos']} photos of clothing, of another world, and the "
        "set's own photos where just their item is left out of the catalogue, so that its look-alikes answer; how often photos of something "
        "that it has are told so wrongly; and how far the score is from the share of first answers that are right, beside how far "
        "a score that is right would seem to be with so few photos. In one look; a search looks again where it is not sure."
    )
    head = ["asked of", "clothing, caught", "own item left out, caught", "falsely alarmed", "calibration error of the score", "of a score that is right"]
    return Section(title, text, head, rows, short_of(wanted.sureness(found)))


def plane(results):
    text = (
        "t-SNE of twelve products (groceries) and twelve families of like products (mall): numbered rings are "
        "catalogue pictures, dots photos. A good feature puts a photo by its own product's picture."
    )
    plots = [
        (f"quality-features-{name}-{arm}", f"{SETS[name]}, {words}")
        for name in ("groceries", "mall") for arm, words in (("generic", "generic features"), ("shipped", "ours"))
        if row_of(results, name, arm, "served")
    ]  # fmt: skip
    return Section("Features on a plane", text, plots=plots)


def method(about):
    malls = "; ".join(
        f"{SETS[n]}: {m['items']:,} items, seed {m['seed']}, version {m['version']}" for n, m in about["malls"].items()
    )
    malls = malls[:1].upper() + malls[1:] or "No mall"
    text = (
        "Every feature, box and category is the answer of looksee's runtime (`training/look.ts`), at "
        f"{about['side']} px for the shipped model. Groceries: the set's `val` photos. {malls}; no item of "
        "it was trained on. Clothing and streets: held-out senders and photos. Recall counts photos whose product "
        "is among the first k items of the whole catalogue, within no category; equal distances stand by ascending id. "
        "Plain mean: of the rows of the table by category, where categories of fewer than ten photos are one row. "
        "Intervals: 10,000 draws of whole products (senders, street photos) with replacement."
    )
    return Section("How it is measured", text)

"""What we aim at, beside what was measured: rows of what, aim, measured, and whether it is met."""

from .words import (
    ABSENT, ARMS, BESIDE, BUSY, COMPARISONS, GAIN, NOT_WORSE, SETS, Section, answered_recall, between, holds, load, looks, points, row_of, three,
)  # fmt: skip


def aims(results):
    rows = [
        *recalls(results), *answered(results), *strangers(results["strangers"]), *clothing(results["categories"]["clothing"]),
        *boxes(results), *trainings(results), *codes(results["codes"]), *sureness(results["sure"]),
        *speed(results["speed"].get("shipped")),
    ]  # fmt: skip
    return Section(
        "In short", "What we aim at, and how far we are. In brackets 95 % intervals. Recall@k: the very product is "
        "among the first k answers.", ["what", "aim", "measured", "result"], rows,
    )  # fmt: skip


def short_of(rows):
    """The rows whose aim is missed, as a sentence; empty where none is."""
    missed = [f"{what}, aim {aim} ({result})" for what, aim, _, result in rows if result.startswith("missed")]
    return f"Short of the aim: {'; '.join(missed)}." if missed else ""


def row(what, aim, have=None, met=None):
    """met: True, False, None where nothing was measured, or words of its own."""
    result = met if isinstance(met, str) else {None: "", True: "met", False: "missed"}[met]
    return [what, aim, have or ABSENT, result]


def verdict(values, least):
    """ "met", or by how much the worst of the values misses its least."""
    short = max(aim - value for value, aim in zip(values, least))
    return f"missed by {100 * short:.1f} pp" if short > 0 else "met"


def recalls(results, only=None):
    views = results["about"]["views"]
    asked = [
        ("groceries, recall@1 / @4, one look", "groceries", "shipped", "whole", ("1", "4"), (0.90, 0.98)),
        (f"mall of 20,000 items never seen, recall@1 / @20, {looks(views)}", "large mall", "shipped", "served", ("1", "20"), (0.75, 0.95)),
        ("the same, models/closer (two looks)", "large mall", "closer", "served", ("1", "20"), (0.75, 0.95)),
    ]
    for what, name, arm, way, ks, least in asked:
        if only not in (None, name):
            continue
        found = row_of(results, name, arm, way)
        if name == "large mall" and results["recall"].get(name, {}).get("items", 0) < 20_000:
            found = None
        shares = [found["recall"][k] for k in ks] if found else []
        aim = " / ".join(f"{v:g}" for v in least)
        met = verdict([share["value"] for share in shares], least) if found else None
        yield row(what, aim, " / ".join(map(between, shares)), met)


def answered(results):
    """What a shopper gets: the search with its closer look at photos that it is not sure of."""
    again = "as the search answers (a closer look at photos it is not sure of)"
    for what, name, ks, least in (
        (f"groceries, recall@1 / @4, {again}", "groceries", ("1", "4"), (0.92, 0.985)),
        (f"mall of 20,000 items never seen, recall@1 / @20, {again}", "large mall", ("1", "20"), (0.75, 0.95)),
    ):
        found = results.get("answered", {}).get(name)
        if name == "large mall" and results["recall"].get(name, {}).get("items", 0) < 20_000:
            found = None
        shares = list(answered_recall(found, ks).values()) if found else []
        met = verdict([share["value"] for share in shares], least) if found else None
        yield row(what, " / ".join(f"{v:g}" for v in least), " / ".join(map(between, shares)), met)
    found = results.get("answered", {}).get("groceries")
    error = found and found["scoreEce"]
    yield row(f"calibration error of the score, groceries, {again}", "0.05", error and three(error), error and error <= 0.05)
    yield told(again, found and found["noGoodMatch"]["caught"], found and found["noGoodMatch"]["falseAlarm"])


def told(how, caught=None, alarm=None):
    what, aim = f"“we don't have it”: clothing among groceries caught / groceries falsely alarmed, {how}", "0.95 / 0.03"
    if caught is None or alarm is None:
        return row(what, aim)
    return row(what, aim, f"{three(caught)} / {three(alarm)}", caught >= 0.95 and alarm <= 0.03)


def strangers(found):
    """The unseen products of every fold must be found, and the seen ones in the same run; apart, by whether training had
    the unseen products' catalogue pictures, and by how many networks are asked."""
    what, aim = "groceries with 20 of 81 products never trained on, one look: unseen @1 / @4, seen @1", "0.6 / 0.95 / 0.86"
    if not found:
        yield row(what, aim)
    catalogue = {False: "catalogue pictures left out too", True: "catalogue pictures and what is drawn of them trained"}
    for trained, networks in sorted({(line["catalogTrained"], line["networks"]) for line in found or []}):
        lines = [line for line in found if (line["catalogTrained"], line["networks"]) == (trained, networks)]
        worst = [min(line[part][k]["share"] for line in lines) for part, k in (("unseen", "1"), ("unseen", "4"), ("seen", "1"))]
        side = f", {networks} networks side by side" if networks > 1 else ""
        of = f", worst of {len(lines)} runs" if len(lines) > 1 else ""
        yield row(f"{what}; {catalogue[trained]}{side}{of}", aim, " / ".join(map(three, worst)), verdict(worst, (0.60, 0.95, 0.86)))


def clothing(found):
    what, aim = "clothing, likeliest of 17 labels / among the first two", "0.86 / 0.95"
    if not found:
        yield row(what, aim)
        return
    both = found["parts"]["fusion"]
    right = between({"value": both["accuracy"], "interval": both["interval"]})
    yield row(
        what, aim, f"{right} / {three(both['firstTwo'])}", verdict([both["accuracy"], both["firstTwo"]], [0.86, 0.95])
    )
    yield row(
        "most that a label loses by fusion", "1 pp", f"{100 * found['mostLost']:.1f} pp", found["mostLost"] <= 0.01
    )


def boxes(results):
    for name, words in (("streets", "street photos"), ("mall", "drawn mall")):
        aim = "0.9 of it, and 15 pp over the best constant box"
        lines = results["boxes"].get(name, {}).get("rows", [])
        good = {line["arm"]: line["iou"]["0.5"]["value"] for line in lines}
        for arm, learnt in (("masked", "mask only"), ("drawn", "no photo's box")):
            what = f"{words}, boxes that overlap the true one by 0.5: {learnt} against boxed"
            if {arm, "boxed"} <= set(good):
                found, boxed, constant = good[arm], good["boxed"], good["constant 0.5"]
                met = found >= 0.9 * boxed and found >= constant + 0.15
                yield row(what, aim, f"{three(found)} of {three(boxed)}, constant {three(constant)}", met)
            else:
                yield row(what, aim)
        for line in taught_no_box(results):
            what = f"{words}, boxes that overlap the true one by 0.5: no box taught, in the shipped model's second network, against its boxes"
            found, boxed = (line[name]["iou"][kind]["0.5"]["value"] for kind in ("attended", "learnt"))
            constant = good.get("constant 0.5")
            met = constant and found >= 0.9 * boxed and found >= constant + 0.15
            yield row(what, aim, f"{three(found)} of {three(boxed)}, constant {constant and three(constant)}", met)
    for line in taught_no_box(results):
        one = line["mall"]["recall"]["difference"]
        what = "recall@1 of the shipped model with boxes that no box taught, against its own"
        yield row(what, NOT_WORSE, f"drawn mall {points(one['value'])}", holds(NOT_WORSE, 0.01, one))


def taught_no_box(results):
    return [line for line in results["attended"] if not line["shuffled"]]


def trainings(results):
    for a, b, kind, least in COMPARISONS:
        if kind == GAIN and not least:
            continue  # no aim of its own
        found = [
            (name, one) for name in ("groceries", "mall") for one in results["compared"].get(name, [])
            if one["arms"] == [a, b]
        ]  # fmt: skip
        have = ", ".join(f"{SETS[name]} {points(one['value'])}" for name, one in found)
        met = all(holds(kind, least, one) for _, one in found) if found else None
        aim = f"{points(least)}" if kind == GAIN else kind
        names = {**ARMS, "shipped": "ours in int8", **BESIDE, "generic": "generic features"}
        yield row(f"recall@1 of “{names[a]}” against “{names[b]}”", aim, have, met)


def codes(found):
    for name, part in found.items():
        lost = [part["lost"]["codes"][k]["value"] for k in ("1", "20")]
        have = " / ".join(f"{100 * v:.1f} pp" for v in lost)
        met = verdict([-v for v in lost], [-0.01, -0.01])
        yield row(f"{SETS[name]}, recall@1 / @20 lost by codes alone", "1 pp / 1 pp", have, met)


def sureness(found):
    if not found:
        yield told("one look")
        return
    groceries = found["groceries"]
    yield told("one look", groceries["caught"], groceries["falseAlarm"]["value"])
    yield row("calibration error of the score, groceries, one look", "0.05", three(groceries["ece"]), groceries["ece"] <= 0.05)


def speed(found):
    one, many = ((found or {}).get(name) for name in ("one", "many"))
    ms, pictures = one and one["latency"]["p50"], many and many["perSecond"]["pictures"]
    have = one and f"{ms:.1f} ms ({load(one)})"
    yield row("an 800-px photo to all outputs, one core", "12 ms", have, unless_busy(one, lambda: ms <= 12))
    have = many and f"{pictures:.0f} ({load(many)})"
    yield row("pictures a second, all cores", "220", have, unless_busy(many, lambda: pictures >= 220))


def unless_busy(figures, met):
    return "machine busy" if figures and figures["load"] > BUSY else figures and met()

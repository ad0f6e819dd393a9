"""The quality report: what is kept and made again, and its pages without any arm."""

import csv
import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from drawn import random_features, unit
from looksee_training.arms import runs_of
from looksee_training.categories import CATEGORIES
from looksee_training.looks import CATEGORY_OF
from looksee_training.quality import kept, made
from looksee_training.quality.aims import aims, strangers
from looksee_training.quality.figures import Asked, boxes_of, codes_of, compared_on, pooled, recall_of, sureness
from looksee_training.quality.page import write_report
from looksee_training.quality.pictures import chosen
from looksee_training.quality.tables import sections
from looksee_training.quality.words import ARMS


def test_few_photos_are_pooled():
    assert pooled(np.array(["a"] * 10 + ["b"] * 9)).tolist() == ["a"] * 10 + ["(others)"] * 9


def test_what_is_kept_is_made_again_only_of_something_else(tmp_path):
    calls, folder = [], tmp_path / "kept"

    def make(name):
        (folder / name).write_text("")
        calls.append(name)

    made.kept(folder, {"model": "1"}, lambda: make("a"))
    made.kept(folder, {"model": "1"}, lambda: make("b"))
    made.kept(folder, {"model": "2"}, lambda: make("c"))
    assert calls == ["a", "c"]
    assert not (folder / "a").exists(), "nothing of the former may be read with the new"
    with pytest.raises(OSError):
        made.kept(folder, {"model": "3"}, lambda: make("no/such/folder"))
    made.kept(folder, {"model": "3"}, lambda: make("d"))
    assert calls[-1] == "d", "what ended half-way is made again"


def fake_run(folder, end=True, steps=20):
    folder.mkdir(parents=True)
    (folder / "config.json").write_text(json.dumps({"sides": [160, 224], "processes": 2}))
    (folder / "metrics.jsonl").write_text(json.dumps({"step": steps, "minutes": 5.0, "end": end}) + "\n")
    (folder / "last.pt").write_bytes(b"weights")


def test_a_run_becomes_a_model_when_it_is_finished(tmp_path, monkeypatch, capsys):
    exported = []

    def export(out, side, source, arguments, cards):
        exported.append((side, cards))
        write_model(out)

    monkeypatch.setattr(made, "export", export)
    fake_run(tmp_path / "masked-3")
    (tmp_path / "masked-3" / "card.json").write_text(json.dumps({"views": {"minBoxScore": 0.1}}))
    model = made.trained(tmp_path / "masked-3", tmp_path / "out")
    assert (model.arm, model.seed, model.name) == ("masked", 3, "masked-3")
    assert model.run == {"minutes": 10.0, "steps": 20}, "both processes' minutes count"
    assert exported == [(224, [{"views": {"minBoxScore": 0.1}}])]
    fake_run(tmp_path / "boxed-1", end=False)
    assert made.trained(tmp_path / "boxed-1", tmp_path / "out") is None
    (tmp_path / "proxy-1").mkdir()
    assert made.trained(tmp_path / "proxy-1", tmp_path / "out") is None
    said = capsys.readouterr().err
    assert "boxed-1: still in training at step 20" in said and "proxy-1: no run" in said


def write_model(folder):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "model.onnx").write_bytes(folder.name.encode())
    views = {
        "sum": [{"of": "whole", "size": 1, "weight": 1}, {"of": "box", "size": 1.0, "weight": 3}],
        "minBoxScore": 0,
    }
    card = {"id": "tiny", "input": {"side": 8}, "outputs": {}, "views": views, "codeThresholds": None}
    (folder / "card.json").write_text(json.dumps(card))


LABELS = ["snacks", "toys"]
ITEMS = [f"p{n:02}" for n in range(24)]


def write_set(folder):
    """24 products with a picture each and two photos, as files; families of two designs."""
    for part in ("catalog", "photos"):
        (folder / part).mkdir(parents=True)
    for n, item in enumerate(ITEMS):
        for part in ("catalog", "photos"):
            Image.new("RGB", (12, 10), (9 * n, 50, 90)).save(folder / part / f"{item}.png")
    rows = "".join(f"{item},{LABELS[n % 2]},brand{n // 4}\n" for n, item in enumerate(ITEMS))
    (folder / "catalog.csv").write_text("id,category,brand\n" + rows)
    (folder / "mall.json").write_text(json.dumps({"version": 2, "seed": 1, "items": 24, "photos": 48}))


def write_looks(folder, part, noise, views):
    """What look.ts would write: each item's own direction, and noise on it for photos."""
    folder.mkdir(parents=True, exist_ok=True)
    own, copies = random_features(24, 11), 1 if part == "catalog" else 2
    random = np.random.default_rng(len(folder.name))
    with open(folder / "index.csv", "w", newline="") as f:
        out = csv.writer(f)
        out.writerow("file itemId label x1 y1 x2 y2 b1 b2 b3 b4 score".split())
        for n, item in enumerate(ITEMS * copies):
            truth = ["", "", "", ""] if part == "catalog" else [0.1, 0.1, 0.6, 0.6]
            out.writerow([f"{part}/{item}.png", item, LABELS[n % 2], *truth, 0.1, 0.1, 0.6, 0.7, 0.9])
    for view in views:
        rows = unit(np.tile(own, (copies, 1)) + (noise if copies > 1 else 0) * random.normal(size=(24 * copies, 512)))
        rows.tofile(folder / f"{view}.bin")
        np.zeros((24 * copies, len(CATEGORIES)), np.float32).tofile(folder / f"category-{view}.bin")


ARMS_TOML = """
seeds = [1, 2]
[base]
prepared = "prepared"
pool = "pool"
trunk = "trunk.npz"
held_out = "held-out.txt"
steps = 5
[arms.masked]
masked = true
"""
SETTINGS = {int(name[-1]): made.settings_of(config.as_dict()) for name, config in runs_of(ARMS_TOML).items()}


@pytest.fixture
def models(tmp_path, monkeypatch):
    """A mall, and fakes of the shipped and the generic model and two seeds of one arm; look.ts is not run."""

    def look(*command, **_):
        _, script, _, _, part, folder, _, model, _, views, *rest = map(str, command)
        assert script == "training/look.ts" and not rest
        noise = {"generic": 0.5, "shipped": 0.02}.get(model.rsplit("/", 1)[1], 0.1)
        write_looks(made.Path(folder), part, noise, [view.replace(":", "-") for view in views.split(",")])

    monkeypatch.setattr(made, "runs", look)
    write_set(tmp_path / "mall")
    models = []
    for arm, seed in (("shipped", None), ("generic", None), ("masked", 1), ("masked", 2)):
        folder = tmp_path / "models" / (arm if seed is None else f"{arm}-{seed}")
        write_model(folder)
        weights = made.GENERIC if arm == "generic" else {"whole": 0.25, "box-1": 0.75}
        models.append(made.Model(arm, folder, weights, seed, {"minutes": 9.0, "steps": 5} if seed else {}, SETTINGS.get(seed, "")))
    return models


def ask(models, folder):
    return Asked(made.Set("mall", "mall", folder / "mall", "photos"), models, folder / "out", 0)


@pytest.fixture
def asked(models, tmp_path):
    return ask(models, tmp_path)


def attended_line(shuffled, overlapping):
    def share(value):
        return {"value": value, "interval": [value, value]}

    iou = {"attended": {"0.5": share(overlapping), "0.7": share(0.2)}, "learnt": {"0.5": share(0.9), "0.7": share(0.8)}}
    recall = {"attended": share(0.85), "learnt": share(0.86), "difference": share(-0.01)}
    return {"photos": 3000, "shuffled": shuffled, "mall": {"iou": iou, "recall": recall}, "streets": {"iou": iou}}


ATTENDED = [attended_line(False, 0.82), attended_line(True, 0.31)]


def results_of(asked):
    return {
        "about": {
            "model": "tiny", "views": 2, "side": 8, "modelSeeds": None, "malls": {}, "date": "2030-01-01", "limit": 0,
            "arms": {"masked": [{"seed": 1, "minutes": 9.0}, {"seed": 2, "minutes": 9.0}]}, "machine": "none",
            "load": 0.1, "command": "training/quality.sh",
        },
        "recall": {"mall": recall_of(asked)}, "codes": {"mall": codes_of(asked)},
        "compared": {"mall": compared_on(asked)}, "boxes": {"mall": boxes_of(asked)},
        "categories": {"clothing": None, "mall": None}, "sure": None, "strangers": [], "attended": ATTENDED, "speed": {},
        "answered": {"groceries": {
            "identicalRecall": {"1": 0.93, "4": 0.97, "20": 1}, "identicalRecallInterval": {"1": [0.9, 0.95], "4": [0.96, 0.99], "20": [1, 1]},
            "scoreEce": 0.06, "noGoodMatch": {"caught": 0.97, "falseAlarm": 0.01}, "latencyMs": {"p50": 20.1, "p95": 40.2}, "load": 0.5,
        }},
    }  # fmt: skip


def test_the_report_says_what_is_and_what_is_not_measured(asked, tmp_path):
    pytest.importorskip("sklearn"), pytest.importorskip("matplotlib")
    results = results_of(asked)
    json.dumps(results)
    by_arm = {(row["arm"], row["way"]): row for row in results["recall"]["mall"]["rows"]}
    assert by_arm[("shipped", "served")]["recall"]["1"]["value"] == 1
    assert by_arm[("generic", "served")]["recall"]["1"]["value"] < 0.9
    assert len(by_arm[("masked", "served")]["seeds"]["1"]) == 2
    assert [one["arms"] for one in results["compared"]["mall"]] == [["shipped", "generic"]]
    assert results["boxes"]["mall"]["rows"][-1]["iou"]["0.5"]["value"] == 1, "0.6 of 0.7 overlaps by more than half"
    docs = tmp_path / "docs"
    docs.mkdir()
    write_report(sections(results), results, {"mall": asked}, tmp_path / "out", docs)
    text, page = (docs / "quality.md").read_text(), (tmp_path / "out" / "report.html").read_text()
    for arm in set(ARMS) - {"masked"}:
        assert f"| {arm}: {ARMS[arm]} |  | not measured |  | not measured |  |" in text
    assert f"| masked: {ARMS['masked']} | 2 × 9 min |" in text
    assert "Fewer than 3 seeds, so take with care: masked (2)" in text
    assert "| groceries | not measured | 0.930 (0.900 to 0.950) / 0.970 / 1.000 | 0.060 | 0.970 / 0.010 | 20 / 40 (load 0.5) |" in text
    assert "aim 0.92 / 0.985 (missed by 1.5 pp); calibration error of the score, groceries, as the search answers" in text
    assert "a closer look at photos it is not sure of) | 0.95 / 0.03 | 0.970 / 0.010 | met |" in text
    for name in ("quality-recall-mall", "quality-features-mall-shipped"):
        assert f"(plots/{name}.png)" in text and (docs / "plots" / f"{name}.png").exists()
    assert "| no box taught: likeness to the photo's catalogue picture | 0.820" in text
    assert "| control: likeness to any catalogue picture | 0.310" in text
    assert "no box taught, in the shipped model's second network, against its boxes | 0.9 of it, and 15 pp over the best constant box | 0.820 of 0.900, constant 1.000 | missed |" in text
    assert "with boxes that no box taught, against its own | at most 1 pp less | drawn mall -1.0 pp | missed |" in text
    tables = [line for line in text.splitlines() if line.startswith("|")]
    assert len(tables) > 40 and "data:image" not in text, "docs hold no picture of a set"
    assert page.count("<article class=query>") == 6 and page.count('class="hit') == 60
    assert "http" not in page, "nothing is loaded from elsewhere"


def test_what_arms_answered_outlives_them(models, asked, tmp_path, capsys):
    file, toml = tmp_path / "arms.jsonl", tmp_path / "arms.toml"
    toml.write_text(ARMS_TOML)
    kept.keep(models, {"mall": asked}, file)
    kept.keep(models[:3], {"mall": asked}, file)
    assert [(line["arm"], line["seed"]) for line in kept.read(file)] == [("masked", 1), ("masked", 2)]
    assert kept.models({"masked-1", "masked-2"}, file, toml) == [], "runs that are there speak for themselves"
    found = kept.models(set(), file, toml)
    again = ask([*models[:2], *found], tmp_path)
    assert [recall_of(again), compared_on(again)] == [recall_of(asked), compared_on(asked)]
    mine, theirs = (boxes_of(one)["rows"][-1] for one in (again, asked))
    assert mine == theirs and mine["arm"] == "masked" and len(mine["seeds"]["0.5"]) == 2
    older = [{**line, "settings": {k: v for k, v in line["settings"].items() if k != "projection"}} for line in kept.read(file)]
    file.write_text("".join(json.dumps(line) + "\n" for line in older))
    assert len(kept.models(set(), file, toml)) == 2, "a setting that came later had its default"
    toml.write_text(ARMS_TOML.replace("steps = 5", "steps = 6"))
    assert kept.models(set(), file, toml) == [] and "other settings" in capsys.readouterr().err
    (tmp_path / "mall" / "catalog.csv").write_text("id,category,brand\n")
    other = ask([*models[:2], *found], tmp_path)
    assert ("masked", "served") not in other.answers, "nothing stands for photos that it was not measured on"


def test_what_arms_answered_is_read_again_on_every_machine():
    """Of each line in training/arms.jsonl the settings are those of configs/arms.toml."""
    assert sorted((model.arm, model.seed) for model in kept.models(set())) == [(line["arm"], line["seed"]) for line in kept.read()]


def test_queries_side_by_side_are_half_such_as_differ(asked):
    before, after = (asked.answers[(arm, "served")][0].hits(1) for arm in ("generic", "shipped"))
    picked = chosen(asked, 8)
    assert picked == chosen(asked, 8) and len(set(picked)) == 8
    assert sum(before[i] != after[i] for i in picked) >= min(4, int((before != after).sum()))


def test_how_often_the_report_says_that_a_shop_has_not_what_a_photo_shows(models, asked):
    card = models[0].folder / "card.json"
    curves = {"score": {"slope": 8, "intercept": -4}, "presence": {"slope": 20, "nearest": 0, "intercept": -10}, "noGoodMatch": 0.5}
    card.write_text(json.dumps(json.loads(card.read_text()) | {"calibration": curves}))
    told = sureness(models[0], {"mall": asked}, asked.looks["shipped"][0])["mall"]
    assert told["items"] == 24 and told["falseAlarm"]["value"] == 0, "its photos are all but its pictures"
    assert told["leftOut"]["value"] == 1 and told["caught"] == 0, "items are nothing like each other, and these photos are the shop's own"


def test_aims_that_nothing_was_measured_for_say_so():
    empty = {
        "about": {"views": 3}, "recall": {}, "codes": {}, "compared": {}, "boxes": {}, "categories": {"clothing": None},
        "sure": None, "strangers": [], "attended": [], "speed": {},
    }  # fmt: skip
    rows = aims(empty).rows
    assert len(rows) > 8 and all(row[2:] == ["not measured", ""] for row in rows)
    busy = {"one": {"latency": {"p50": 99.0}, "load": 7.0}, "many": None}
    row = next(row for row in aims({**empty, "speed": {"shipped": busy}}).rows if row[1] == "12 ms")
    assert row[3] == "machine busy", "a time under load is no verdict"


def test_the_worst_fold_of_never_seen_products_is_held_to_the_aim():
    def fold(unseen, seen):
        def shares(*values):
            return {k: {"share": v, "interval": [v, v]} for k, v in zip(("1", "4", "20"), values)}

        parts = {
            "unseen": {"products": 20, "photos": 725, **shares(*unseen)},
            "alone": {"products": 20, "photos": 725, **shares(*unseen)},
            "seen": {"products": 61, "photos": 223, **shares(*seen)},
        }
        return {"run": "r", "unseenFrom": 3, "catalogTrained": True, "networks": 1, **parts}

    good, poor = fold((0.61, 0.96, 1.0), (0.87, 1.0, 1.0)), fold((0.65, 0.97, 1.0), (0.80, 1.0, 1.0))
    assert [row[3] for row in strangers([good])] == ["met"]
    assert [row[2:] for row in strangers([good, poor])] == [["0.610 / 0.960 / 0.800", "missed by 6.0 pp"]]
    without = {**good, "catalogTrained": False}
    assert [row[2:] for row in strangers([poor, without])] == [
        ["0.610 / 0.960 / 0.870", "met"], ["0.650 / 0.970 / 0.800", "missed by 6.0 pp"],
    ]
    pair = {**good, "networks": 2}
    assert [(row[0].endswith("trained, 2 networks side by side"), row[3]) for row in strangers([poor, pair])] == [
        (False, "missed by 6.0 pp"), (True, "met"),
    ]


def test_street_photos_have_boxes_and_no_category():
    assert CATEGORY_OF["streets"]("") == -1


def test_a_set_is_imported_asked_and_kept_until_the_search_changes(tmp_path, monkeypatch):
    folder, called = tmp_path / "mall", []
    folder.mkdir()
    for table in ("catalog.csv", "photos.csv"):
        (folder / table).write_text("file,itemId\n")

    def runs(*command, **options):
        called.append([str(part) for part in command])
        if "import" in called[-1]:
            Path(called[-1][called[-1].index("--data") + 1]).mkdir(parents=True)
        return SimpleNamespace(stdout=f'{{"queries": {len(called)}, "noGoodMatch": {{"caught": {0.1 * len(called)}}}}}')

    monkeypatch.setattr(made, "runs", runs)
    data = made.Set("mall", "mall", folder, "photos")
    model = made.shipped(made.ROOT / "models" / "default")
    absent, kept = [tmp_path / "a.jpg", tmp_path / "b.jpg"], tmp_path / "out" / "answered" / "mall"
    for _ in range(2):
        found = made.answered(model, data, absent, tmp_path / "out")
        assert (found["queries"], found["noGoodMatch"]["caught"]) == (2, pytest.approx(0.3)), "its photos' figures, the others' alarm"
    assert [call[-1] for call in called] == [str(folder / "catalog.csv"), str(folder / "photos.csv"), str(kept / "absent.csv")]
    assert (kept / "absent.csv").read_text() == f"file,itemId\n{absent[0]},\n{absent[1]},\n"
    assert not (kept / "shop").exists()
    monkeypatch.setattr(made, "SEARCHES", ("src/search",))
    made.answered(model, data, [], tmp_path / "out")
    assert len(called) == 5, "asked anew, and no photos of what it has not"
    assert made.answered(made.Model("shipped", tmp_path, {}), data, [], tmp_path / "out") is None

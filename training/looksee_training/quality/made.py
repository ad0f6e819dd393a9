"""What has to be made before anything is measured: model folders of runs, the runtime's looks at each set, and what the
benches say of speed and categories. Each is kept, and made again only if what it is made of has changed.
"""

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from ..looks import read_looks
from ..report import name_of
from .words import BESIDE, BUSY

ROOT = Path(__file__).parents[3]
GENERIC = {"whole": 1.0}
SQUARES = {"whole": 1.0, "centre-0.7": 1.0, "centre-0.5": 1.0}


@dataclass
class Model:
    """A model folder and how its picture is seen: `weights` of views, as its card sums them."""

    arm: str  # generic | shipped | one of words.BESIDE | the name of a comparison's arm
    folder: Path | None  # None: what is kept of an arm is all that there is
    weights: dict
    seed: int | None = None
    run: dict = field(default_factory=dict)  # of a training run: minutes of a core, steps
    settings: dict = field(default_factory=dict)  # of a training run, see settings_of
    kept: dict = field(default_factory=dict)  # name of a set -> what it answered there

    @property
    def card(self):
        return read_json(self.folder / "card.json")

    @property
    def name(self):
        return self.arm if self.seed is None else f"{self.arm}-{self.seed}"


@dataclass
class Set:
    """Photos, and the catalogue they are asked of where there is one."""

    name: str
    kind: str  # of training/sets.ts
    folder: Path
    photos: str  # part
    catalog: bool = True
    arms: bool = True  # whether all models are measured on it, or the shipped one and its closer look alone


def node():
    own = ROOT / "node_modules" / ".bin" / "node"  # the machine's may be too old
    return str(own) if own.exists() else shutil.which("node")


def runs(*command, **options):
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=True, **options)


def say(text):
    print(text, file=sys.stderr, flush=True)


def sha256(file):
    hashed = hashlib.sha256()
    with open(file, "rb") as f:
        while part := f.read(1 << 20):
            hashed.update(part)
    return hashed.hexdigest()


def read_json(file):
    return json.loads(Path(file).read_text())


def kept(folder, source, make):
    """Calls make() to fill an empty folder, unless its made-of.json says that the last call had an equal `source`."""
    note = folder / "made-of.json"
    if note.exists() and read_json(note) == json.loads(json.dumps(source)):
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make()
    note.write_text(json.dumps(source) + "\n")


def views_of(card):
    total = sum(view["weight"] for view in card["views"]["sum"])
    return {name_of(view): view["weight"] / total for view in card["views"]["sum"]}


def shipped(folder):
    return Model("shipped", Path(folder), views_of(read_json(Path(folder) / "card.json")))


def beside(shipped, arm):
    """A model folder that stands beside the shipped one's (words.BESIDE); None where it is not there."""
    folder = shipped.folder.parent / arm
    return Model(arm, folder, views_of(read_json(folder / "card.json"))) if folder.exists() else None


def generic(trunk, side, out):
    """ImageNet's trunk as a model folder, seen whole; None where its file is not there."""
    if not Path(trunk).exists():
        return None
    whole = {"views": {"sum": [{"of": "whole", "size": 1, "weight": 1}]}}
    source = {"trunk": sha256(trunk), "side": side}
    export(out, side, source, ["--untrained", Path(trunk).resolve(), "--id", "generic"], [whole])
    return Model("generic", out, GENERIC)


def trained(run, out):
    """The model of a finished training run NAME-SEED; None, with a line that says so, where it is not finished.

    The last line of metrics.jsonl says `end`. If it is there, run/card.json is laid over the card that is made.
    """
    config, metrics, checkpoint = (run / n for n in ("config.json", "metrics.jsonl", "last.pt"))
    if not all(file.exists() for file in (config, metrics, checkpoint)):
        say(f"{run.name}: no run (config.json, metrics.jsonl and last.pt make one); left out")
        return None
    end = json.loads(metrics.read_text().splitlines()[-1])
    if not end.get("end"):
        say(f"{run.name}: still in training at step {end.get('step')}; left out")
        return None
    config = read_json(config)
    cards = [read_json(run / "card.json")] if (run / "card.json").exists() else []
    side = config["sides"][-1]
    source = {"checkpoint": sha256(checkpoint), "side": side, "cards": cards}
    arguments = ["--checkpoint", checkpoint.resolve(), "--id", run.name]
    export(out, side, source, arguments, cards)
    arm, _, seed = run.name.rpartition("-")
    settings = settings_of(config)
    about = {"minutes": end["minutes"] * config.get("processes", 1), "steps": end["step"]}
    return Model(arm, out, views_of(read_json(out / "card.json")), int(seed), about, settings)


def settings_of(config):
    """Of a run's config, a dict, what says how it was trained."""
    beside = ("prepared", "pool", "trunk", "held_out", "evaluate_minutes", "checkpoint_minutes")
    return {key: value for key, value in config.items() if key not in beside}


def export(out, side, source, arguments, cards):
    def make():
        files = []
        for i, card in enumerate(cards):
            files += ["--card", out / f"card-{i}.json"]
            files[-1].write_text(json.dumps(card))
        say(f"exporting {out.name}")
        runs(node(), "training/golden.ts", out, "--side", side)
        path = os.pathsep.join([str(ROOT / "training"), os.environ.get("PYTHONPATH", "")])
        runs(sys.executable, "-m", "looksee_training.export", *arguments, "--side", side, *files, "--out", out,
             env={**os.environ, "PYTHONPATH": path}, stdout=subprocess.DEVNULL)  # fmt: skip

    kept(out, source, make)


def made_by(model):
    card = model.card
    return {"model": sha256(model.folder / "model.onnx"), **{key: card[key] for key in ("input", "outputs", "views")}}


def tables_of(data):
    """Which photos and pictures a set has."""
    return {file.name: sha256(file) for file in sorted(Path(data.folder).glob("*.csv"))}


def looks_of(model, data, part, out, limit):
    """The runtime's answers to one part of a set, made if need be."""
    views = set(model.weights) | {"whole"} | (set(SQUARES) if model.arm == "generic" else set())
    names = ",".join(sorted(view.replace("-", ":") for view in views))
    folder = out / "looks" / model.name / f"{data.name}-{part}"
    source = {**made_by(model), "tables": tables_of(data), "looks": names, "limit": limit}

    def make():
        say(f"{model.name} looks at {data.name}, {part}")
        runs(node(), "training/look.ts", data.kind, Path(data.folder).resolve(), part, folder.resolve(),
             "--model", model.folder.resolve(), "--views", names, *(["--limit", limit] if limit else []))  # fmt: skip

    kept(folder, source, make)
    looks = read_looks(folder, data.kind)
    with open(folder / "index.csv", newline="") as f:
        looks.labels = [row["label"] for row in csv.DictReader(f)]
    return looks


SHOP_TABLES = {"groceries": ("products.csv", "photos-val.csv"), "mall": ("catalog.csv", "photos.csv")}
SEARCHES = ("src/search", "src/ranking", "src/vision")  # what an answer depends on beside model and set


def answered(model, data, absent, out):
    """What `looksee eval` says of a set's photos, its catalogue imported as a shop's, and how many of `absent`, photos of what the shop
    has not, are told so; None of a model that no shop begins with."""
    if model.folder.resolve() != ROOT / "models" / "default":
        return None
    folder, (rows, photos) = out / "answered" / data.name, SHOP_TABLES[data.kind]
    answer, shop, here = folder / "figures.json", folder / "shop", Path(data.folder).resolve()
    source = {
        **made_by(model), "tables": tables_of(data), "absent": [file.name for file in absent], "card": sha256(model.folder / "card.json"),
        "search": {str(file.relative_to(ROOT)): sha256(file) for part in SEARCHES for file in sorted((ROOT / part).rglob("*.ts"))},
    }  # fmt: skip

    def make():
        say(f"{data.name}: imported and asked")
        looksee = (node(), "src/cli/main.ts", "--data", shop)
        runs(*looksee, "import", here / rows, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

        def asked(table):
            found = runs(*looksee, "--json", "eval", table, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            return json.loads(found.stdout)

        figures = {**asked(here / photos), "load": os.getloadavg()[0]}
        if absent:
            (folder / "absent.csv").write_text("".join(f"{line}\n" for line in ("file,itemId", *(f"{file}," for file in absent))))
            figures["noGoodMatch"]["caught"] = asked(folder / "absent.csv")["noGoodMatch"]["caught"]
        answer.write_text(json.dumps(figures) + "\n")
        shutil.rmtree(shop)

    kept(folder, source, make)
    return read_json(answer)


def bench(out, name, source, command):
    """The one JSON document of a bench, kept in out/bench/NAME; None, with a line that says why, where it fails."""
    folder = out / "bench" / name
    answer = folder / "figures.json"

    def make():
        say(f"bench {name}")
        answer.write_text(runs(*command, stdout=subprocess.PIPE, text=True).stdout)

    try:
        kept(folder, source, make)
    except subprocess.CalledProcessError as failure:
        say(f"bench {name} failed: {failure}")
        return None
    return read_json(answer)


def one_look(model, out):
    """The same network behind a card that sees the whole picture alone."""
    folder, card = out / "models" / f"{model.name}-one-look", model.card
    card["views"]["sum"] = [{"of": "whole", "size": 1, "weight": 1}]

    def make():
        shutil.copytree(model.folder, folder, dirs_exist_ok=True)
        (folder / "card.json").write_text(json.dumps(card) + "\n")

    kept(folder, {**made_by(model), "card": card}, make)
    return Model(f"{model.name}-one-look", folder, GENERIC)


def speed_of(model, out):
    """What bench/see.ts says of one photo on one core, as served ("one") and seen whole alone ("look"), and, of no arm of a
    comparison, of many photos on all cores ("many")."""

    def see(name, seen, *before):
        command = [*before, node(), "bench/main.ts", "see", "--json", "--pictures", "200"]
        figures = bench(out, f"see-{name}-{model.name}", made_by(seen), [*command, "--model", seen.folder.resolve()])
        if figures and figures["load"] > BUSY:
            (out / "bench" / f"see-{name}-{model.name}" / "made-of.json").unlink()  # to be measured again next time
        return figures

    core = ("taskset", "-c", "0")
    found = {"one": see("one", model, *core)}
    found["look"] = see("look", one_look(model, out), *core) if len(model.weights) > 1 else found["one"]
    if model.arm in ("shipped", *BESIDE):
        found["many"] = see("many", model)
    return found


def categories_of(model, data, table, group, out, limit):
    """What bench/categories.ts says of a table of photos; nothing on a limited run, which must not import them all."""
    if limit or not (Path(data) / table).exists():
        return None
    table = (Path(data) / table).resolve()
    source = {**made_by(model), "table": sha256(table), "group": group}
    command = ["categories", "--photos", table, "--group", group, "--model", model.folder.resolve(), "--json"]
    return bench(out, f"categories-{Path(data).name}", source, [node(), "bench/main.ts", *command])

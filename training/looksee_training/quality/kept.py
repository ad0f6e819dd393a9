"""What finished arms answered, a line each in training/arms.jsonl: their tables outlive the runs, whose training takes hours.

A line says what it was measured on and how it was trained; one whose photos or settings are others today is left out.
"""

import base64
import json

import numpy as np

from ..arms import runs_of
from . import made
from .measures import Answers

FILE = made.ROOT / "training" / "arms.jsonl"
ARMS_TOML = made.ROOT / "training" / "configs" / "arms.toml"


def packed(values):
    """Whole numbers 0 to 255 as text."""
    return base64.b64encode(np.asarray(values, np.uint8).tobytes()).decode()


def unpacked(text):
    return np.frombuffer(base64.b64decode(text), np.uint8).astype(int)


def line_of(model, asked):
    """What is kept of a model, an arm's; asked: name of a set -> Asked that has seen it."""
    sets = {}
    for name, one in asked.items():
        if model.seed not in one.seeds.get(model.arm, []):
            continue
        at = one.seeds[model.arm].index(model.seed)
        sets[name] = {
            "tables": made.tables_of(one.data),
            "answers": {
                way: {order: packed(places) for order, places in found[at].places.items()}
                for (arm, way), found in one.answers.items() if arm == model.arm
            },
        }  # fmt: skip
        if boxes := one.overlaps.get(model.arm):
            sets[name]["overlaps"] = packed(np.floor(boxes[at] * 100 + 1e-6))
    return {"arm": model.arm, "seed": model.seed, "run": model.run, "settings": model.settings, "sets": sets}


def keep(models, asked, file=FILE):
    """Puts the lines of these models into the file, in the place of what was there of the same arm and seed."""
    lines = {(line["arm"], line["seed"]): line for line in read(file)}
    for model in models:
        if model.seed is None or not model.folder:
            continue
        line, before = line_of(model, asked), lines.get((model.arm, model.seed))
        if before and before["settings"] == line["settings"]:
            line["sets"] = {**before["sets"], **line["sets"]}  # a set that is not on this machine stays
        lines[model.arm, model.seed] = line
    if lines:
        file.write_text("".join(json.dumps(lines[key]) + "\n" for key in sorted(lines)))


def read(file=FILE):
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def models(names, file=FILE, arms=ARMS_TOML):
    """The kept arms as models without a folder, but those called `names` ("ours-1"), which are there themselves."""
    found, now = [], {name: made.settings_of(config.as_dict()) for name, config in runs_of(arms.read_text()).items()}
    for line in read(file):
        model = made.Model(line["arm"], None, {}, line["seed"], line["run"], line["settings"], line["sets"])
        if model.name in names:
            continue
        if {**now.get(model.name, {}), **model.settings} != now.get(model.name):  # what it does not know had its default
            made.say(f"{model.name}: was trained by other settings than configs/arms.toml has now; left out")
            continue
        found.append(model)
    return found


def answers_of(kept, items):
    """way -> Answers, of which the places alone are known."""
    return {
        way: Answers(items, {order: unpacked(text) for order, text in places.items()})
        for way, places in kept["answers"].items()
    }


def overlaps_of(kept):
    """(n,) how much each found box and the true one overlap, to a hundredth below."""
    return unpacked(kept["overlaps"]) / 100

"""Measures the shipped model and what it is compared with on held-out sets, as the paper's tables; one command:

    training/quality.sh [--groceries DIR] [--mall DIR] [--large-mall DIR] [--clothing DIR] [--streets DIR]
                        [--trunk NPZ] [--arms DIR] [--model DIR] [--out DIR] [--limit N]

Everything is the runtime's own answer (look.ts, bench/). Writes OUT/report.html, one self-contained page with pictures
of the sets (so OUT stays out of the repository), OUT/results.json, docs/quality.md and its plots. What was looked at is
kept in OUT and looked at again only if model, set or views have changed; what is absent stands as "not measured".
--limit N: a trial on N pictures of each part, without benches; docs/ is left alone then. An arm is a finished run
DIR/NAME-SEED; what it answered is kept in training/arms.jsonl and stands for it where the run is gone.
"""

import argparse
import datetime
import json
import os
import shlex
import sys
from pathlib import Path

from . import kept, made
from .figures import Asked, boxes_of, codes_of, compared_on, recall_of, sureness
from .page import write_report
from .tables import sections
from .words import ARMS, BESIDE


def models_of(args, out):
    """The shipped model, the generic one, and every finished arm."""
    shipped = made.shipped(args.model)
    side = shipped.card["input"]["side"]
    beside = [*(made.beside(shipped, arm) for arm in BESIDE), made.generic(args.trunk, side, out / "models" / "generic")]
    arms = []
    for run in sorted(args.arms.glob("*-[0-9]*")):
        if run.name.rpartition("-")[0] not in ARMS:
            made.say(f"{run.name}: none of the arms {', '.join(ARMS)}; left out")
            continue
        if arm := made.trained(run, out / "models" / run.name):
            arms.append(arm)
    if not args.limit:
        arms += kept.models({model.name for model in arms})
    return [shipped, *(model for model in beside if model)] + sorted(arms, key=lambda model: (model.arm, model.seed))


def measure(args, out):
    models = models_of(args, out)
    shipped = models[0]
    sets = [
        made.Set("groceries", "groceries", args.groceries, "val"), made.Set("mall", "mall", args.mall, "photos"),
        made.Set("large mall", "mall", args.large_mall, "photos", arms=False),
        made.Set("streets", "streets", args.streets, "held-out", catalog=False),
        made.Set("clothing", "clothing", args.clothing, "held-out", catalog=False, arms=False),
    ]  # fmt: skip
    asked = {}
    for data in sets:
        if not data.folder or not data.folder.exists():
            made.say(f"{data.name}: no folder {data.folder or 'named'}; not measured")
            continue
        looking = models if data.arms else [m for m in models if m.arm == "shipped" or (data.catalog and m.arm == "closer")]
        asked[data.name] = Asked(data, [m for m in looking if data.catalog or m.arm != "generic"], out, args.limit)
    shops = {name: one for name, one in asked.items() if one.data.catalog}
    # One seed is as quick as another.
    timed = {m.arm: m for m in reversed(models) if m.folder and m.arm in ("shipped", *BESIDE, "boxed", "drawn", "masked")}
    if not args.limit:
        kept.keep(models, asked)
    strangers = asked["clothing"].looks["shipped"][0] if "clothing" in asked else None
    absent = [args.clothing.resolve() / file for file in strangers.files] if strangers else []
    results = {
        "about": about(args, models, asked),
        "sizes": {m.arm: (m.folder / "model.onnx").stat().st_size / 1e6 for m in models if m.arm in ("shipped", *BESIDE)},
        "recall": {name: recall_of(one) for name, one in shops.items()},
        "codes": {name: codes_of(one) for name, one in shops.items()},
        "compared": {name: compared_on(one) for name, one in shops.items()},
        "boxes": {name: boxes_of(asked[name]) for name in ("streets", "mall") if name in asked},
        "categories": {
            "clothing": made.categories_of(shipped, args.clothing, "photos.csv", "sender", out, args.limit),
            "mall": made.categories_of(shipped, args.mall, "photos.csv", "itemId", out, args.limit),
        },
        "sure": sureness(shipped, shops, strangers) if strangers and "groceries" in shops else None,
        **{name: printed(made.ROOT / "training" / f"{name}.jsonl") for name in ("strangers", "attended")},
        "answered": {} if args.limit else {name: made.answered(shipped, one.data, absent, out) for name, one in shops.items()},
        "speed": {} if args.limit else {arm: made.speed_of(model, out) for arm, model in timed.items()},
    }  # fmt: skip
    return results, asked


def printed(file):
    """What `looksee_training.strangers` and `looksee_training.attended` printed into such a file; nothing where that is not there."""
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def about(args, models, asked):
    arms = {}
    for model in models:
        if model.seed is not None:
            arms.setdefault(model.arm, []).append({"seed": model.seed, **model.run})
    shipped = models[0]
    malls = {
        name: made.read_json(one.data.folder / "mall.json") for name, one in asked.items() if one.data.kind == "mall"
    }
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = [line.split(":")[1].strip() for line in lines if line.startswith("model name")]
    flags = next((line for line in lines if line.startswith("flags")), "vnni")
    sums = "" if "vnni" in flags else ", without int8 sums (VNNI)"
    return {
        "model": shipped.card["id"], "views": len(shipped.weights), "side": shipped.card["input"]["side"],
        "modelSeeds": shipped.card.get("training", {}).get("seeds"), "generic": any(m.arm == "generic" for m in models),
        "arms": arms, "malls": malls, "date": datetime.date.today().isoformat(), "limit": args.limit,
        "machine": f"{len(cpu)} cores of {cpu[0]}{sums}" if cpu else f"{os.cpu_count()} cores", "load": os.getloadavg()[0],
        "command": " ".join(["training/quality.sh", *map(shlex.quote, args.given)]),
    }  # fmt: skip


def arguments(given):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    beside = made.ROOT.parent
    defaults = {
        "groceries": beside / "shared/data/groceries", "mall": beside / "malls/s13", "large-mall": None,
        "clothing": beside / "shared/data/clothing", "streets": beside / "shared/data/streets",
        "trunk": beside / "shared/pretrained/mobilenet_v2_imagenet.npz", "arms": made.ROOT / "training/runs/arms",
        "model": made.ROOT / "models/default", "out": made.ROOT / "training/runs/quality",
    }  # fmt: skip
    for name, default in defaults.items():
        shown = default and os.path.relpath(default, made.ROOT)
        parser.add_argument(f"--{name}", type=Path, default=default, help=f"default: {shown}")
    parser.add_argument("--limit", type=int, default=0)
    args = parser.parse_args(given)
    args.given = given
    return args


def draw_mall(folder):
    made.say(f"drawing a mall of 1,000 items, seed 13, in {folder}")
    settings = ["--items", 1000, "--seed", 13, "--photos-per-item", 1, "--out", folder.resolve()]
    made.runs(made.node(), "src/cli/main.ts", "mall", *settings)


def main():
    args = arguments(sys.argv[1:])
    if not args.mall.exists():
        draw_mall(args.mall)
    out = args.out.resolve()
    results, asked = measure(args, out)
    (out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    write_report(sections(results), results, asked, out, None if args.limit else made.ROOT / "docs")


if __name__ == "__main__":
    main()

"""Trains every arm of a comparison with every seed, one after another; a run that has ended is not trained again.

    python3 -m looksee_training.arms configs/arms.toml --run runs/arms [--only ours,triplet] [--share 1/2]

runs/arms/NAME-SEED is a run of its own, see train.py; the last line of its metrics.jsonl has the figures. `--share 2/2`
trains every second run: two processes side by side use both cores better than two threads.
"""

import argparse
import json
import tomllib
from pathlib import Path

from .config import Config, checked
from .batches import Plan
from .train import work


def runs_of(text):
    """TOML with seeds, base and arms -> {"NAME-SEED": Config}. Raises ValueError on an unknown key."""
    values = tomllib.loads(text)
    found = {}
    for name, changes in values["arms"].items():
        for seed in values["seeds"]:
            both = {**values["base"], **changes, "seed": seed}
            plan = {**values["base"].get("plan", {}), **changes.get("plan", {})}
            both["plan"] = Plan(**checked(Plan, plan, "plan."))
            found[f"{name}-{seed}"] = Config(**checked(Config, both, ""))
    return found


def has_ended(run):
    log = run / "metrics.jsonl"
    return log.exists() and any(json.loads(line).get("end") for line in log.read_text().splitlines())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("arms")
    parser.add_argument("--run", default="runs/arms")
    parser.add_argument("--only", help="names of arms, with commas between")
    parser.add_argument("--share", default="1/1", metavar="I/N")
    args = parser.parse_args()
    runs = runs_of(Path(args.arms).read_text())
    wanted = args.only.split(",") if args.only else None
    names = [name for name in runs if wanted is None or name.rsplit("-", 1)[0] in wanted]
    part, parts = (int(v) for v in args.share.split("/"))
    for name in names[part - 1 :: parts]:
        run = Path(args.run) / name
        if has_ended(run):
            continue
        run.mkdir(parents=True, exist_ok=True)
        (run / "config.json").write_text(json.dumps(runs[name].as_dict(), indent=2) + "\n")
        print(json.dumps({"run": name}), flush=True)
        work(0, runs[name], run, (run / "last.pt").exists())


if __name__ == "__main__":
    main()

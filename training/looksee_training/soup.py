"""The mean of a run's weights and of those that it went on from.

    python3 -m looksee_training.soup runs/default/last.pt --out runs/default/soup.pt

What was learnt before on other items stays, what was learnt since comes to it, and one network is served. Source: Model
soups, Wortsman et al., ICML 2022, of two; batch-norm statistics are taken anew, since those of neither fit the mean.
"""

import argparse
from pathlib import Path

import torch

from .batches import Plan
from .config import Config
from .train import settled, training_views


def mean_of(began, ended):
    """Two states of one network -> the mean of their weights, counters as they ended. Raises ValueError where the projections
    differ: number by number, their features then say different things, and so do the trunks that were trained for them."""
    key = "feature.project.weight"
    if not torch.allclose(began[key], ended[key], atol=1e-6):
        raise ValueError("SOUP_PROJECTION: the run has another projection than it began from; train it with projection = \"kept\"")
    return {name: (began[name] + value) / 2 if value.dtype.is_floating_point else value for name, value in ended.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", help="last.pt of a run with `start`")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    ended = torch.load(args.run, map_location="cpu")
    config = Config(**{**ended["config"], "plan": Plan(**ended["config"]["plan"])})
    began = torch.load(config.start, map_location="cpu")["average"]
    _, data = training_views(config)
    torch.save({**ended, "average": settled(mean_of(began, ended["average"]), data, config)}, Path(args.out))


if __name__ == "__main__":
    main()

"""The mean of the weights of several checkpoints, of runs and of what they went on from.

    python3 -m looksee_training.soup runs/shipped/default.pt runs/a/last.pt runs/b/last.pt --out runs/default/soup.pt

What was learnt before stays, what was learnt since comes to it, what one run has by chance goes, and one network is served.
Source: Model soups, Wortsman et al., ICML 2022, the uniform one; batch-norm statistics are taken anew, since those of none fit the mean.
"""

import argparse
from pathlib import Path

import torch

from .batches import Plan
from .checkpoints import read_checkpoint
from .config import Config
from .train import settled, training_views


def mean_of(states):
    """States of one network -> the mean of their weights, counters as in the last. Raises ValueError where projections differ:
    number by number, their features then say different things, and so do the trunks that were trained for them."""
    last, key = states[-1], "feature.project.weight"
    if not all(torch.allclose(state[key], last[key], atol=1e-6) for state in states):
        raise ValueError("SOUP_PROJECTION: not all have one projection; train the runs from one start with projection = \"kept\"")
    return {name: mean_tensor([state[name] for state in states]) for name in last}


def mean_tensor(tensors):
    """What is equal everywhere stays to the bit (the stages that networks share); counters are the last one's."""
    last = tensors[-1]
    if not last.dtype.is_floating_point or all(torch.equal(tensor, last) for tensor in tensors):
        return last
    return torch.stack(tensors).mean(0)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoints", nargs="+", help="the last is a run's; its views settle the batch norms")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    found = [read_checkpoint(checkpoint) for checkpoint in args.checkpoints]
    last = found[-1]
    config = Config(**{**last["config"], "plan": Plan(**last["config"]["plan"])})
    _, data = training_views(config)
    mean = mean_of([state["average"] for state in found])
    torch.save({**last, "average": settled(mean, data, config)}, Path(args.out))


if __name__ == "__main__":
    main()

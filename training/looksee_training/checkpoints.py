"""What a run keeps of itself (last.pt), for whoever goes on from it."""

import torch


def read_checkpoint(file):
    """The state that train.py, soup.py or unfold.py wrote: a dict with `config` and the weights, on the CPU. Raises ValueError for a file that
    is not there, is cut short, or holds something else."""
    try:
        state = torch.load(file, map_location="cpu")
    except FileNotFoundError:
        raise ValueError(f"CHECKPOINT_MISSING: {file} is not there; name a run's last.pt") from None
    except Exception as fault:  # zipfile, pickle and torch each refuse in words of their own, without the file's name
        raise ValueError(f"CHECKPOINT_BROKEN: {file} is cut short or no checkpoint; take the run's last.pt, or train it again") from fault
    if not isinstance(state, dict) or "config" not in state:
        raise ValueError(f"CHECKPOINT_BROKEN: {file} is a file of torch's and no run's; name a run's last.pt")
    return state

"""What finished runs together find a picture to be, for another run to learn beside the truth."""

import glob

import torch

from .checkpoints import read_checkpoint
from .export import load_network
from .losses import as_feature
from .trunk import STAGES


class Teachers:
    """Networks of finished runs on the same items. They meet the very views that the student meets, from the first stages on that none
    of them trains: a teacher that only saw the whole picture says of a window what is not to be seen in it.

    Sources: Hinton et al., "Distilling the knowledge in a neural network", 2015, for teaching one network what several find; Beyer et
    al., "Knowledge distillation: a good teacher is patient and consistent", CVPR 2022, for the same view.
    """

    def __init__(self, files, data, items):
        """files: last.pt of runs, a pattern. data: kind -> sha256 of the sets, items: how many there are to tell apart, as the student has them.
        Raises ValueError where no file is, or a run is not at its end or its file not whole, or one has learnt other items: their numbers would mean other things."""
        states = {file: read_checkpoint(file) for file in sorted(glob.glob(files))}
        if not states:
            raise ValueError(f"TEACHER_NONE: no finished run is {files}; train it first")
        for file, state in states.items():
            if state["step"] < state["config"]["steps"]:
                raise ValueError(f"TEACHER_UNFINISHED: {file} stands at step {state['step']} of {state['config']['steps']}; wait for it")
            if state["data"] != data or len(state["bank"]) != items:
                raise ValueError(f"TEACHER_ITEMS: {file} has learnt {len(state['bank'])} items of {state['data']}, not these {items}")
        self.networks = [load_network(file).to(memory_format=torch.channels_last) for file in states]
        self.catalogs = [as_feature(state["bank"]) for state in states.values()]

    @torch.no_grad()
    def likely(self, stem, temperature):
        """stem: (n, 32, h, w), what the first stages make of n views -> (n, items), how likely each view shows each item: a softmax of the
        mean of the teachers' cosines with the catalogue pictures, as when all are asked together."""
        alike = [
            as_feature(network(stem, start=STAGES)["raw"]) @ catalog.T for network, catalog in zip(self.networks, self.catalogs)
        ]  # fmt: skip
        return (torch.stack(alike).mean(0) / temperature).softmax(1)

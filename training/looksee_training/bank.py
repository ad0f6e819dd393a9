"""The latest feature of every item's catalogue picture: prototypes that need no forward pass."""

from functools import partial

import torch

from .losses import as_feature, as_code


class Bank:
    """raw (items, 512), detached; and as the losses compare them, feature and code (`as_code`). Items not seen yet have a
    random far vector."""

    def __init__(self, items, width, hard_signs=False):
        self.as_code = partial(as_code, hard=hard_signs)
        self.load(torch.randn(items, width, generator=torch.Generator().manual_seed(0)))

    def load(self, raw):
        self.raw, self.feature, self.code = raw, as_feature(raw), self.as_code(raw)

    def store(self, raw, item):
        raw = raw.detach()
        self.raw[item], self.feature[item], self.code[item] = raw, as_feature(raw), self.as_code(raw)

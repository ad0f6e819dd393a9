"""The latest raw feature of every item's catalogue picture: prototypes that need no forward pass."""

import torch

from .batches import CATALOG


class Bank:
    """(items, 512) raw features, detached; items not seen yet are masked out by a random far vector."""

    def __init__(self, items, width):
        generator = torch.Generator().manual_seed(0)
        self.raw = torch.randn(items, width, generator=generator)

    def with_live(self, raw, item, role):
        """The bank with the batch's own catalogue pictures laid over it; gradients flow through those rows."""
        live = (role == CATALOG) & (item >= 0)
        return self.raw.index_copy(0, item[live], raw[live])

    def store(self, raw, item):
        self.raw[item] = raw.detach()

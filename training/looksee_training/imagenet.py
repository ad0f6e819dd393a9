"""What ImageNet's own network says of a picture, which a run that learns a shop's products is not to forget."""

import torch
import torch.nn.functional as F

from .trunk import STAGES, build_trunk, read_weights, run_trunk


class ImageNet:
    """The trunk as it came, with its classifier of 1,000 kinds. It meets the very views that a run meets, from the first stages on that
    the run does not train, and what the run's last map would make this classifier say is held to what the trunk's own says.

    A shop's few products and photos leave most of what tells pictures apart unused, and what is unused is lost; what it was good for
    are the scenes and the products that the shop has not shown yet. Source: Li and Hoiem, "Learning without forgetting", ECCV 2016.
    """

    def __init__(self, npz):
        """npz: mobilenet_v2_imagenet.npz. Raises ValueError as `build_trunk`."""
        self.trunk = build_trunk(npz).eval().to(memory_format=torch.channels_last)
        weights = read_weights(npz)
        self.weight, self.bias = weights["classifier.1.weight"], weights["classifier.1.bias"]

    def classified(self, deep):
        """deep: a trunk's last map (n, 1280, h, w) -> logits (n, 1000)."""
        return F.linear(deep.mean((2, 3)), self.weight, self.bias)

    @torch.no_grad()
    def says(self, stem):
        """stem: (n, 32, h, w), what the first stages make of n views -> logits (n, 1000)."""
        return self.classified(run_trunk(self.trunk, stem, STAGES)[1])

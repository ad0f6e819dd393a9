"""MobileNetV2 1.0 trained on ImageNet (Apache-2.0), read from a .npz of torchvision's state_dict names."""

import copy
import zipfile

import numpy as np
import torch
import torch.nn.functional as F
import torchvision
from torch.nn.utils.fusion import fuse_conv_bn_eval

STAGES = 7  # of 19 keep ImageNet's weights: edges, colours and textures; training what follows is quicker, and better
CHANNELS_8 = 32  # of the last stage that keeps them, features[6], stride 8
CHANNELS_16 = 96  # of the last block at stride 16, features[13]
CHANNELS_32 = 1280  # of the last convolution, features[18], stride 32


class SamePadding(torch.nn.Module):
    """Pads right and below only, as TensorFlow's SAME does before a stride-2 convolution of an even side."""

    def forward(self, x):
        return F.pad(x, (0, 1, 0, 1))


class PaddedConv(torch.nn.Conv2d):
    """SamePadding and the convolution after it as one ONNX operation, for serving: an operation of its own for the
    padding costs a seventh of the network's time (2.89 -> 2.46 ms on one core)."""

    def __init__(self, conv):
        super().__init__(conv.in_channels, conv.out_channels, conv.kernel_size, conv.stride, groups=conv.groups)
        self.weight, self.bias = conv.weight, conv.bias

    def forward(self, x):
        return PaddedConv.Operation.apply(x, self.weight, self.bias, self.groups)

    class Operation(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, weight, bias, groups):
            return F.conv2d(F.pad(x, (0, 1, 0, 1)), weight, bias, stride=2, groups=groups)

        @staticmethod
        def symbolic(g, x, weight, bias, groups):
            return g.op("Conv", x, weight, bias, kernel_shape_i=[3, 3], strides_i=[2, 2], pads_i=[0, 0, 1, 1],
                        group_i=groups)  # fmt: skip


def read_weights(npz):
    """Weights of mobilenet_v2_imagenet.npz by name. Raises ValueError for a file that is not there, or is cut short."""
    try:
        with np.load(npz) as z:
            return {name: torch.from_numpy(z[name]) for name in z.files}
    except FileNotFoundError:
        raise ValueError(f"TRUNK_MISSING: {npz} is not there; name ImageNet's weights as its .npz") from None
    except (OSError, EOFError, ValueError, zipfile.BadZipFile) as fault:
        raise ValueError(f"TRUNK_BROKEN: {npz} is cut short or no .npz; copy it again") from fault


def build_trunk(npz=None):
    """The 19 stages of MobileNetV2's `features`, strided convolutions padded as the ImageNet weights expect.

    npz: path of mobilenet_v2_imagenet.npz, or None for random weights.
    Input float (n, 3, s, s) in -1..1, s a multiple of 32. Raises ValueError as `read_weights`, and if the file lacks one.
    """
    net = torchvision.models.mobilenet_v2()
    if npz is not None:
        missing = net.load_state_dict(read_weights(npz), strict=False).missing_keys
        missing = [k for k in missing if not k.endswith("num_batches_tracked")]
        if missing:
            raise ValueError(f"TRUNK_WEIGHTS: {npz} lacks {missing[:3]}")
    stages = torch.nn.Sequential(*net.features)
    for module in list(stages.modules()):
        for name, child in list(module.named_children()):
            if isinstance(child, torch.nn.Conv2d) and child.stride == (2, 2):
                child.padding = (0, 0)
                setattr(module, name, torch.nn.Sequential(SamePadding(), child))
    return stages


def run_trunk(stages, x, start=0):
    """x: (n, 3, s, s) -> (n, 96, s/16, s/16), (n, 1280, s/32, s/32); with start > 0, x is the output of stage start-1."""
    for i in range(start, len(stages)):
        x = stages[i](x)
        if i == 13:
            middle = x
    return middle, x


def frozen_stem(stages, count):
    """The first `count` stages as a copy with their batch norms folded in: for training what follows them.

    They work at the highest resolution, so they cost the most and change the least.
    """
    return fold(copy.deepcopy(stages[:count]).eval()).to(memory_format=torch.channels_last)


def fold(module):
    """Folds every batch norm into the convolution before it, in place; for evaluation only."""
    for child in module.children():
        fold(child)
    before = None
    for name, child in list(module.named_children()):
        if isinstance(child, torch.nn.BatchNorm2d) and before is not None:
            holder, key = before
            holder._modules[key] = fuse_conv_bn_eval(holder._modules[key], child)
            module._modules[name] = torch.nn.Identity()
        before = convolution_at(module, name)
    return module


def norms_after(module, within=""):
    """Every batch norm that stands behind a convolution, as pairs of the convolution's name and the norm."""
    before = None
    for name, child in module.named_children():
        if isinstance(child, torch.nn.BatchNorm2d) and before is not None:
            yield before, child
        found = convolution_at(module, name)
        before = found and within + (f"{name}.1" if found[1] == "1" and found[0] is child else name)
        yield from norms_after(child, f"{within}{name}.")


def join_padding(stages):
    """Puts every SamePadding into its convolution, in place, the weights' names unchanged; after `fold`."""
    for module in list(stages.modules()):
        if isinstance(module, torch.nn.Sequential) and len(module) == 2 and isinstance(module[0], SamePadding):
            module[0], module[1] = torch.nn.Identity(), PaddedConv(module[1])


def convolution_at(module, name):
    child = module._modules[name]
    if isinstance(child, torch.nn.Conv2d):
        return module, name
    if isinstance(child, torch.nn.Sequential) and len(child) == 2 and isinstance(child[0], SamePadding):
        return child, "1"
    return None

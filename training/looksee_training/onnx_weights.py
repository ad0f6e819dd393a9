"""The PyTorch network of a model folder, its weights read back from model.onnx."""

import json
import re
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper

from .model import Network, Places, Projection, Served, folded
from .trunk import CHANNELS_8, CHANNELS_16, CHANNELS_32, STAGES


def read_onnx(folder):
    """The ONNX model of a model folder. Raises ValueError for a file that is not there, is cut short, or holds something else."""
    file = Path(folder) / "model.onnx"
    try:
        return onnx.load(str(file))
    except FileNotFoundError:
        raise ValueError(f"ONNX_MISSING: {file} is not there; name a model folder") from None
    except Exception as fault:  # protobuf refuses in words of its own, without the file's name
        raise ValueError(f"ONNX_BROKEN: {file} is cut short or no ONNX file; export it again") from fault


def load_served(folder):
    """Served network and card of a model folder. Raises ValueError as `read_onnx`, RuntimeError when the file holds other weights than the network."""
    folder = Path(folder)
    graph = read_onnx(folder).graph
    found = {renamed(t.name): torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
    networks, projection = networks_of(found)
    served = Served(networks, projection).eval()
    for name in ("networks.0.box.cells.weight", "networks.0.box.cells.bias"):
        missing = len(served.state_dict()[name]) - len(found[name])  # a model from before further objects has no map of middles
        found[name] = torch.cat([found[name], found[name].new_zeros(missing, *found[name].shape[1:])])
    # Only the first network's boxes are served; those of another are in the file where its feature sees what is in them.
    unserved = [f"networks.{n}.label." for n in range(len(networks))]
    unserved += [f"networks.{n}.box." for n, network in enumerate(networks) if n and not network.masked]
    wanted = {k for k in served.state_dict() if not k.endswith("num_batches_tracked") and not k.startswith(tuple(unserved))}
    if missing := wanted - set(found):
        raise RuntimeError(f"ONNX_WEIGHTS: {folder / 'model.onnx'} lacks {sorted(missing)[:3]}")
    served.load_state_dict({k: found[k] for k in wanted}, strict=False)
    return served, json.loads((folder / "card.json").read_text())


def networks_of(found):
    """Networks of the shapes that a file's weights have, and the projection that they share, or None."""
    shapes = [found[name].shape for name in sorted(found) if name.endswith(".feature.project.weight")]
    networks = [folded(Network(masked=pooled == 2 * CHANNELS_32, width=width)) for width, pooled in shapes]
    projection = None
    if "projection.mean" in found:
        projection = Projection(len(found["projection.mean"]))
        networks = [folded(Network(masked=masked)) for masked in masks_of(found)]
    for other in networks[1:]:
        other.trunk[:STAGES].load_state_dict(networks[0].trunk[:STAGES].state_dict())
    return networks, projection


def masks_of(found):
    """Which networks see what is in their box, where all share one projection: its numbers tell how many, a box head which."""
    count = 1 + max(int(name.split(".")[1]) for name in found if name.startswith("networks."))
    others = [f"networks.{n}.box.cells.weight" in found for n in range(1, count)]
    placed = 2 * Places.COUNT**2 * (CHANNELS_8 + count * CHANNELS_16)
    first = len(found["projection.mean"]) - placed == CHANNELS_32 * (count + sum(others) + 1)
    return [first, *others]


def renamed(name):
    """A weight's name today; models from before two networks could share a stem had one, called `network`."""
    stage = re.match(r"network\.trunk\.(\d+)\.", name)
    if stage and int(stage[1]) < STAGES:
        return name.replace("network.trunk", "stem", 1)
    return re.sub(r"^network\.", "networks.0.", name)

"""The PyTorch network of a model folder, its weights read back from model.onnx."""

import json
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper

from .model import FEATURE_WIDTH, Network, Served, folded
from .trunk import CHANNELS_32

TRAINING_ONLY = "network.label."


def load_served(folder):
    """Served network and card of a model folder. Raises RuntimeError when the file holds other weights than the network."""
    folder = Path(folder)
    graph = onnx.load(str(folder / "model.onnx")).graph
    found = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
    masked = found["network.feature.project.weight"].shape[1] == 2 * CHANNELS_32
    whitening = (torch.eye(FEATURE_WIDTH), torch.zeros(FEATURE_WIDTH)) if "whitening.weight" in found else None
    served = Served(folded(Network(masked=masked)), whitening).eval()
    for name in ("network.box.cells.weight", "network.box.cells.bias"):
        missing = len(served.state_dict()[name]) - len(found[name])  # a model from before further objects has no map of middles
        found[name] = torch.cat([found[name], found[name].new_zeros(missing, *found[name].shape[1:])])
    wanted = {k for k in served.state_dict() if not k.endswith("num_batches_tracked") and not k.startswith(TRAINING_ONLY)}
    served.load_state_dict({k: v for k, v in found.items() if k in wanted}, strict=False)
    missing = wanted - set(found)
    if missing:
        raise RuntimeError(f"ONNX_WEIGHTS: {folder / 'model.onnx'} lacks {sorted(missing)[:3]}")
    return served, json.loads((folder / "card.json").read_text())

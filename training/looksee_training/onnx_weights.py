"""The PyTorch network of a model folder, its weights read back from model.onnx."""

import json
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper

from .model import Network, Served, folded
from .trunk import CHANNELS_32


def load_served(folder):
    """Served network and card of a model folder. Raises RuntimeError when the file holds other weights than the network."""
    folder = Path(folder)
    graph = onnx.load(str(folder / "model.onnx")).graph
    found = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
    masked = found["network.feature.project.weight"].shape[1] == 2 * CHANNELS_32
    served = Served(folded(Network(masked=masked))).eval()
    wanted = {k for k in served.state_dict() if not k.endswith("num_batches_tracked")}
    served.load_state_dict({k: v for k, v in found.items() if k in wanted}, strict=False)
    missing = wanted - set(found)
    if missing:
        raise RuntimeError(f"ONNX_WEIGHTS: {folder / 'model.onnx'} lacks {sorted(missing)[:3]}")
    return served, json.loads((folder / "card.json").read_text())

"""A network in int8 gives nearly the features that it gives in float32; where onnxruntime is not installed, nothing is asked."""

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
from looksee_training.quantize import BATCH, answers_of, quantize  # before torch
from looksee_training import export
from looksee_training.export import served, write_onnx
from looksee_training.model import Network
import torch


def test_int8_answers_nearly_as_float32_in_half_the_bytes(tmp_path):
    torch.manual_seed(0)
    network = Network(width=512).train()
    pictures = np.random.default_rng(0).integers(0, 256, (4 * BATCH, 8, 8, 3), np.uint8).repeat(8, 1).repeat(8, 2)
    for module in network.modules():
        module.momentum = None  # of batch norms: the plain mean
    with torch.no_grad():
        for _ in range(3):
            network(torch.from_numpy(pictures).permute(0, 3, 1, 2).float() / 127.5 - 1)
    exact = served([network.eval()])
    write_onnx(exact, tmp_path / "float.onnx", 64)
    quantize(tmp_path / "float.onnx", tmp_path / "int8.onnx", pictures)
    with torch.no_grad():
        wanted = [np.asarray(out) for out in export.answers_of(exact)(pictures[:8])]
    found = answers_of(tmp_path / "int8.onnx")(pictures[:8])
    alike = wanted[3] @ found[3].T
    own = alike.diagonal().copy()
    np.fill_diagonal(alike, -1)
    assert own.min() > 0.5 and own.min() > alike.max() + 0.2, (own, alike.max())  # a network of random weights is the hardest
    assert (tmp_path / "int8.onnx").stat().st_size < (tmp_path / "float.onnx").stat().st_size / 2

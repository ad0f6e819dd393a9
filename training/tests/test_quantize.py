"""A network in int8 gives nearly the features that it gives in float32; where onnxruntime is not installed, nothing is asked."""

import numpy as np
import pytest

pytest.importorskip("onnxruntime")
import onnx
from onnx import numpy_helper
from looksee_training.quantize import BATCH, answers_of, quantize, ranges  # before torch
from looksee_training import export
from looksee_training.export import served, write_onnx
from looksee_training.model import Network
import torch


def pairs_of(weight):
    """Weights (out, in, ...) as they are multiplied, two neighbouring inputs at a time: (out, n, 2)."""
    rows = np.moveaxis(weight, 1, -1).reshape(len(weight), -1)
    return np.pad(rows, ((0, 0), (0, rows.shape[1] % 2))).reshape(len(rows), -1, 2).astype(int)


@pytest.mark.parametrize("shape", [(64, 97), (64, 96, 1, 1), (32, 3, 3, 3)])
def test_no_sum_of_two_products_leaves_16_bits(shape):
    random = np.random.default_rng(0)
    weight = random.normal(size=shape).astype(np.float32)

    def lost(reach):
        """How often the largest activations, where they add up, come to another sum in 16 bits than in 32."""
        rows = pairs_of(np.rint(weight / (reach.reshape(-1, *[1] * (len(shape) - 1)) / 127)))
        sums = np.concatenate([255 * np.maximum(rows, 0).sum(2), 255 * np.minimum(rows, 0).sum(2)])
        return (sums != np.clip(sums, -32768, 32767)).mean()

    assert lost(ranges(weight)) == 0
    assert lost(np.abs(weight).reshape(len(weight), -1).max(1)) > 0.01  # the control: each row's largest number alone


def test_a_depthwise_row_keeps_all_of_its_steps():
    weight = np.random.default_rng(0).normal(size=(16, 1, 3, 3)).astype(np.float32)
    assert (ranges(weight) == np.abs(weight).max((1, 2, 3))).all()


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
    stored = {t.name: numpy_helper.to_array(t) for t in onnx.load(tmp_path / "int8.onnx").graph.initializer}
    weights = [w for name, w in stored.items() if name.endswith("weight_quantized") and w.shape[1] > 1]
    assert len(weights) > 30
    most = max(np.abs(np.where(pairs.prod(2) > 0, pairs.sum(2), 0)).max() for pairs in map(pairs_of, weights))
    assert 120 < most <= 128, most

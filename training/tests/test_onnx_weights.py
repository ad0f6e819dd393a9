"""A model file that cannot be read is refused by its name."""

from pathlib import Path

import pytest

from looksee_training.onnx_weights import load_served, read_onnx

SHIPPED = Path(__file__).parents[2] / "models" / "float32"


def test_a_network_cut_short_absent_or_something_else_is_refused_by_name(tmp_path):
    file = tmp_path / "model.onnx"
    with pytest.raises(ValueError, match=f"ONNX_MISSING: {file}"):
        load_served(tmp_path)
    for content in ((SHIPPED / "model.onnx").read_bytes()[:100_000], b"no network, but words"):
        file.write_bytes(content)
        with pytest.raises(ValueError, match=f"ONNX_BROKEN: {file}"):
            load_served(tmp_path)
    assert len(read_onnx(SHIPPED).graph.initializer) > 100

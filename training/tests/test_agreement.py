"""TypeScript prepares, both sides run: 200 pictures through the runtime and through PyTorch give the same answers.

PyTorch's weights are read back from the float32 model.onnx, so the committed file itself is compared, not a checkpoint beside
it. The int8 model that is served is held to it by wider bounds.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
import torch

from looksee_training.export import to_input

ROOT = Path(__file__).parents[2]
MODEL = Path(os.environ.get("LOOKSEE_MODEL", ROOT / "models" / "float32"))
SERVED = ROOT / "models" / "default"


def node():
    own = ROOT / "node_modules" / ".bin" / "node"  # the machine's may be too old
    return str(own) if own.exists() else shutil.which("node")


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    return answered(MODEL, tmp_path_factory.mktemp("agree"))


def answered(model, out):
    """What the runtime makes of the 200 pictures with the model of a folder."""
    if not (model / "model.onnx").exists():
        pytest.skip(f"{model} holds no model.onnx")
    if not (ROOT / "node_modules" / "sharp").exists():
        pytest.skip("node_modules is absent: run npm ci first")
    subprocess.run([node(), "training/agree.ts", str(out), "--model", str(model)], cwd=ROOT, check=True)
    about = json.loads((out / "about.json").read_text())
    count, side = about["count"], about["side"]
    found = {n: np.fromfile(out / f"{n}.bin", np.float32).reshape(count, -1) for n in ("category", "box", "feature")}
    found["pixels"] = np.fromfile(out / "tensors.bin", np.uint8).reshape(count, side, side, 3)
    return found, about


@pytest.fixture(scope="module")
def torch_answers(answers):
    pytest.importorskip("onnx")
    from looksee_training.onnx_weights import load_served

    served, card = load_served(MODEL)
    assert card["input"]["mean"] == card["input"]["std"] == [0.5] * 3, "to_input is for -1..1"
    with torch.no_grad():
        parts = [served(to_input(answers[0]["pixels"][at : at + 20])) for at in range(0, 200, 20)]
    category, box, _, feature, *_ = (torch.cat(p).numpy() for p in zip(*parts))
    return {"category": category, "box": box, "feature": feature}


def test_two_hundred_pictures_large_ones_too(answers):
    found, about = answers
    assert about["count"] == len(found["pixels"]) == 200 and about["largest"] >= 3000
    spread = found["pixels"].reshape(200, -1).std(1)
    assert (spread > 5).all(), "a flat tensor would agree with anything"
    assert len({p.tobytes() for p in found["pixels"]}) == 200


def test_feature_cosine_is_at_least_0_999(answers, torch_answers):
    cosine = (answers[0]["feature"] * torch_answers["feature"]).sum(1)
    assert cosine.min() >= 0.999, f"worst {cosine.min():.6f} at picture {cosine.argmin()}"
    others = answers[0]["feature"] @ torch_answers["feature"].T
    np.fill_diagonal(others, -1)
    assert np.median(others.max(1)) < 0.999, "features of different pictures must differ, or the check says nothing"


def test_sign_bits_boxes_and_categories_agree(answers, torch_answers):
    bits = (answers[0]["feature"] > 0) == (torch_answers["feature"] > 0)
    assert bits.mean() >= 0.999
    assert np.abs(answers[0]["box"] - torch_answers["box"]).max() <= 0.005
    assert (answers[0]["category"].argmax(1) == torch_answers["category"].argmax(1)).mean() >= 0.99


def test_int8_is_near_float32(answers, tmp_path):
    wanted, (found, _) = answers[0], answered(SERVED, tmp_path)
    assert (found["pixels"] == wanted["pixels"]).all(), "both cards must prepare alike"
    cosine = (found["feature"] * wanted["feature"]).sum(1)
    assert cosine.mean() >= 0.995 and cosine.min() >= 0.98, (cosine.mean(), cosine.min())
    assert ((found["feature"] > 0) == (wanted["feature"] > 0)).mean() >= 0.97
    assert np.abs(found["box"] - wanted["box"]).mean() <= 0.01
    assert (found["category"].argmax(1) == wanted["category"].argmax(1)).mean() >= 0.98
    assert (found["feature"] != wanted["feature"]).any(), "two files, or nothing is compared"

"""Writes a model folder: model.onnx, card.json, golden.json for the pictures that golden.ts put there.

    python3 -m looksee_training.export --checkpoint runs/A/last.pt --checkpoint runs/B/last.pt --card cards/default.json --out ../models/default
    python3 -m looksee_training.export --model ../models/float32 --id NAME --card cards/default.json --out ../models/float32     (another card)
    python3 -m looksee_training.export --untrained TRUNK.npz --out ../models/default     (a stand-in for wiring tests)
"""

import argparse
import hashlib
import json
import warnings
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from .categories import CATEGORIES
from .checkpoints import read_checkpoint
from .model import FEATURE_WIDTH, Network, Served, folded
from .onnx_weights import load_served

INPUT = "picture"  # the network's
HALF = 127.5  # of a pixel's range


def load_network(checkpoint):
    """The evaluation network of a training checkpoint: its averaged weights if it has them."""
    state = read_checkpoint(checkpoint)
    config = state["config"]
    network = Network(masked=config.get("masked", False), width=config.get("width", FEATURE_WIDTH))
    network.load_state_dict(state.get("average") or state["network"])
    return network.eval()


def write_onnx(served, file, side):
    """served: a `Served` in evaluation mode. float32 (n, 3, s, s) in, n and s free; opset 13."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of shapes that are meant to stay symbolic
        torch.onnx.export(
            served, torch.zeros(2, 3, side, side), str(file), opset_version=13,
            input_names=[INPUT], output_names=list(Served.OUTPUTS),
            dynamic_axes={INPUT: {0: "n", 2: "s", 3: "s"}, **{name: {0: "n"} for name in Served.OUTPUTS}},
        )  # fmt: skip


def served(networks):
    """As `Served`, for serving: batch norms and paddings folded away, which the stems share."""
    return Served([folded(network) for network in networks]).eval()


def to_input(pixels):
    """uint8 (n, s, s, 3) -> float (n, 3, s, s) in -1..1, as the card says."""
    return torch.from_numpy(np.ascontiguousarray(pixels)).permute(0, 3, 1, 2).float() / HALF - 1


def write_golden(answers, folder, side, model_id):
    """golden.json: what `answers` (uint8 (n, s, s, 3) -> Served.OUTPUTS) gives for the PNGs in folder/golden, side x side
    each, for the runtime to compare with.

    The PNGs are what the runtime's decoder makes of the JPEGs beside them (golden.ts writes both).
    """
    files = sorted((folder / "golden").glob("*.png"))
    pixels = np.stack([np.asarray(Image.open(file).convert("RGB")) for file in files])
    if pixels.shape[1:] != (side, side, 3):
        raise ValueError(f"GOLDEN_SIDE: {files[0]} is not {side} x {side}; run golden.ts with --side {side}")
    with torch.no_grad():
        outputs = [np.asarray(o) for o in answers(pixels)]
    cases = []
    for i, (file, image) in enumerate(zip(files, pixels)):
        category, box, score, feature = (o[i] for o in outputs[:4])
        cases.append({
            "picture": f"golden/{file.name}", "source": f"golden/{file.stem}.jpg",
            "sha256": hashlib.sha256(image.tobytes()).hexdigest(),
            "outputs": {
                "category": rounded(category), "box": rounded(box),
                "boxScore": round(float(score), 6), "feature": rounded(feature),
            },
        })  # fmt: skip
    (folder / "golden.json").write_text(json.dumps({"model": model_id, "cases": cases}) + "\n")


def answers_of(served):
    """What a `Served` answers to uint8 (n, s, s, 3), as a function."""
    return lambda pixels: served(to_input(pixels))


def rounded(values, digits=6):
    return [round(float(v), digits) for v in values]


def base_card(model_id, side):
    """The card's fixed parts; training, quality and calibration are filled in by the caller."""
    return {
        "id": model_id, "version": 1,
        "input": {
            "name": INPUT, "side": side, "working": 512, "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5],
            "layout": "NCHW", "fit": "contain",
        },
        "outputs": {
            "category": {"name": "category", "kind": "logits"},
            "box": {"name": "box", "score": "boxScore"},
            "feature": {"name": "feature", "width": FEATURE_WIDTH},
            "objects": {"boxes": "boxes", "scores": "boxScores", "categories": "boxCategories"},
        },
        "categories": list(CATEGORIES),
        "views": {
            "sum": [{"of": "whole", "size": 1, "weight": 0.5}, {"of": "box", "size": 1.15, "weight": 0.5}],
            "minBoxScore": 0.2,
        },
        "codeThresholds": None,
        "calibration": {"score": {"slope": 12.0, "intercept": -6.0}, "noGoodMatch": 0.3},
        "training": {}, "quality": {},
    }  # fmt: skip


def merge(base, parts):
    """`parts` laid over `base`, dictionaries merged, everything else replaced."""
    for key, value in parts.items():
        base[key] = merge(base[key], value) if isinstance(value, dict) and isinstance(base.get(key), dict) else value
    return base


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--checkpoint", action="append", help="several share one stem; boxes are the first one's")
    source.add_argument("--model", help="a model folder in float32")
    source.add_argument("--untrained", help="the trunk's .npz: ImageNet features through a random projection")
    parser.add_argument("--card", action="append", default=[], help="JSON laid over the card; may be given often")
    parser.add_argument("--id", default="looksee-1")
    parser.add_argument("--side", type=int, default=160)
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    torch.manual_seed(0)
    network = load_served(args.model)[0] if args.model else served(networks_of(args))
    folder = Path(args.out)
    folder.mkdir(parents=True, exist_ok=True)
    card = base_card(args.id, args.side)
    for file in args.card:
        card = merge(card, json.loads(Path(file).read_text()))
    write_onnx(network, folder / "model.onnx", card["input"]["side"])
    write_golden(answers_of(network), folder, card["input"]["side"], card["id"])
    (folder / "card.json").write_text(json.dumps(card, indent=2) + "\n")
    print(f"{folder / 'model.onnx'}: {(folder / 'model.onnx').stat().st_size / 1e6:.1f} MB")


def networks_of(args):
    return [load_network(file) for file in args.checkpoint or ()] or [untrained(args.untrained)]


def untrained(npz):
    """ImageNet's trunk; the feature is a random orthogonal projection of the pooled 1,280, centred roughly."""
    network = Network(npz).eval()
    torch.nn.init.orthogonal_(network.feature.project.weight)
    with torch.no_grad():
        pooled_mean = 0.35  # of ReLU6 activations after pooling, near enough for a stand-in
        network.feature.centre.running_mean.copy_(network.feature.project.weight.sum(1) * pooled_mean)
    return network


if __name__ == "__main__":
    main()

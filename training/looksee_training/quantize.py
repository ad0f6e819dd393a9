"""Makes of a model folder in float32 one in int8: half the time a look, half the bytes.

    python3 -m looksee_training.quantize ../models/float ../../prepared --id NAME --out ../models/default

Weights have a scale a channel, activations one a tensor, taken from training pictures. What stays float32 is the box's
last convolution, and what is pooled until the projection of it. It takes pixels as they are, uint8 (n, s, s, 3). Needs
requirements-quantize.txt beside torch; nothing else in training does.
"""

import argparse
import json
import shutil
from pathlib import Path

import onnx  # before torch: afterwards it cannot be imported
import onnxruntime
from onnx import helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process

import numpy as np

from .evaluate import centre_window
from .export import HALF, INPUT, merge, to_input, write_golden
from .model import Served
from .neighbours import order_channels, pair_sums
from .onnx_weights import read_onnx
from .sets import PictureSet, read_held_out
from .views import plain_view

PICTURES = {"groceries": 150, "mall": 150, "clothing": 100, "streets": 50}  # whole and the middle by turns
BATCH = 10
ZERO = 128  # the pixel that is 0 to a network in int8
OPERATIONS = ["Conv", "Clip", "Add", "Gemm"]  # Clip and Add too, or each would leave int8 and come back
FLOAT = ("/box/cells/", "/feature/", "/places", "/category/")  # a module that is asked twice has a number behind its name


def ranges(weight):
    """float32 (out,): the number that is to be 127 steps of int8 in each row of a weight (out, in, ...).

    x86 without VNNI multiplies two neighbours at a time and keeps their sum in 16 bits, 32,767 at most. Activations go up
    to 255, so two weights of one sign may come to 128 steps together (127, and a half that each is rounded by): then its
    quick sums are exact, as those with VNNI are. `order_channels` makes few rows need wide steps for it.
    """
    largest = np.abs(weight).reshape(len(weight), -1).max(1)
    if weight.shape[1] == 1:  # a depthwise convolution, which is summed in 32 bits
        return largest
    return np.maximum(largest, pair_sums(weight).max(1))


def weight_ranges(network, excluded):
    """Per weight that becomes int8, what `quantize_static` is told of each of its rows (`TensorQuantOverrides`)."""
    named = {tensor.name: tensor for tensor in network.graph.initializer}
    nodes = (n for n in network.graph.node if n.op_type in ("Conv", "Gemm") and n.name not in excluded)
    return {
        node.input[1]: [{"axis": 0, "rmin": -reach, "rmax": reach} for reach in ranges(numpy_helper.to_array(named[node.input[1]]))]
        for node in nodes
    }


def training_pictures(prepared, held_out, side, seed=0):
    """uint8 (n, side, side, 3) of training pictures."""
    random, found = np.random.default_rng(seed), []
    for kind, count in PICTURES.items():
        source = PictureSet(Path(prepared) / kind, kind, held_out=read_held_out(held_out))
        pictures = source.of("train")
        for n, at in enumerate(random.permutation(len(pictures))[:count]):
            picture = pictures[at]
            window = centre_window(picture.content, 0.7) if n % 2 else (0, 0, 1)
            found.append(plain_view(source.pixels[picture.row], window, side))
    return np.stack(found)


def shift_pixels(model, by):
    """In place: the network answers to x what it answered to x + by (but for what its first convolution adds around the picture)."""
    first = next(node for node in model.graph.node if INPUT in node.input)
    named = {tensor.name: tensor for tensor in model.graph.initializer}
    weight, bias = (numpy_helper.to_array(named[name]) for name in first.input[1:])
    named[first.input[2]].CopyFrom(numpy_helper.from_array(bias + np.float32(by) * weight.sum((1, 2, 3)), first.input[2]))


def take_pixels(model):
    """In place: the input is uint8 (n, s, s, 3), what the first step made of floats so far."""
    graph = model.graph
    step = next(node for node in graph.node if node.op_type == "QuantizeLinear" and INPUT in node.input)
    named = {tensor.name: tensor for tensor in graph.initializer}
    for name, value in zip(step.input[1:], (np.float32(1 / HALF), np.uint8(ZERO))):
        named[name].CopyFrom(numpy_helper.from_array(np.array(value), name))
    turned = helper.make_node("Transpose", [INPUT], list(step.output), name="/pixels/Transpose", perm=[0, 3, 1, 2])
    at = list(graph.node).index(step)
    graph.node.remove(step)
    graph.node.insert(at, turned)
    n, _, height, width = (dim.dim_param or dim.dim_value for dim in graph.input[0].type.tensor_type.shape.dim)
    graph.input[0].CopyFrom(helper.make_tensor_value_info(INPUT, onnx.TensorProto.UINT8, [n, height, width, 3]))


def quantize(source, out, pictures):
    """source, out: ONNX files; pictures: uint8 (n, side, side, 3), n a multiple of BATCH, whose activations set the ranges.

    A pixel p is (p - 127.5) / 127.5 to the network in float32. Brought to 8 bits, two neighbours would be one; so they stay
    what they are, (p - 128) / 127.5, and the first convolution's bias makes up for the half.
    """
    half = ZERO / HALF - 1

    class Shown(CalibrationDataReader):
        def __init__(self):
            self.batches = iter(np.split(pictures, len(pictures) // BATCH))

        def get_next(self):
            batch = next(self.batches, None)
            return None if batch is None else {INPUT: to_input(batch).numpy() - np.float32(half)}

    prepared = Path(out).with_suffix(".shapes.onnx")
    quant_pre_process(str(source), str(prepared), skip_symbolic_shape=True)
    network = onnx.load(str(prepared))
    shift_pixels(network, half)
    order_channels(network)
    onnx.save(network, str(prepared))
    excluded = [node.name for node in network.graph.node if any(part in node.name for part in FLOAT)]
    quantize_static(
        str(prepared), str(out), Shown(), quant_format=QuantFormat.QDQ, op_types_to_quantize=OPERATIONS,
        per_channel=True, activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8,
        calibrate_method=CalibrationMethod.MinMax, nodes_to_exclude=excluded,
        extra_options={"CalibMovingAverage": True, "TensorQuantOverrides": weight_ranges(network, excluded)},
    )  # fmt: skip
    prepared.unlink()
    network = onnx.load(str(out))
    take_pixels(network)
    onnx.checker.check_model(network)
    onnx.save(network, str(out))


def answers_of(file):
    """What the runtime's library answers to uint8 (n, s, s, 3), as a function to Served.OUTPUTS."""
    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    return lambda pixels: session.run(list(Served.OUTPUTS), {INPUT: pixels})


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a model folder in float32")
    parser.add_argument("prepared")
    parser.add_argument("--held-out", default="configs/held-out.txt")
    parser.add_argument("--id", required=True)
    parser.add_argument("--card", action="append", default=[], help="JSON laid over the card; may be given often")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    source, out = Path(args.model), Path(args.out)
    read_onnx(source)  # refused here by its name, before anything is written
    card = json.loads((source / "card.json").read_text()) | {"id": args.id}
    for file in args.card:
        card = merge(card, json.loads(Path(file).read_text()))
    card["input"] = {key: value for key, value in card["input"].items() if key not in ("mean", "std")} | {"layout": "NHWC"}
    card["training"]["numbers"] = f"int8, made of {source.name} with the ranges of {sum(PICTURES.values())} training pictures"
    side = card["input"]["side"]
    out.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source / "golden", out / "golden", dirs_exist_ok=True)
    quantize(source / "model.onnx", out / "model.onnx", training_pictures(args.prepared, args.held_out, side))
    write_golden(answers_of(out / "model.onnx"), out, side, card["id"])
    (out / "card.json").write_text(json.dumps(card, indent=2) + "\n")
    print(f"{out / 'model.onnx'}: {(out / 'model.onnx').stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()

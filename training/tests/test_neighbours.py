"""Channels in another order: few neighbours add up, and the network answers as before."""

import numpy as np
import pytest

import onnx
from onnx import TensorProto, helper, numpy_helper
from looksee_training.neighbours import best_order, order_channels, orders_of, pair_sums  # before torch
import torch
from torch.nn.functional import conv2d


def noise(weight):
    """Mean of the squared steps of a weight's rows, in what they would be if no two neighbours needed room."""
    largest = np.abs(weight).reshape(len(weight), -1).max(1)
    return np.square(np.maximum(pair_sums(weight).max(1) / largest, 1)).mean()


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def network(random):
    """A graph of one block as MobileNetV2 has them, entered by a convolution that reads a picture of 3 channels."""
    weights = {
        "in": random.normal(size=(8, 3, 1, 1)), "in_bias": random.normal(size=8),
        "widen": random.normal(size=(24, 8, 1, 1)), "widen_bias": random.normal(size=24),
        "each": random.normal(size=(24, 1, 3, 3)), "each_bias": random.normal(size=24),
        "narrow": random.normal(size=(8, 24, 1, 1)), "narrow_bias": random.normal(size=8),
        "out": random.normal(size=(6, 8, 1, 1)), "out_bias": random.normal(size=6),
    }  # fmt: skip
    nodes = [
        helper.make_node("Conv", ["picture", "in", "in_bias"], ["a"]),
        helper.make_node("Conv", ["a", "widen", "widen_bias"], ["b"]),
        helper.make_node("Clip", ["b", "zero", "six"], ["c"]),
        helper.make_node("Conv", ["c", "each", "each_bias"], ["d"], group=24, pads=[1, 1, 1, 1]),
        helper.make_node("Clip", ["d", "zero", "six"], ["e"]),
        helper.make_node("Conv", ["e", "narrow", "narrow_bias"], ["f"]),
        helper.make_node("Add", ["a", "f"], ["g"]),
        helper.make_node("Conv", ["g", "out", "out_bias"], ["answer"]),
    ]
    held = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()]
    held += [numpy_helper.from_array(np.float32(value), name) for name, value in (("zero", 0), ("six", 6))]
    picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, [1, 3, 5, 5])
    answer = helper.make_tensor_value_info("answer", TensorProto.FLOAT, [1, 6, 5, 5])
    return helper.make_model(helper.make_graph(nodes, "block", [picture], [answer], held))


def weights_of(model):
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def answers(model, picture):
    """What the graph of `network` answers, by PyTorch: onnx of Debian 12 has no evaluator."""
    w = {name: torch.from_numpy(value.copy()) for name, value in weights_of(model).items()}
    a = conv2d(torch.from_numpy(picture), w["in"], w["in_bias"])
    c = conv2d(a, w["widen"], w["widen_bias"]).clamp(0, 6)
    e = conv2d(c, w["each"], w["each_bias"], padding=1, groups=24).clamp(0, 6)
    f = conv2d(e, w["narrow"], w["narrow_bias"])
    return conv2d(a + f, w["out"], w["out_bias"]).numpy()


def test_an_order_is_one_and_leaves_less_noise_than_any_of_a_thousand_drawn_ones():
    random, weight = np.random.default_rng(1), drawn(16, 24)
    order = best_order([weight])
    assert sorted(order) == list(range(24))
    assert noise(weight[:, order]) < min(noise(weight[:, random.permutation(24)]) for _ in range(1000))


def test_two_readers_of_one_order_count_alike():
    few, many = drawn(2, 12), drawn(60, 12, seed=1)
    together = best_order([few, many])
    before = np.mean([noise(few), noise(many)])
    assert np.mean([noise(few[:, together]), noise(many[:, together])]) < before
    alone = best_order([many])
    assert noise(many[:, alone]) <= noise(many[:, together])
    assert noise(few[:, together]) < noise(few[:, alone])


def test_a_row_of_zeros_and_weights_over_several_places_have_an_order_too():
    weight = drawn(8, 10, 3, 3)
    weight[2] = 0
    order = best_order([weight])
    kept = np.delete(weight, 2, 0)
    assert sorted(order) == list(range(10))
    assert noise(kept[:, order]) < noise(kept)


def test_the_network_answers_as_before_and_its_hidden_channels_have_moved():
    model = network(np.random.default_rng(0))
    picture, before = drawn(1, 3, 5, 5), weights_of(model)
    wanted = answers(model, picture)
    order_channels(model)
    after = weights_of(model)
    onnx.checker.check_model(model)
    assert np.abs(answers(model, picture) - wanted).max() < 1e-4
    assert np.abs(wanted).max() > 1
    for name in ("narrow", "widen"):
        assert noise(after[name]) < noise(before[name]), name
    assert (after["out_bias"] == before["out_bias"]).all() and (after["in"].sum((1, 2, 3)) != before["in"].sum((1, 2, 3))).any()


def test_the_control_rows_turned_without_their_readers_answer_something_else():
    model, picture = network(np.random.default_rng(0)), drawn(1, 3, 5, 5)
    wanted = answers(model, picture)
    held = {tensor.name: tensor for tensor in model.graph.initializer}
    held["widen"].CopyFrom(numpy_helper.from_array(weights_of(model)["widen"][::-1].copy(), "widen"))
    assert np.abs(answers(model, picture) - wanted).max() > 0.1


@pytest.mark.parametrize("another", ["Flatten", "shared", "output"])
def test_channels_that_anything_else_reads_stay_where_they_are(another):
    model = network(np.random.default_rng(0))
    if another == "Flatten":
        model.graph.node.append(helper.make_node("Flatten", ["g"], ["flat"]))
    if another == "shared":  # one weight of two convolutions cannot be in two orders
        model.graph.node.append(helper.make_node("Conv", ["g", "out", "out_bias"], ["again"]))
    if another == "output":
        model.graph.output.append(helper.make_tensor_value_info("g", TensorProto.FLOAT, [1, 8, 5, 5]))
    before = weights_of(model)
    order_channels(model)
    after = weights_of(model)
    assert all((after[name] == before[name]).all() for name in ("in", "out", "narrow_bias"))
    assert (after["each"] != before["each"]).any()  # what nothing else reads still moves


def test_an_order_knows_who_makes_and_who_reads_it():
    found = {tuple(sorted(order.columns)): order for order in orders_of(network(np.random.default_rng(0)))}
    assert sorted(found["out", "widen"].rows) == ["in", "in_bias", "narrow", "narrow_bias"]
    assert sorted(found["narrow",].rows) == ["each", "each_bias", "widen", "widen_bias"]
    assert found["in",].fixed and not found["narrow",].fixed

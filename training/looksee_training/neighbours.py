"""The order of a network's channels in which few neighbouring weights add up: what `quantize.ranges` makes room for.

Channels have no order of their own: those that one convolution makes may be brought into another one, if all that read them
read them in that order. The network answers as before, but for the order in which floats are summed.
"""

import numpy as np
from onnx import numpy_helper


def together(one, other):
    """What two neighbours come to: |sum| of those of one sign, 0 of others."""
    return np.where(one * other > 0, np.abs(one + other), 0)


def pair_sums(weight):
    """float32 (out, ceil(in * places / 2)): what each two neighbours in a weight (out, in, ...) come to.

    Neighbours are as they are multiplied: inputs at one place of the picture.
    """
    rows = np.moveaxis(weight, 1, -1).reshape(len(weight), -1)
    pairs = np.pad(rows, ((0, 0), (0, rows.shape[1] % 2))).reshape(len(rows), -1, 2)
    return together(pairs[:, :, 0], pairs[:, :, 1])


class Order:
    """One order of channels: who makes them, who reads them, and who passes them on one by one."""

    def __init__(self):
        self.rows, self.columns, self.fixed = [], [], False  # names of weights; may it not be changed


def orders_of(network):
    """The orders of a network in ONNX. One is fixed as soon as anything but a convolution, Clip or Add meets it."""
    weights = {tensor.name: tensor for tensor in network.graph.initializer}
    uses = [name for node in network.graph.node for name in node.input]
    order_of = {}

    def of(*names):
        """The one order of all these tensors."""
        met = {id(order_of[name]): order_of[name] for name in names if name in order_of}
        order, *others = met.values() or [Order()]
        for other in others:
            order.rows += other.rows
            order.columns += other.columns
            order.fixed |= other.fixed
        order_of.update({name: order for name, known in order_of.items() if id(known) in met} | dict.fromkeys(names, order))
        return order

    for node in network.graph.node:
        groups = next((a.i for a in node.attribute if a.name == "group"), 1)
        owned = node.op_type == "Conv" and all(name in weights and uses.count(name) == 1 for name in node.input[1:])
        if owned and groups == 1:
            of(node.input[0]).columns.append(node.input[1])
            of(node.output[0]).rows += node.input[1:]
        elif owned and groups == weights[node.input[1]].dims[0]:  # each channel by itself
            of(node.input[0], node.output[0]).rows += node.input[1:]
        elif node.op_type == "Clip":
            of(node.input[0], node.output[0])
        elif node.op_type == "Add" and not set(node.input) & set(weights):
            of(*node.input, node.output[0])
        else:
            for name in (*node.input, *node.output):
                of(name).fixed = True
    for end in (*network.graph.input, *network.graph.output):
        of(end.name).fixed = True
    return list({id(order): order for order in order_of.values()}.values())


def best_order(weights):
    """int (in,): an order of the inputs, an even number, of weights (out, in, ...) in which few neighbours add up, each weight counted alike.

    Noise of a row in int8 goes with the square of the largest of its numbers and of its pairs' sums. Of each pair that is the
    largest of a row one channel is swapped with that of another pair which leaves the least noise of all, until no swap leaves less.
    """
    rows, share = [], []
    for weight in weights:
        largest = np.abs(weight).reshape(len(weight), -1).max(1)
        scaled = weight / np.maximum(largest, np.finfo(np.float32).tiny).reshape(-1, *[1] * (weight.ndim - 1))
        rows.append(np.moveaxis(scaled, 1, 0).reshape(weight.shape[1], -1))
        share.append(np.full(rows[-1].shape[1], 1 / rows[-1].shape[1] / len(weights), np.float32))
    of, share = np.concatenate(rows, 1), np.concatenate(share)  # of: (in, rows), the largest number of each row 1
    pairs = np.arange(len(of)).reshape(-1, 2)

    now = together(of[pairs[:, 0]], of[pairs[:, 1]])  # (pairs, rows)
    noise, improved = np.square(np.maximum(now.max(0), 1)) @ share, True
    while improved:
        improved = False
        for one in range(len(pairs)):
            if not ((now[one] > 1) & (now[one] == now.max(0))).any():
                continue  # it sets no row's range
            rest = now.copy()
            rest[one] = 1
            first = rest.argmax(0)
            most = rest.max(0)
            np.put_along_axis(rest, first[None], 0, 0)
            second = np.maximum(rest.max(0), 1)
            without = np.where(first[None] == np.arange(len(pairs))[:, None], second, np.maximum(most, 1))  # one and another
            found = []
            for give in (0, 1):
                for take in (0, 1):
                    ours = together(of[pairs[one, 1 - give]], of[pairs[:, take]])
                    theirs = together(of[pairs[one, give]], of[pairs[:, 1 - take]])
                    left = np.square(np.maximum(without, np.maximum(ours, theirs))) @ share
                    left[one] = np.inf
                    found.append((left.min(), int(left.argmin()), give, take))
            least, other, give, take = min(found)
            if least < noise - 1e-6:
                pairs[one, give], pairs[other, take] = pairs[other, take], pairs[one, give]
                for pair in (one, other):
                    now[pair] = together(*of[pairs[pair]])
                noise, improved = least, True
    return pairs.reshape(-1)


def order_channels(network):
    """In place: a network in ONNX with every order that may be changed brought into its best one. Its answers stay as they were."""
    weights = {tensor.name: tensor for tensor in network.graph.initializer}

    def turn(name, order, axis):
        weights[name].CopyFrom(numpy_helper.from_array(numpy_helper.to_array(weights[name]).take(order, axis), name))

    for channels in orders_of(network):
        readers = [numpy_helper.to_array(weights[name]) for name in channels.columns]
        if channels.fixed or not readers or readers[0].shape[1] % 2:
            continue
        order = best_order(readers)
        for name in channels.rows:
            turn(name, order, 0)
        for name in channels.columns:
            turn(name, order, 1)

"""Features drawn at random, for tests."""

import numpy as np


def unit(rows):
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def random_features(count, seed):
    return unit(np.random.default_rng(seed).normal(size=(count, 512)))

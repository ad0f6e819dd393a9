"""The mean of several states of one network, and where there is none."""

import pytest
import torch

from looksee_training.model import Network
from looksee_training.soup import mean_of

WIDTH = 16


def states():
    torch.manual_seed(0)
    began, ended = Network(width=WIDTH), Network(width=WIDTH)
    ended.feature.project.weight.data = began.feature.project.weight.data.clone()
    ended.feature.centre.num_batches_tracked += 7
    return began.state_dict(), ended.state_dict()


def test_every_weight_is_the_mean_and_counters_stay():
    began, ended = states()
    mean = mean_of([began, began, began, ended])
    assert mean.keys() == ended.keys()
    for name, value in mean.items():
        if value.dtype.is_floating_point:
            assert torch.allclose(value, 0.75 * began[name] + 0.25 * ended[name], atol=1e-6), name
    assert not torch.equal(mean["box.cells.weight"], ended["box.cells.weight"])
    assert mean["feature.centre.num_batches_tracked"] == 7
    Network(width=WIDTH).load_state_dict(mean)


def test_what_is_equal_everywhere_stays_to_the_bit():
    _, ended = states()
    mean = mean_of([ended] * 6)  # six equal numbers added up and divided are not always the number
    assert all(torch.equal(mean[name], value) for name, value in ended.items())


def test_another_projection_is_refused():
    began, ended = states()
    ended["feature.project.weight"] = ended["feature.project.weight"].flip(0)
    with pytest.raises(ValueError, match="SOUP_PROJECTION"):
        mean_of([began, ended])

"""Processes that train together begin alike, or refuse to begin."""

import os
import socket

import pytest
import torch
import torch.distributed as dist
import torch.multiprocessing as mp

from looksee_training.train import end_together, must_agree


def begin(rank, port, differ):
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT=str(port))
    dist.init_process_group("gloo", rank=rank, world_size=2)
    torch.manual_seed(rank if differ else 0)
    must_agree([torch.nn.Linear(4, 3).weight, torch.zeros(2)], 2)
    end_together()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def test_processes_that_begin_alike_may_train():
    mp.spawn(begin, (free_port(), False), nprocs=2)


def test_processes_that_differ_are_refused():
    with pytest.raises(Exception, match="TRAIN_DIFFERENT"):
        mp.spawn(begin, (free_port(), True), nprocs=2)

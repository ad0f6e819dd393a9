"""Finished runs that teach another: what they find together, and which runs may."""

import pytest
import torch

from looksee_training.checkpoints import read_checkpoint
from looksee_training.config import Config
from looksee_training.export import load_network
from looksee_training.losses import as_feature
from looksee_training.model import Network
from looksee_training.teachers import Teachers
from looksee_training.trunk import STAGES

WIDTH, ITEMS, DATA = 16, 5, {"groceries": "a", "mall": "b"}


def finished(file, seed, data=DATA, items=ITEMS, step=1):
    torch.manual_seed(seed)
    network = Network(width=WIDTH)
    config = Config(prepared="", pool="", trunk="", held_out="", steps=1, width=WIDTH).as_dict()
    bank = torch.randn(items, WIDTH)
    torch.save({"average": network.state_dict(), "bank": bank, "data": data, "config": config, "step": step}, file)
    return network.eval(), bank


@torch.no_grad()
def test_together_they_are_as_sure_as_the_mean_of_their_cosines(tmp_path):
    known = [finished(tmp_path / f"ours-{n}.pt", n) for n in (1, 2)]
    stem = torch.randn(3, 32, 4, 4)
    likely = Teachers(str(tmp_path / "ours-*.pt"), DATA, ITEMS).likely(stem, 0.1)
    by_hand = sum(as_feature(network(stem, start=STAGES)["raw"]) @ as_feature(bank).T for network, bank in known) / 2
    assert likely.shape == (3, ITEMS) and likely.sum(1) == pytest.approx(1, rel=1e-5)
    assert torch.allclose(likely.log(), (by_hand / 0.1).log_softmax(1), atol=1e-4)
    alone = Teachers(str(tmp_path / "ours-1.pt"), DATA, ITEMS).likely(stem, 0.1)
    assert not torch.allclose(alone, likely, atol=1e-3)


def test_runs_on_other_items_or_not_at_their_end_teach_nothing(tmp_path):
    finished(tmp_path / "more.pt", 1, items=ITEMS + 1)
    finished(tmp_path / "other.pt", 2, data={**DATA, "mall": "c"})
    for name in ("more", "other"):
        with pytest.raises(ValueError, match="TEACHER_ITEMS"):
            Teachers(str(tmp_path / f"{name}.pt"), DATA, ITEMS)
    finished(tmp_path / "training.pt", 3, step=0)
    with pytest.raises(ValueError, match="TEACHER_UNFINISHED: .*training.pt stands at step 0 of 1"):
        Teachers(str(tmp_path / "training.pt"), DATA, ITEMS)
    with pytest.raises(ValueError, match="TEACHER_NONE"):
        Teachers(str(tmp_path / "none-*.pt"), DATA, ITEMS)


def test_a_checkpoint_that_is_cut_short_absent_or_something_else_is_named(tmp_path):
    whole, cut, other = (tmp_path / f"{name}.pt" for name in ("whole", "cut", "other"))
    finished(whole, 1)
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    torch.save(torch.ones(3), other)
    assert read_checkpoint(whole)["step"] == 1
    for file, code in ((cut, "CHECKPOINT_BROKEN"), (other, "CHECKPOINT_BROKEN"), (tmp_path / "gone.pt", "CHECKPOINT_MISSING")):
        for read in (read_checkpoint, load_network):
            with pytest.raises(ValueError, match=f"{code}: .*{file.name} "):
                read(file)
    with pytest.raises(ValueError, match="CHECKPOINT_BROKEN: .*cut.pt"):
        Teachers(str(cut), DATA, ITEMS)

import json

import pytest

from looksee_training.arms import has_ended, runs_of

TEXT = """
seeds = [1, 2]
[base]
prepared = "a"
pool = "p"
trunk = "b"
held_out = "c"
steps = 5
weight_pair = 0.5
[base.plan]
clothing = 3
[arms.ours]
[arms.triplet]
weight_pair = 0.0
weight_triplet = 1.0
plan.clothing = 4
"""


def test_an_arm_is_the_base_with_its_changes_for_every_seed():
    runs = runs_of(TEXT)
    assert list(runs) == ["ours-1", "ours-2", "triplet-1", "triplet-2"]
    ours, triplet = runs["ours-2"], runs["triplet-1"]
    assert (ours.seed, ours.weight_pair, ours.weight_triplet, ours.plan.clothing) == (2, 0.5, 0.0, 3)
    assert (triplet.seed, triplet.weight_pair, triplet.weight_triplet, triplet.plan.clothing) == (1, 0.0, 1.0, 4)
    with pytest.raises(ValueError, match="CONFIG_KEY: wait_pair"):
        runs_of(TEXT.replace("[arms.ours]", "[arms.ours]\nwait_pair = 1.0"))


def test_a_run_has_ended_once_its_last_figures_are_written(tmp_path):
    assert not has_ended(tmp_path)
    (tmp_path / "metrics.jsonl").write_text(json.dumps({"step": 50}) + "\n")
    assert not has_ended(tmp_path)
    (tmp_path / "metrics.jsonl").write_text(json.dumps({"step": 50}) + "\n" + json.dumps({"step": 60, "end": True}) + "\n")
    assert has_ended(tmp_path)

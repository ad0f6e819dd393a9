import torch

from looksee_training.further import apart, counted

LEFT, RIGHT, NEARLY_LEFT = torch.tensor([[0, 0, 0.4, 1], [0.6, 0, 1, 1], [0, 0, 0.45, 1]])


def test_boxes_of_one_thing_become_one_and_unlikely_ones_go():
    boxes = torch.stack([NEARLY_LEFT, RIGHT, LEFT, RIGHT])
    scores = torch.tensor([0.9, 0.8, 0.7, 0.6])
    assert apart(boxes, scores, torch.tensor([0.0, 0.0, 1.0, 1.0]), 0.5) == [0, 1]
    assert apart(boxes, scores, LEFT, 0.5) == [1]
    assert apart(boxes, scores, LEFT, 0.85) == []


def test_each_box_finds_one_thing_and_small_things_count_for_nothing():
    assert counted([LEFT, NEARLY_LEFT, RIGHT], [(LEFT, True), (RIGHT, True)]) == (2, 1)
    assert counted([LEFT], [(LEFT, False), (RIGHT, True)]) == (0, 0)
    assert counted([], [(LEFT, True)]) == (0, 0)

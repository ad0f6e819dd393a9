import torch

from looksee_training.attended import attended


def test_the_box_is_where_the_cells_are_like_the_whole():
    deep = torch.zeros(2, 4, 7, 7)
    deep[:, 0] = 0.2  # the ground
    deep[0, 1, 2:6, 1:4] = 5.0
    deep[1, 1, 0:3, 3:7] = 5.0
    boxes = attended(deep)
    expected = torch.tensor([[1 / 7, 2 / 7, 4 / 7, 6 / 7], [3 / 7, 0, 1, 3 / 7]])
    assert (boxes - expected).abs().max() < 0.07  # half a cell


def test_where_all_cells_are_alike_the_box_is_the_middle_of_the_whole_picture():
    box = attended(torch.ones(1, 4, 7, 7))[0]
    assert box[0] < 0.08 and box[1] < 0.08 and box[2] > 0.92 and box[3] > 0.92

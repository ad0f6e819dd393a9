"""The box that no box ever taught: where a picture's parts are like what is made of the whole of it.

    python3 -m looksee_training.attended ../models/float32 1 ../../prepared/mall-val --side 224

Meant for network 1 of the shipped model, whose losses know identities and labels and no box. Each cell of the trunk's last map is as much
attended to as it is like the mean of all, which the feature is made of; the box holds all but a little of that, from each
side. LEAST and TAIL were chosen on a sixth of mall 12. Prints one line of JSON: the share of photos whose box overlaps the true one by
0.5 and 0.7, beside the boxes that the model's first network learnt from true ones. Source of the idea, with class activations
in the place of likeness: Zhou et al., "Learning Deep Features for Discriminative Localization", CVPR 2016.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from .export import to_input
from .losses import iou
from .onnx_weights import load_served
from .sets import PictureSet
from .trunk import STAGES
from .views import plain_view

LEAST = 0.1  # of the attention's range, from its smallest value: what is less is ground
TAIL = 0.06  # of all attention, left outside at each of the four sides
FINE = 8  # a cell of the map is read as so many by so many


def attended(deep):
    """The trunk's last map (n, c, h, w) -> boxes (n, 4) x1,y1,x2,y2 in fractions; all but TAIL at each side of the picture where all cells are alike."""
    whole = F.normalize(deep.mean((2, 3)), dim=1)
    alike = (F.normalize(deep, dim=1) * whole[:, :, None, None]).sum(1, keepdim=True)
    alike = F.interpolate(alike, scale_factor=FINE, mode="bilinear", align_corners=False)[:, 0]
    low, high = alike.amin((1, 2), keepdim=True), alike.amax((1, 2), keepdim=True)
    seen = (alike - low - LEAST * (high - low)).clamp(min=0)
    seen = torch.where(high - low > 1e-4, seen, torch.ones_like(seen))
    sides = [between(seen.sum(along)) for along in (1, 2)]  # of x, then of y
    return torch.stack([sides[0][0], sides[1][0], sides[0][1], sides[1][1]], 1)


def between(seen):
    """(n, m) >= 0 along one side -> where TAIL of it lies before, and where TAIL of it lies after, in fractions, (n,) each."""
    share = seen.cumsum(1) / seen.sum(1, keepdim=True)
    m = share.shape[1]
    return (share <= TAIL).sum(1) / m, ((share < 1 - TAIL).sum(1) + 1).clamp(max=m) / m


@torch.no_grad()
def boxes_of(served, which, pixels, batch=32):
    """uint8 (n, s, s, 3) -> the attended boxes of one network and the first network's own, (n, 4) each."""
    found = []
    for at in range(0, len(pixels), batch):
        stem = served.stem(to_input(pixels[at : at + batch]).contiguous(memory_format=torch.channels_last))
        deep = served.networks[which](stem, start=STAGES)["deep"]
        found.append((attended(deep), served.networks[0](stem, start=STAGES)["box"]))
    return [torch.cat(boxes) for boxes in zip(*found)]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a float32 model folder")
    parser.add_argument("which", type=int, help="of its networks, from 0")
    parser.add_argument("mall", type=Path, help="a prepared mall")
    parser.add_argument("--side", type=int, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    source = PictureSet(args.mall, "mall", part="validation")
    photos = [p for p in source.of("validation", "photo") if p.box is not None]
    pixels = np.stack([plain_view(source.pixels[p.row], (0, 0, 1), args.side) for p in photos])
    truth = torch.tensor([p.box for p in photos])
    figures = {"photos": len(photos)}
    for name, boxes in zip(("attended", "learnt"), boxes_of(load_served(args.model)[0], args.which, pixels)):
        overlap, _ = iou(boxes, truth)
        figures[name] = {str(at): round(float((overlap >= at).float().mean()), 3) for at in (0.5, 0.7)}
    print(json.dumps(figures))


if __name__ == "__main__":
    main()

"""How well the further objects of street photos are found: chooses the least score on half of the held-out photos and
reports on the other half.

    python3 -m looksee_training.further runs/NAME/last.pt --side 224

An object is found if a box of the answer, the main one or a further one, overlaps it by IoU 0.5; each box finds one object.
Objects smaller than a hundredth of the picture are left out, and a box that falls on one of them counts for nothing.
"""

import argparse
import json
from pathlib import Path

import torch

from .checkpoints import read_checkpoint
from .evaluate import see
from .export import load_network
from .geometry import area
from .losses import iou
from .model import objects
from .sets import PictureSet
from .views import plain_view

LEAST_AREA = 0.01
SAME_THING = 0.5  # as src/vision/objects.ts


def apart(boxes, scores, main, least):
    """Rows of further boxes that stay, best first: likely enough, and overlapping neither main nor one before them."""
    stay = []
    for n in scores.argsort(descending=True).tolist():
        others = [main, *(boxes[m] for m in stay)]
        if scores[n] >= least and all(overlap(boxes[n], other) <= SAME_THING for other in others):
            stay.append(n)
    return stay


def overlap(a, b):
    return float(iou(a[None], b[None])[0])


def counted(boxes, truths):
    """(found, wrong) of boxes, best first, against truths [(box, is large)]."""
    left, found, wrong = list(truths), 0, 0
    for box in boxes:
        near = max(left, key=lambda truth: overlap(box, truth[0]), default=None)
        if near is not None and overlap(box, near[0]) >= 0.5:
            left = [truth for truth in left if truth is not near]
            found += near[1]
        else:
            wrong += 1
    return found, wrong


def figures(answers, least):
    found = wrong = there = 0
    for (main, boxes, scores), truths in answers:
        seen = [main, *(boxes[n] for n in apart(boxes, scores, main, least))]
        hits, misses = counted(seen, truths)
        found, wrong, there = found + hits, wrong + misses, there + sum(large for _, large in truths)
    precision, recall = found / max(1, found + wrong), found / there
    return {"precision": round(precision, 3), "recall": round(recall, 3),
            "f1": round(2 * precision * recall / max(1e-9, precision + recall), 3)}  # fmt: skip


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("--side", type=int, required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    network = load_network(args.checkpoint)
    prepared = read_checkpoint(args.checkpoint)["config"]["prepared"]
    source = PictureSet(Path(prepared) / "streets", "streets")
    answers = []
    for picture in source.of("validation"):
        seen = see(network, plain_view(source.pixels[picture.row], (0, 0, 1), args.side)[None])
        boxes, scores = objects(seen["proposals"], seen["middle"])
        truths = [(torch.tensor(p.box), area(p.box) >= LEAST_AREA) for p in picture.parts]
        answers.append(((seen["box"][0], boxes[0], scores[0]), truths))
    half = len(answers) // 2
    tried = {least / 100: figures(answers[:half], least / 100) for least in range(5, 70, 5)}
    best = max(tried, key=lambda least: tried[least]["f1"])
    alone = figures(answers[half:], 1.1)
    print(json.dumps({"leastScore": best, "chosenOn": {"photos": half, **tried[best]}, "photos": len(answers) - half,
                      "measured": figures(answers[half:], best), "mainObjectAlone": alone}))  # fmt: skip


if __name__ == "__main__":
    main()

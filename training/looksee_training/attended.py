"""Boxes that no box ever taught: where a photo is like its item's catalogue picture, and a head that learns to say so.

    python3 -m looksee_training.attended ../models/float32 1 ../../prepared-18 --mall ../../prepared-13 --streets ../../prepared/streets

(../../prepared-13 is the mall that quality.sh draws, by `node training/prepare.ts mall ../malls/s13 ../prepared-13 --side 320`.)
Meant for network 1 of the shipped model, whose losses know identities and labels and no box. Each cell of the trunk's last map is as
much attended to as it is like the mean of the catalogue picture's cells, which the feature is made of; the box holds all but a little
of that, from each side. A box head of the model's own form then learns these boxes from the photos' frozen maps alone, so that it
needs no catalogue picture. --shuffled is the control: photos belong to any item. Prints one line of JSON: the share of the malls' and
streets' photos whose box overlaps the true one by 0.5 and 0.7, beside the boxes that the model's first network learnt from true ones, and of the
mall recall@1 with either; what stands in training/attended.jsonl is reported. Sources of the ideas: Zhou et al., "Learning Deep
Features for Discriminative Localization", CVPR 2016, with class activations in the place of likeness; Zhang et al., "Rethinking the
Route Towards Weakly Supervised Object Localization", CVPR 2020, for a head that learns what was so found.
"""

import argparse
import datetime
import json
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from .calibrate import interval, ranks
from .export import to_input
from .losses import box_loss, iou
from .model import BoxHead, pooled_within, soft_mask
from .onnx_weights import load_served
from .sets import PictureSet
from .trunk import STAGES
from .views import plain_view

# The first three were chosen on a sixth of mall 12.
LEAST = 0.3  # of the attention's range, from its smallest value: what is less is ground
TAIL = 0.01  # of all attention, left outside at each of the four sides
LATE = 0.04  # of a side: strided convolutions pad right and below alone, so a cell sees what lies beyond its own place (by up to 15.5 px)
FINE = 80  # the attention is read as so many by so many
CLOSER = 10 / 7  # the picture is seen at this many times its side too, in finer cells
PHOTOS = 3000  # of the teaching mall
ROUNDS, BATCH, RATE = 6, 64, 2e-3
KINDS = ("attended", "learnt")  # boxes of the head that no box taught, and those of the model's first network


def attended(maps, wanted):
    """The trunk's last maps of the same pictures at one side or several, (n, c, h, w) each, and what is looked for, (n, c) -> boxes (n, 4)
    x1,y1,x2,y2 in fractions; nearly the whole picture where all cells are alike."""
    wanted = F.normalize(wanted, dim=1)[:, :, None, None]
    alike = sum(fine((F.normalize(deep, dim=1) * wanted).sum(1, keepdim=True)) for deep in maps)
    low, high = alike.amin((1, 2), keepdim=True), alike.amax((1, 2), keepdim=True)
    seen = (alike - low - LEAST * (high - low)).clamp(min=0)
    seen = torch.where(high - low > 1e-4, seen, torch.ones_like(seen))
    sides = [between(seen.sum(along)) for along in (1, 2)]  # of x, then of y
    return torch.stack([sides[0][0], sides[1][0], sides[0][1], sides[1][1]], 1)


def fine(cells):
    """(n, 1, h, w) -> (n, FINE, FINE), each where it was seen."""
    late = round(LATE * FINE)
    read = F.interpolate(cells, size=(FINE, FINE), mode="bilinear", align_corners=False)
    return F.pad(read, (late, 0, late, 0), mode="replicate")[:, 0, :FINE, :FINE]


def between(seen):
    """(n, m) >= 0 along one side -> where TAIL of it lies before, and where TAIL of it lies after, in fractions, (n,) each."""
    share = seen.cumsum(1) / seen.sum(1, keepdim=True)
    m = share.shape[1]
    return (share <= TAIL).sum(1) / m, ((share < 1 - TAIL).sum(1) + 1).clamp(max=m) / m


class Eye:
    """One of a model's networks, which looks at pictures of sets whole, at `side` px."""

    def __init__(self, served, which, side):
        self.served, self.which, self.side = served, which, side

    def input(self, source, pictures, side=None):
        pixels = np.stack([plain_view(source.pixels[p.row], (0, 0, 1), side or self.side) for p in pictures])
        return to_input(pixels).contiguous(memory_format=torch.channels_last)

    def maps(self, source, pictures, side=None):
        """The network's shallow and deep map of each picture, see `Network`."""
        out = self.served.networks[self.which](self.served.stem(self.input(source, pictures, side)), start=STAGES)
        return out["shallow"], out["deep"]


def batches(pictures, size=32):
    return [pictures[at : at + size] for at in range(0, len(pictures), size)]


@torch.no_grad()
def taught(eye, source, photos, shuffled=False):
    """What a head is to learn of photos of a shop: their shallow and deep maps in half precision, and where each is like its item's
    catalogue picture, boxes (n, 4)."""
    items = {p.item for p in photos}
    catalog = [p for p in source.pictures if p.role == "catalog" and p.item in items]
    means = [mean for few in batches(catalog) for mean in eye.maps(source, few)[1].mean((2, 3))]
    order = np.random.default_rng(0).permutation(len(catalog)) if shuffled else range(len(catalog))
    wanted = {catalog[i].item: mean for i, mean in zip(order, means)}
    shallow, deep, boxes = [], [], []
    for few in batches(photos):
        one, closer = eye.maps(source, few), eye.maps(source, few, round(eye.side * CLOSER))
        shallow.append(one[0].half())
        deep.append(one[1].half())
        boxes.append(attended([one[1], closer[1]], torch.stack([wanted[p.item] for p in few])))
    return torch.cat(shallow), torch.cat(deep), torch.cat(boxes)


def learnt(shallow, deep, boxes, rounds=ROUNDS, seed=1):
    """A box head that answers these boxes (n, 4) to these maps."""
    torch.manual_seed(seed)
    head, size = BoxHead(), min(BATCH, len(boxes))
    steps = rounds * (len(boxes) // size)
    optimizer = torch.optim.AdamW(head.parameters(), RATE, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps + 1)
    for _ in range(rounds):
        for rows in torch.randperm(len(boxes)).split(size)[: len(boxes) // size]:
            loss = box_loss(head(shallow[rows].float(), deep[rows].float())[0], boxes[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
    return head.eval()


@torch.no_grad()
def answered(eye, head, source, pictures):
    """Of each of KINDS of boxes: these of the pictures, (n, 4), and the model's feature with them, unit rows (n, 512)."""
    boxes, features = {kind: [] for kind in KINDS}, {kind: [] for kind in KINDS}
    for few in batches(pictures):
        stem, outs = eye.served.seen(eye.input(source, few))
        own = outs[eye.which]
        for kind, box in zip(KINDS, (head(own["shallow"], own["deep"])[0], outs[0]["box"])):
            boxes[kind].append(box)
            features[kind].append(feature_with(eye.served, stem, outs, box))
    return {kind: (torch.cat(boxes[kind]), torch.cat(features[kind]).numpy()) for kind in KINDS}


def feature_with(served, stem, outs, box):
    """The model's feature if this were the box, (n, 512)."""
    deep = outs[0]["deep"]
    pooled = torch.cat([deep.mean((2, 3)), pooled_within(deep, soft_mask(box, deep.shape[2], deep.shape[3]))], 1)
    return F.normalize(served.projection(served.described(stem, [{**outs[0], "box": box, "pooled": pooled}, *outs[1:]])), dim=1)


def share(hits, clusters):
    return {"value": round(float(np.mean(hits)), 4), "interval": interval(hits, clusters=clusters)}


def figures(eye, head, source):
    """Shares of a set's validation photos by kind of box; where it has a catalogue, recall@1 too, and how much more one finds."""
    photos = [p for p in source.of("validation") if p.role == "photo" and p.box is not None]
    catalog = source.of("validation", "catalog")
    clusters, truth = [p.item or p.file for p in photos], torch.tensor([p.box for p in photos])
    seen, known = (answered(eye, head, source, pictures) if pictures else None for pictures in (photos, catalog))
    found, first = {"photos": len(photos), "iou": {}}, {}
    for kind in KINDS:
        overlap, _ = iou(seen[kind][0], truth)
        found["iou"][kind] = {str(at): share((overlap >= at).numpy(), clusters) for at in (0.5, 0.7)}
        if known:
            place, _, _ = ranks((seen[kind][1], clusters), (known[kind][1], [p.item for p in catalog]))
            first[kind] = (place < 1).astype(float)
    if known:
        found["recall"] = {kind: share(hits, clusters) for kind, hits in first.items()}
        found["recall"]["difference"] = share(first[KINDS[0]] - first[KINDS[1]], clusters)
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a float32 model folder with one projection, whose first network sees its box")
    parser.add_argument("which", type=int, help="of its networks, from 0")
    parser.add_argument("teaching", type=Path, help="a prepared mall")
    parser.add_argument("--mall", type=Path, required=True, help="another, prepared, to measure on")
    parser.add_argument("--streets", type=Path, required=True, help="prepared")
    parser.add_argument("--shuffled", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    served, card = load_served(args.model)
    eye = Eye(served, args.which, card["input"]["side"])
    teaching = PictureSet(args.teaching, "mall")
    photos = teaching.of("train", "photo")[:PHOTOS]
    head = learnt(*taught(eye, teaching, photos, args.shuffled))
    print(json.dumps({
        "model": card["id"], "date": datetime.date.today().isoformat(), "photos": len(photos), "shuffled": args.shuffled,
        "mall": figures(eye, head, PictureSet(args.mall, "mall", part="validation")),
        "streets": figures(eye, head, PictureSet(args.streets, "streets")),
    }))  # fmt: skip


if __name__ == "__main__":
    main()

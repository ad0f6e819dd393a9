"""Trains the network.

    ./train.sh configs/default.toml --run runs/NAME [--set steps=600 --set plan.clothing=4]
    ./train.sh configs/default.toml --run runs/NAME --resume

Writes runs/NAME/config.json, metrics.jsonl and last.pt (network, averaged weights, optimiser, clock), every few
minutes; last.pt is replaced whole, so it can be exported at any moment. Data-parallel over `processes` on one CPU.
"""

import argparse
import json
import math
import os
import subprocess
import time
from pathlib import Path

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
import torch.nn.functional as F

from . import losses
from .bank import Bank
from .batches import Batches
from .checkpoints import read_checkpoint
from .config import read_config
from .evaluate import internal_figures
from .imagenet import ImageNet
from .model import Network
from .pool import CATALOG, PHOTO
from .sets import PictureSet, read_held_out
from .teachers import Teachers
from .trunk import STAGES

LABEL_SCALE = 16.0  # of the cosine, before the softmax over garments


def batch_loss(network, out, batch, bank, learned, photoless, drift, config):
    """The weighted sum and its parts, as a dict of scalars. learned: proxies and the items (k,) that have one, in the
    place of the bank's; their catalogue pictures are queries too. photoless: bool (items,), those without a photo. drift:
    pairs of a trunk weight and where it began."""
    raw, item, role = out["raw"], batch["item"], batch["role"]
    known = item >= 0
    photos = known & (role == PHOTO)
    catalog = known & (role == CATALOG)
    proxies, proxied = learned
    has_proxy = torch.isin(item, proxied)
    queries, live = photos | has_proxy, catalog & ~has_proxy
    stand_ins, items = torch.cat([raw[live], proxies]), torch.cat([item[live], proxied])
    feature, code = losses.as_feature, bank.as_code
    # A photo would learn that an item without photos is never the answer, whatever it shows: they do not meet.
    lonely = known & photoless[item]
    apart_of_bank = batch["taken"][queries, None] & photoless[None]
    apart_of_batch = (batch["taken"][:, None] & lonely[None]) | (lonely[:, None] & batch["taken"][None])
    boxed = batch["boxed"]
    terms = {
        "feature": lambda: losses.prototype_contrast(
            feature(raw[queries]), item[queries], bank.feature, config.temperature, (feature(stand_ins), items), apart_of_bank),
        "code": lambda: losses.prototype_contrast(
            code(raw[queries]), item[queries], bank.code, config.code_temperature, (code(stand_ins), items), apart_of_bank),
        "triplet": lambda: losses.query_triplets(
            feature(raw[photos]), item[photos], feature(raw[catalog]), item[catalog],
            apart=apart_of_batch[photos][:, catalog]),
        "pair": lambda: losses.batch_contrast(feature(raw), item, config.temperature, apart_of_batch)
        + 0.5 * losses.batch_contrast(code(raw), item, config.code_temperature, apart_of_batch),
        "category": lambda: losses.classification(out["category"], batch["category"], config.label_smoothing),
        "label": lambda: losses.classification(
            network.label(feature(raw) * LABEL_SCALE), batch["label"], config.label_smoothing),
        "box": lambda: losses.box_loss(out["box"][boxed], batch["box"][boxed]),
        "score": lambda: losses.score_loss(out["score"][boxed], out["box"][boxed], batch["box"][boxed]),
        "teacher": lambda: losses.prototype_contrast(
            feature(raw[queries]), batch["likely"][queries], bank.feature, config.temperature, (feature(stand_ins), items)),
        "decorrelation": lambda: losses.decorrelation(raw),
        "forgetting": lambda: losses.forgetting(out["said"], batch["said"]),
        "object": lambda: object_loss(network, out, batch, config),
        "start": lambda: sum((weight - start).pow(2).sum() for weight, start in drift),
    }  # fmt: skip
    weights = {name: getattr(config, f"weight_{name}") for name in terms}
    parts = {name: term() for name, term in terms.items() if weights[name] > 0}
    return sum(weights[name] * part for name, part in parts.items()), parts


def object_loss(network, out, batch, config):
    """Where the middles of all listed parts are, their boxes, and their categories seen through the true boxes."""
    listed, there = batch["listed"], batch["parts"][:, :, 0] >= 0
    if not (listed[:, None] & there).any():
        return out["middle"].sum() * 0
    boxes, there, proposals = batch["parts"][listed], there[listed], out["proposals"][listed]
    h, w = proposals.shape[2:]
    middles = losses.middle_loss(out["middle"][listed], losses.middle_targets(boxes, there, h, w))
    rows, which = there.nonzero(as_tuple=True)
    truth = boxes[rows, which]
    column = ((truth[:, 0] + truth[:, 2]) / 2 * w).long().clamp(0, w - 1)
    line = ((truth[:, 1] + truth[:, 3]) / 2 * h).long().clamp(0, h - 1)
    found = losses.box_loss(proposals[rows, :, line, column], truth)
    kinds = network.category_within(out["deep"][listed], boxes.clamp(0, 1))
    kind = losses.classification(kinds.flatten(0, 1), batch["partCategory"][listed].flatten(), config.label_smoothing)
    return middles + found + kind


def rate_at(progress, warm_up):
    """Share of the full learning rate: linear warm-up, then a half cosine down to nothing."""
    if progress < warm_up:
        return progress / warm_up
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (progress - warm_up) / (1 - warm_up))))


def average_gradients(parameters):
    """One message for all: many small ones would cost more than the sum itself."""
    grads = [p.grad for p in parameters if p.grad is not None]
    flat = torch.cat([g.flatten() for g in grads])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    at = 0
    for g in grads:
        g.copy_(flat[at : at + g.numel()].view_as(g))
        at += g.numel()


def must_agree(tensors, processes):
    """Raises RuntimeError where processes do not begin alike: they would learn past each other, and nothing would show."""
    if processes == 1:
        return
    mine = torch.stack([tensor.detach().double().sum() for tensor in tensors])
    sums = [torch.empty_like(mine) for _ in range(processes)]
    dist.all_gather(sums, mine)
    if not all(torch.equal(mine, other) for other in sums):
        raise RuntimeError("TRAIN_DIFFERENT: the processes' networks differ before the first step")


def share_catalog(raw, batch, processes):
    """Catalogue features and item numbers of all processes' batches, for every process's bank."""
    live = (batch["role"] == CATALOG) & (batch["item"] >= 0)
    mine = (batch["item"][live], raw.detach()[live].contiguous())
    if processes == 1:
        return [mine]
    shared = []
    for tensor in mine:
        gathered = [torch.empty_like(tensor) for _ in range(processes)]
        dist.all_gather(gathered, tensor)
        shared.append(gathered)
    return list(zip(*shared))


class Average:
    """Exponential average of weights and batch-norm statistics."""

    def __init__(self, network):
        self.state = {k: v.clone() for k, v in network.state_dict().items()}

    def update(self, network, keep):
        for k, v in network.state_dict().items():
            if v.dtype.is_floating_point:
                self.state[k].lerp_(v, 1 - keep)
            else:
                self.state[k].copy_(v)


def training_views(config):
    """kind -> PictureSet, and the Batches of their training parts."""
    kept = read_held_out(config.held_out)
    sets = {
        kind: PictureSet(Path(config.prepared) / kind, kind, held_out=kept, unseen=config.unseen, unseen_catalog=config.unseen_catalog)
        for kind in config.sets
    }
    return sets, Batches(config.pool, sets, config.plan, config.sides, config.seed, config.identities, config.true_boxes)


def work(rank, config, run, resume):
    torch.manual_seed(config.seed)  # every process begins with the same heads
    torch.set_num_threads(1)
    if config.processes > 1:
        dist.init_process_group("gloo", rank=rank, world_size=config.processes)
    sets, data = training_views(config)
    held_out = Path(config.prepared) / "mall-val"
    held_out = PictureSet(held_out, "mall", part="validation") if held_out.exists() and "mall" in sets else None
    network = Network(config.trunk, masked=config.masked, width=config.width).to(memory_format=torch.channels_last)
    slow, fast = list(network.trunk[STAGES:].parameters()), [p for n, p in network.named_parameters() if not n.startswith("trunk")]
    began = [weight.detach().clone() for weight in slow]  # ImageNet's, also where the run goes on from another
    proxied, photoless = data.numbers_of(config.proxies), data.photoless()
    proxies = torch.nn.Parameter(torch.randn(len(proxied), config.width))
    if len(proxied):
        fast.append(proxies)
    optimiser = torch.optim.AdamW(
        [{"params": slow, "top": config.trunk_rate}, {"params": fast, "top": config.head_rate}],
        lr=0.0, weight_decay=config.weight_decay,
    )  # fmt: skip
    bank, step, spent = Bank(len(data.numbers), config.width, config.hard_signs), 0, 0.0
    if config.start and not resume:
        network.load_state_dict(read_checkpoint(config.start)["average"])
    if config.projection == "fixed" and not resume:
        network.feature.hold(pooled_of(network, data, config.sides[-1]))
    network.feature.project.requires_grad_(config.projection == "learned")
    average = Average(network)
    if config.start and not resume:
        for batch in data.catalog(config.sides[0]):
            bank.store(network.eval()(batch["stem"], start=STAGES)["raw"], batch["item"])
        proxies.data = bank.raw[proxied].clone()
    if resume:
        state = read_checkpoint(run / "last.pt")
        network.load_state_dict(state["network"])
        optimiser.load_state_dict(state["optimiser"])
        proxies.data = state["proxies"]
        bank.load(state["bank"])
        average.state, step, spent = state["average"], state["step"], state["spent"]
    teachers = Teachers(config.teacher, {kind: s.sha256 for kind, s in sets.items()}, len(data.numbers)) if config.teacher else None
    imagenet = ImageNet(config.trunk) if config.weight_forgetting else None
    must_agree([*network.parameters(), proxies, bank.raw], config.processes)
    torch.manual_seed(config.seed * 1000 + rank)  # and drops other inputs
    data.random = np.random.default_rng([config.seed, rank, step])  # a run that goes on draws other views than it began with
    started, saved, evaluated, sums = time.monotonic(), spent, spent, {}
    while step < config.steps:
        for group in optimiser.param_groups:
            group["lr"] = group["top"] * rate_at(step / config.steps, config.warm_up)
        batch = data.batch()
        if teachers:
            batch["likely"] = teachers.likely(batch["stem"], config.temperature)
        network.train()
        out = network(batch["stem"], start=STAGES)
        if imagenet:
            batch["said"], out["said"] = imagenet.says(batch["stem"]), imagenet.classified(out["deep"])
        loss, parts = batch_loss(network, out, batch, bank, (proxies, proxied), photoless, zip(slow, began), config)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        if config.processes > 1:
            average_gradients(slow + fast)
        torch.nn.utils.clip_grad_norm_(slow + fast, 5.0)
        optimiser.step()
        for items, raw in share_catalog(out["raw"], batch, config.processes):
            bank.store(raw, items)
        step += 1
        average.update(network, min(config.average, (1 + step) / (10 + step)))
        if rank == 0:
            now = (spent + time.monotonic() - started) / 60
            for name, part in parts.items():
                sums[name] = sums.get(name, 0.0) + float(part)
            if step % 50 == 0:
                note(run, {"step": step, "minutes": round(now, 2), **{k: round(v / 50, 4) for k, v in sums.items()}})
                sums = {}
            if now * 60 - saved > config.checkpoint_minutes * 60:
                saved = now * 60
                save(run, network, average, optimiser, bank, proxies, step, saved, config, sets)
            if config.evaluate_minutes and now * 60 - evaluated > config.evaluate_minutes * 60:
                evaluated = now * 60
                note(run, {"step": step, "minutes": round(now, 2), **figures(average, sets, held_out, config)})
    if rank == 0:
        average.state = settled(average.state, data, config)
        now = (spent + time.monotonic() - started) / 60
        save(run, network, average, optimiser, bank, proxies, step, now * 60, config, sets)
        seen = figures(average, sets, held_out, config) if config.evaluate_minutes else {}
        note(run, {"step": step, "minutes": round(now, 2), "end": True, **seen})
    if config.processes > 1:
        end_together()


def end_together():
    """Ends what processes share. Left open, its threads may abort a process that has all but ended."""
    dist.barrier()
    dist.destroy_process_group()


@torch.no_grad()
def pooled_of(network, data, side, batches=60):
    """What the feature sees of training views, (n, pooled)."""
    seen, network = [], network.eval()
    watching = network.feature.register_forward_pre_hook(lambda _, came: seen.append(came[0]))
    for _ in range(batches):
        network(data.batch(side)["stem"], start=STAGES)
    watching.remove()
    return torch.cat(seen)


@torch.no_grad()
def settled(state, data, config, batches=30):
    """The averaged weights with batch-norm statistics of their own, taken at the side that is served: those kept while
    training mix all sides and lag behind. Source: precise batch norm, Wu and Johnson, "Rethinking 'Batch' in BatchNorm", 2021."""
    network = Network(masked=config.masked, width=config.width).to(memory_format=torch.channels_last)
    network.load_state_dict(state)
    network.eval()
    norms = [*network.trunk[STAGES:].modules(), *network.box.modules(), network.feature.centre]
    for norm in norms:
        if isinstance(norm, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)):
            norm.reset_running_stats()
            norm.momentum = None  # the plain mean of all batches
            norm.train()
    for _ in range(batches):
        network(data.batch(config.sides[-1])["stem"], start=STAGES)
    return {name: value.clone() for name, value in network.state_dict().items()}


def figures(average, sets, held_out, config):
    network = Network(masked=config.masked, width=config.width)
    network.load_state_dict(average.state)
    return internal_figures(network.eval(), sets, held_out, config.sides[-1])


def note(run, line):
    with open(run / "metrics.jsonl", "a") as f:
        f.write(json.dumps(line) + "\n")
    print(json.dumps(line), flush=True)


def save(run, network, average, optimiser, bank, proxies, step, spent, config, sets):
    state = {
        "network": network.state_dict(), "average": average.state, "optimiser": optimiser.state_dict(),
        "bank": bank.raw, "proxies": proxies.data, "step": step, "spent": spent, "config": config.as_dict(),
        "data": {kind: s.sha256 for kind, s in sets.items()}, "commit": commit(),
    }  # fmt: skip
    torch.save(state, run / "next.pt")
    os.replace(run / "next.pt", run / "last.pt")


def commit():
    found = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    return found.stdout.strip() or None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config")
    parser.add_argument("--run", required=True)
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE")
    parser.add_argument("--resume", action="store_true")
    args = parser.parse_args()
    config, run = read_config(args.config, args.set), Path(args.run)
    run.mkdir(parents=True, exist_ok=True)
    (run / "config.json").write_text(json.dumps(config.as_dict(), indent=2) + "\n")
    if config.processes == 1:
        work(0, config, run, args.resume)
        return
    os.environ.setdefault("MASTER_ADDR", "127.0.0.1")
    os.environ.setdefault("MASTER_PORT", "29517")
    mp.spawn(work, (config, run, args.resume), nprocs=config.processes)


if __name__ == "__main__":
    main()

"""One network of a served model as a checkpoint again, to train on from what is shipped (`start` of a run).

    python3 -m looksee_training.unfold configs/photos.toml ../models/default 1 --out runs/shipped/photos.pt

A served model has its batch norms folded into the convolutions before them. Here each is made anew, with the statistics of
training views at the served side and the scale and shift that undo them: the checkpoint answers as the model does, and
trains as any other. What a channel's weights are multiplied by is lost in folding and means nothing before a batch norm; it is
chosen so that they lie as near as can be to ImageNet's, which training pulls them to. A network's own projection is lost where
all of the model's share one (`discriminant.py`); then another is drawn, as `FeatureHead.hold` says.
"""

import argparse
from pathlib import Path

import torch

from .batches import Batches
from .config import read_config
from .model import FEATURE_WIDTH, Network
from .onnx_weights import load_served
from .sets import PictureSet, read_held_out
from .trunk import STAGES, build_trunk, norms_after

BATCHES = 30


@torch.no_grad()
def unfolded(served, trunk, views, width=None):
    """served: a network of `Served`. trunk: ImageNet's, not folded. views: what its first STAGES make of training pictures, at
    least one batch, float (n, 32, h, w) each. width: of the feature that is drawn for a network without one of its own; more pictures than that are needed.
    Returns a Network in evaluation mode with the same answers."""
    network = Network(masked=served.masked, width=width or served.width).eval()
    found = {name: value for name, value in served.state_dict().items() if width is None or not name.startswith(("feature.", "label."))}
    network.load_state_dict({name: value for name, value in found.items() if name in network.state_dict()}, strict=False)
    network.trunk[:STAGES].load_state_dict(trunk[:STAGES].state_dict())
    if width is None:
        centre = network.feature.centre
        centre.running_mean.copy_(-found["feature.project.bias"])
        centre.running_var.fill_(1 - centre.eps)
    shared = tuple(f"trunk.{stage}." for stage in range(STAGES))
    norms = [(conv, norm) for conv, norm in norms_after(network) if f"{conv}.bias" in found and not conv.startswith(shared)]
    seen = [[] for _ in norms]
    hooks = [norm.register_forward_pre_hook(noting(means)) for (_, norm), means in zip(norms, seen)]
    for conv, norm in norms:
        norm.running_mean.zero_()
        norm.running_var.fill_(1 - norm.eps)
        norm.weight.fill_(1)
        norm.bias.copy_(found[f"{conv}.bias"])
    pooled = [network(view, start=STAGES)["pooled"] for view in views]
    for (_, norm), means in zip(norms, seen):
        mean, square = torch.stack(means).mean(0)
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(square - mean**2)
        norm.weight.copy_((norm.running_var + norm.eps).sqrt())
        norm.bias.add_(mean)
    for hook in hooks:
        hook.remove()
    began = {f"trunk.{name}": weight for name, weight in trunk.named_parameters()}
    for conv, norm in norms:
        if f"{conv}.weight" in began:
            scale_towards(network.get_parameter(f"{conv}.weight"), norm, began[f"{conv}.weight"])
    if width is not None:
        network.feature.hold(torch.cat(pooled))
    return network


def scale_towards(weight, norm, began):
    """Multiplies each channel's weights, and the statistics of what comes of them, so that they lie nearest to `began`."""
    mine, theirs = weight.flatten(1), began.flatten(1)
    times = ((mine * theirs).sum(1) / mine.pow(2).sum(1).clamp(min=1e-12)).clamp(min=1e-3)
    weight.mul_(times[:, None, None, None])
    norm.running_mean.mul_(times)
    norm.running_var.copy_((norm.running_var + norm.eps) * times**2 - norm.eps)


def noting(means):
    """A hook that keeps each channel's mean and mean square of what comes in."""
    return lambda _, came: means.append(torch.stack([came[0].mean((0, 2, 3)), came[0].pow(2).mean((0, 2, 3))]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", help="of the run that this network came from: its views are shown")
    parser.add_argument("model", help="a model folder")
    parser.add_argument("which", type=int, help="of its networks, from 0")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()
    torch.set_num_threads(1)
    config, model = read_config(args.config), load_served(args.model)[0]
    served, count = model.networks[args.which], len(model.networks)
    width = None if model.projection is None else FEATURE_WIDTH // count
    kept = read_held_out(config.held_out)
    sets = {kind: PictureSet(Path(config.prepared) / kind, kind, held_out=kept) for kind in config.sets}
    data = Batches(config.pool, sets, config.plan, config.sides, config.seed)
    views = (data.batch(config.sides[-1])["stem"] for _ in range(BATCHES))
    network = unfolded(served, build_trunk(config.trunk), views, width)
    Path(args.out).parent.mkdir(parents=True, exist_ok=True)
    torch.save({"average": network.state_dict(), "config": {"masked": served.masked, "width": network.width}}, args.out)


if __name__ == "__main__":
    main()

"""What a run is held to by ImageNet's classifier: nothing at its start, and more the further it goes."""

import numpy as np
import pytest
import torch
import torchvision

from looksee_training import losses
from looksee_training.imagenet import ImageNet
from looksee_training.trunk import STAGES, build_trunk, run_trunk


@pytest.fixture(scope="module")
def npz(tmp_path_factory):
    torch.manual_seed(0)
    file = tmp_path_factory.mktemp("imagenet") / "trunk.npz"
    network = torchvision.models.mobilenet_v2()
    network.features(torch.randn(8, 3, 64, 64))  # batch norms learn the scale of what they meet, else nothing arrives at the classifier
    network.features(torch.randn(8, 3, 64, 64))
    torch.nn.init.normal_(network.classifier[1].weight, std=1.0)
    np.savez(file, **{k: v.numpy() for k, v in network.state_dict().items()})
    return file


def test_forgetting_is_the_divergence_from_what_was_said():
    said, before = torch.tensor([[0.0, 2.0], [4.0, 0.0]]), torch.tensor([[2.0, 0.0], [4.0, 0.0]])
    p, q = torch.tensor([1.0, 0.0]).softmax(0), torch.tensor([0.0, 1.0]).softmax(0)  # at temperature 2; the second row is as it was
    by_hand = 4 * (p * (p / q).log()).sum() / 2
    assert losses.forgetting(said, before).item() == pytest.approx(by_hand.item(), rel=1e-5)
    assert losses.forgetting(before, before).item() == 0


def test_an_untrained_trunk_has_forgotten_nothing_and_a_changed_one_is_pulled_back(npz):
    imagenet, trunk = ImageNet(npz), build_trunk(npz).eval()
    torch.manual_seed(1)
    stem = torch.randn(3, 32, 8, 8)
    before = imagenet.says(stem)
    assert before.shape == (3, 1000)

    def forgotten():
        return losses.forgetting(imagenet.classified(run_trunk(trunk, stem, STAGES)[1]), before)

    assert forgotten().item() == pytest.approx(0, abs=1e-5)
    last = trunk[18][0].weight
    with torch.no_grad():
        last += 0.05 * torch.randn_like(last)
    away = forgotten()
    away.backward()
    assert away.item() > 1e-3
    with torch.no_grad():
        last -= 0.1 * last.grad / last.grad.norm()
    assert forgotten().item() < away.item()
    assert not imagenet.weight.requires_grad and not imagenet.bias.requires_grad, "the classifier itself is never trained"


def test_a_file_without_the_classifier_is_refused_by_name(npz, tmp_path):
    with np.load(npz) as z:
        np.savez(tmp_path / "cut.npz", **{k: z[k] for k in z.files if not k.startswith("classifier")})
    with pytest.raises(ValueError, match="TRUNK_WEIGHTS: .*classifier.1.weight"):
        ImageNet(tmp_path / "cut.npz")


def test_a_file_cut_short_and_none_at_all_are_refused_by_name(npz, tmp_path):
    (tmp_path / "half.npz").write_bytes(npz.read_bytes()[:500_000])
    (tmp_path / "empty.npz").touch()
    for name in ("half.npz", "empty.npz"):
        with pytest.raises(ValueError, match=f"TRUNK_BROKEN: .*{name}"):
            build_trunk(tmp_path / name)
    with pytest.raises(ValueError, match="TRUNK_MISSING: .*none.npz"):
        build_trunk(tmp_path / "none.npz")

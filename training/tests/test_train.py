"""What a step's loss asks of items with and without learned prototypes, and what is done once at a run's end."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from looksee_training.bank import Bank
from looksee_training.config import Config, read_config
from looksee_training.model import FeatureHead, Network
from looksee_training.pool import CATALOG, PHOTO
from looksee_training.train import batch_loss, settled

WIDTH = 16
DEFAULT = Path(__file__).parents[1] / "configs" / "default.toml"


def config(**changes):
    off = {f"weight_{n}": 0.0 for n in ("code", "pair", "category", "box", "score", "label", "object", "decorrelation", "start")}
    return Config(prepared="", pool="", trunk="", held_out="", steps=1, width=WIDTH, **{**off, **changes})


def loss_of(raw, item, role, bank, learned, taken=None, photoless=(), only="feature", likely=None):
    """The loss's part `only`. taken: which pictures are taken photos, None: all that are photos; photoless: items without one; likely: as teachers say."""
    role = torch.tensor(role)
    batch = {
        "item": torch.tensor(item), "role": role, "boxed": torch.zeros(len(item), dtype=torch.bool),
        "taken": role == PHOTO if taken is None else torch.tensor(taken), "likely": likely,
    }  # fmt: skip
    lonely = torch.isin(torch.arange(len(bank.feature)), torch.tensor(list(photoless), dtype=torch.long))
    settings = config(**{"weight_feature": 0.0, f"weight_{only}": 1.0}, teacher="" if likely is None else "runs/*/last.pt")
    total, parts = batch_loss(None, {"raw": raw}, batch, bank, learned, lonely, [], settings)
    assert list(parts) == [only]
    return total


def test_items_with_a_proxy_pick_it_and_the_others_their_catalogue_picture():
    torch.manual_seed(0)
    bank, proxies = Bank(3, WIDTH), torch.nn.Parameter(torch.randn(1, WIDTH))
    raw = torch.randn(4, WIDTH, requires_grad=True)  # item 0 has a proxy: its photo and picture; item 2: photo and picture
    got = loss_of(raw, [0, 0, 2, 2], [PHOTO, CATALOG, PHOTO, CATALOG], bank, (proxies, torch.tensor([0])))
    unit = torch.nn.functional.normalize
    prototypes = torch.cat([unit(proxies, dim=1), bank.feature[1:2], unit(raw[3:4], dim=1)])
    by_hand = torch.nn.functional.cross_entropy(unit(raw[:3], dim=1) @ prototypes.T / 0.07, torch.tensor([0, 0, 2]))
    assert got.item() == pytest.approx(by_hand.item(), rel=1e-5)
    got.backward()
    assert proxies.grad.abs().sum() > 0 and raw.grad.abs().sum(1).gt(0).all()


def test_without_proxies_only_photos_are_asked():
    torch.manual_seed(1)
    bank, raw = Bank(2, WIDTH), torch.randn(2, WIDTH)
    none = (torch.randn(0, WIDTH), torch.zeros(0, dtype=torch.long))
    both = loss_of(raw, [1, 1], [PHOTO, CATALOG], bank, none)
    unit = torch.nn.functional.normalize(raw, dim=1)
    by_hand = -torch.log_softmax(unit[0] @ torch.stack([bank.feature[0], unit[1]]).T / 0.07, 0)[1]
    assert both.item() == pytest.approx(by_hand.item(), rel=1e-5)


def test_what_teachers_find_likely_is_learnt_of_what_is_asked():
    torch.manual_seed(2)
    bank, raw, likely = Bank(3, WIDTH), torch.randn(3, WIDTH), torch.rand(3, 3).softmax(1)
    none = (torch.randn(0, WIDTH), torch.zeros(0, dtype=torch.long))
    got = loss_of(raw, [0, 1, 1], [PHOTO, PHOTO, CATALOG], bank, none, only="teacher", likely=likely)
    unit = torch.nn.functional.normalize
    found = (unit(raw[:2], dim=1) @ torch.stack([bank.feature[0], unit(raw[2], dim=0), bank.feature[2]]).T / 0.07).log_softmax(1)
    assert got.item() == pytest.approx(-(likely[:2] * found).sum(1).mean().item(), rel=1e-5)


def test_a_photo_never_meets_an_item_without_photos_while_what_is_drawn_of_one_meets_all():
    torch.manual_seed(3)
    bank, raw = Bank(3, WIDTH), torch.randn(4, WIDTH)  # item 2 has no photo: a view drawn of it, and its catalogue picture
    none = (torch.randn(0, WIDTH), torch.zeros(0, dtype=torch.long))
    item, role, taken = [0, 0, 2, 2], [PHOTO, CATALOG, PHOTO, CATALOG], [True, False, False, False]
    got = loss_of(raw, item, role, bank, none, taken, photoless=[2])
    unit = torch.nn.functional.normalize
    alike = unit(raw[[0, 2]], dim=1) @ torch.stack([unit(raw[1], dim=0), bank.feature[1], unit(raw[3], dim=0)]).T / 0.07
    by_hand = -(torch.log_softmax(alike[0, :2], 0)[0] + torch.log_softmax(alike[1], 0)[2]) / 2
    assert got.item() == pytest.approx(by_hand.item(), rel=1e-5)


def test_nor_do_they_meet_in_the_batch_either_way():
    torch.manual_seed(4)
    bank, raw = Bank(3, WIDTH), torch.randn(5, WIDTH, requires_grad=True)  # three taken photos, two drawn views of item 2
    none = (torch.randn(0, WIDTH), torch.zeros(0, dtype=torch.long))
    got = loss_of(raw, [0, 0, 1, 2, 2], [PHOTO] * 5, bank, none, [True] * 3 + [False] * 2, photoless=[2], only="pair")
    photos = loss_of(raw[:3], [0, 0, 1], [PHOTO] * 3, bank, none, only="pair")
    assert got.item() == pytest.approx(photos.item() * 2 / 4, rel=1e-5)  # a mean over four with a partner; two have nothing else to meet
    got.backward()
    assert raw.grad[:3].abs().sum(1).gt(0).all() and raw.grad[3:].abs().max() < 1e-6


def test_nor_as_triplets():
    torch.manual_seed(5)
    bank, raw = Bank(2, WIDTH), torch.randn(3, WIDTH)
    raw[2] = raw[0]  # the photo of item 0 looks just as the catalogue picture of item 1, which has no photo
    none, item, role = (torch.randn(0, WIDTH), torch.zeros(0, dtype=torch.long)), [0, 0, 1], [PHOTO, CATALOG, CATALOG]
    assert loss_of(raw, item, role, bank, none, only="triplet") > 0
    assert loss_of(raw, item, role, bank, none, photoless=[1], only="triplet") == 0


def test_a_settled_network_has_the_statistics_of_the_served_side():
    torch.manual_seed(2)
    random, asked = np.random.default_rng(0), []

    def batch(side):
        asked.append(side)
        return {"stem": torch.from_numpy(random.normal(2.0, 3.0, (16, 32, side // 8, side // 8))).float()}

    before = Network(width=WIDTH).eval()
    after = Network(width=WIDTH).eval()
    after.load_state_dict(settled(before.state_dict(), SimpleNamespace(batch=batch), config(sides=[64, 96])))
    assert asked == [96] * 30
    weights = dict(before.named_parameters())
    assert all(torch.equal(value, weights[name]) for name, value in after.named_parameters())
    with torch.no_grad():
        seen = torch.cat([after(batch(96)["stem"], start=7)["raw"] for _ in range(10)])
        unsettled = torch.cat([before(batch(96)["stem"], start=7)["raw"] for _ in range(10)])
    assert seen.mean(0).abs().mean() < 0.2 and abs(seen.std(0).mean() - 1) < 0.2
    assert abs(unsettled.std(0).mean() - 1) > 0.5


def test_a_held_projection_keeps_the_main_directions_and_is_never_trained():
    torch.manual_seed(3)
    mix = torch.randn(64, 64)
    pooled = torch.randn(500, 64) @ mix + 3
    head = FeatureHead(64, WIDTH).eval()
    head.hold(pooled)
    weight = head.project.weight
    assert torch.allclose(weight @ weight.T, torch.eye(WIDTH), atol=1e-5), "directions at right angles, none stretched"
    kept = head.project(pooled).var(0).sum()
    best = torch.linalg.eigvalsh(torch.cov(pooled.T))[-WIDTH:].sum()
    assert kept.item() == pytest.approx(best.item(), rel=1e-3), "no other 16 directions hold more of what tells pictures apart"
    raw = head(pooled)
    assert raw.mean(0).abs().max() < 1e-3 and (raw.var(0) - 1).abs().max() < 1e-2, "centred before the first step"
    head.train()(pooled.requires_grad_()).sum().backward()
    assert weight.grad is None


def test_a_projection_is_learned_fixed_or_kept():
    assert read_config(DEFAULT).projection == "kept"
    with pytest.raises(ValueError, match="CONFIG_VALUE.*'fix'"):
        read_config(DEFAULT, ['projection="fix"'])
    with pytest.raises(ValueError, match="CONFIG_VALUE.*start"):
        read_config(DEFAULT, ['projection="kept"', 'start=""'])


def test_a_teacher_without_weight_and_a_weight_without_teacher_are_refused():
    for half in ('teacher="runs/*/last.pt"', "weight_teacher=1.0"):
        with pytest.raises(ValueError, match="CONFIG_VALUE.*both or neither"):
            read_config(DEFAULT, [half])

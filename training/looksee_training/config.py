"""A run's settings: a TOML file whose keys are checked."""

import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from .batches import Plan

PROJECTIONS = ("learned", "fixed", "kept")


@dataclass
class Config:
    prepared: str  # folder with groceries/, clothing/, streets/, mall/ as prepare.ts wrote them
    pool: str  # folder of views that pool.py drew from them
    trunk: str  # mobilenet_v2_imagenet.npz
    held_out: str  # groceries' train photos kept for validation, as visits.py wrote them
    steps: int  # batches of each process; the schedule ends then
    unseen: int = 0  # 1 to 4: every fourth of groceries' products from there on is never seen, and measured
    unseen_catalog: bool = True  # but for its catalogue picture
    teacher: str = ""  # last.pt of finished runs on the same items, a pattern
    start: str = ""  # a last.pt, or what unfold.py wrote, whose averaged weights to begin with instead of the trunk's alone
    sides: list = field(default_factory=lambda: [160])  # of each batch one of them; the last is served and measured
    seed: int = 1
    processes: int = 2
    sets: list = field(default_factory=lambda: ["groceries", "clothing", "streets", "mall"])
    proxies: list = field(default_factory=list)  # sets whose items have learned prototypes, not their catalogue pictures
    width: int = 512  # numbers of the feature; several networks served side by side have 512 together
    projection: str = "learned"  # or "fixed": what the trunk pools, turned, see FeatureHead.hold; or "kept": as `start` has it, likewise not trained
    true_boxes: bool = True  # photos' are learnt from; else those alone that nobody drew by hand: catalogue pictures' ink, what is drawn of them
    masked: bool = False  # the feature sees what is in the box too, and its loss moves the box
    trunk_rate: float = 4e-4
    head_rate: float = 2e-3
    weight_decay: float = 0.02
    warm_up: float = 0.03  # share of the schedule
    temperature: float = 0.07
    code_temperature: float = 0.07
    hard_signs: bool = False  # codes are compared by their signs themselves, not softened ones
    weight_feature: float = 1.0
    weight_code: float = 0.5
    weight_triplet: float = 0.0  # the paper's
    weight_pair: float = 0.5
    weight_category: float = 0.5
    weight_box: float = 0.5
    weight_score: float = 0.1
    weight_teacher: float = 0.0
    weight_label: float = 0.3  # garments told apart by the feature itself, for the shop's own categories
    weight_object: float = 0.1
    weight_decorrelation: float = 1.0
    weight_start: float = 0.02  # of the trunk's squared distance from where it began (L2-SP, Li et al., ICML 2018)
    weight_forgetting: float = 0.0  # of ImageNet's classifier saying of a view something else than it did before any training
    label_smoothing: float = 0.1
    average: float = 0.999  # of the weights, a step
    checkpoint_minutes: float = 3.0
    evaluate_minutes: float = 8.0  # between figures of internal validation, which stand at the end too; 0: none
    identities: str = "item"  # or "family": categories alone are taught; or "shuffled": the control that must not learn
    plan: Plan = field(default_factory=Plan)

    def __post_init__(self):
        """Raises ValueError on settings that say nothing together; of `arms.py` too, which reads no run's own file."""
        if self.projection not in PROJECTIONS:
            raise ValueError(f"CONFIG_VALUE: projection = {self.projection!r} is none of {', '.join(PROJECTIONS)}")
        if self.projection == "kept" and not self.start:
            raise ValueError("CONFIG_VALUE: projection = 'kept' keeps that of `start`, which is empty")
        if bool(self.teacher) != (self.weight_teacher > 0):
            raise ValueError(f"CONFIG_VALUE: teacher = {self.teacher!r} and weight_teacher = {self.weight_teacher}: give both or neither")

    def as_dict(self):
        return asdict(self)


def read_config(file, overrides=()):
    """file: TOML; overrides: "key=value" or "plan.key=value", values in TOML. Raises ValueError on an unknown key or a wrong value."""
    text = Path(file).read_text()
    values = tomllib.loads(text)
    for override in overrides:
        key, _, value = override.partition("=")
        target = values
        if key.startswith("plan."):
            target, key = values.setdefault("plan", {}), key[5:]
        target[key] = tomllib.loads(f"v = {value}")["v"]
    plan = checked(Plan, values.pop("plan", {}), "plan.")
    return Config(**checked(Config, values, ""), plan=Plan(**plan))


def checked(kind, values, prefix):
    known = {f.name: f for f in fields(kind)}
    for key, value in values.items():
        if key not in known:
            raise ValueError(f"CONFIG_KEY: {prefix}{key} is no setting; known: {', '.join(sorted(known))}")
        expected = known[key].type
        if expected is float and type(value) is int:
            values[key] = float(value)
        elif isinstance(expected, type) and type(value) is not expected:
            raise ValueError(f"CONFIG_TYPE: {prefix}{key} = {value!r} is not {expected.__name__}")
    return values

"""Pictures of what was measured: features on a plane, recall against k, and the same photos' answers side by side."""

import base64
import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from .measures import DEEP, SHOWN, overlap

# Okabe and Ito's eight, told apart by colour-blind readers too, and four more.
COLOURS = [
    "#0072b2",
    "#d55e00",
    "#009e73",
    "#cc79a7",
    "#e69f00",
    "#56b4e9",
    "#000000",
    "#999933",
    "#882255",
    "#44aa99",
    "#666666",
    "#332288",
]
LINES = {"generic": COLOURS[10], "category": COLOURS[4], "ours": COLOURS[5], "shipped": COLOURS[0]}
SEED = 7
QUERIES = 12


def figure(draw, file, size=(5.6, 5.0)):
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    fig, axes = pyplot.subplots(figsize=size)
    draw(axes)
    fig.tight_layout()
    drawn = io.BytesIO()
    fig.savefig(drawn, dpi=110)
    pyplot.close(fig)
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.open(drawn).convert("RGB").quantize(64).save(file, optimize=True)  # a third of the bytes, for the repository


def families_of(asked):
    """Twelve groups of items with the most photos: (name, items). Groceries: products; mall: designs alike."""
    if asked.data.kind == "mall":
        with open(Path(asked.data.folder) / "catalog.csv", newline="") as f:
            family = {row["id"]: f"{row['category']}, {row['brand']}" for row in csv.DictReader(f)}
    else:
        family = {item: item.replace("-", " ") for item in asked.catalogs["shipped"][0].items}
    groups = {}
    for item in asked.items:
        groups.setdefault(family[item], []).append(item)
    # One family a kind, as far as they go: like things would lie together in any feature.
    largest = sorted(groups.items(), key=lambda entry: (-len(entry[1]), entry[0]))
    firsts, seen = [], set()
    for entry in largest:
        kind = entry[0].split(",")[0] if asked.data.kind == "mall" else entry[0]
        if kind not in seen:
            firsts.append(entry)
            seen.add(kind)
    return [(name, set(items)) for name, items in firsts[: len(COLOURS)]]


def plane(asked, arm, title, file):
    """t-SNE of the families' catalogue pictures and photos in one model's features."""
    from sklearn.manifold import TSNE

    photos, catalog = asked.looks[arm][0], asked.catalogs[arm][0]
    families = families_of(asked)
    number = {item: i for i, (_, items) in enumerate(families) for item in items}
    rows = []
    for looks, ring in ((catalog, True), (photos, False)):
        features = looks.feature(asked.weights[arm])
        rows += [(features[i], number[item], ring) for i, item in enumerate(looks.items) if item in number]
    if len(rows) < 5:
        return False
    tsne = TSNE(
        metric="cosine", init="pca", perplexity=min(12, (len(rows) - 1) / 3), learning_rate="auto", random_state=SEED
    )
    places = tsne.fit_transform(np.stack([feature for feature, _, _ in rows]))

    def draw(axes):
        for i, (name, _) in enumerate(families):
            for ring in (False, True):
                own = np.array([k == i and r == ring for _, k, r in rows])
                style = {"color": COLOURS[i], "s": 14, "label": f"{i + 1}  {name}"}
                if ring:
                    style = {"facecolors": "none", "edgecolors": COLOURS[i], "linewidths": 1.4, "s": 80}
                axes.scatter(*places[own].T, **style)
                for at in places[own & ring]:
                    axes.annotate(i + 1, at, (5, 4), textcoords="offset points", fontsize=7, color=COLOURS[i])
        axes.set_title(title, fontsize=11)
        axes.set_xticks([]), axes.set_yticks([])
        axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.01), ncol=2, fontsize=8, frameon=False)

    figure(draw, file, (5.6, 6.4))
    return True


def curves(asked, lines, title, file):
    """Recall against k, 1 to 20: lines are (arm, way, words)."""

    def draw(axes):
        for arm, way, words in lines:
            found = asked.answers[(arm, way)]
            shares = [np.mean([one.hits(k).mean() for one in found]) for k in range(1, 21)]
            axes.plot(range(1, 21), shares, marker="o", ms=3, color=LINES[arm], label=words)
        axes.set(
            xlabel="answers looked at",
            ylabel="share of photos whose product is among them",
            ylim=(0, 1.02),
            xticks=[1, 4, 8, 12, 16, 20],
        )
        axes.set_title(title, fontsize=11)
        axes.grid(alpha=0.3)
        axes.legend(loc="lower right", fontsize=9)

    figure(draw, file, (5.6, 4.2))


@dataclass
class Beside:
    """One photo's first answers by two models."""

    photo: str  # data URI
    box: list  # that ours found
    name: str
    hits: dict  # words of the model -> [(data URI, item, whether it is the product)]
    places: dict  # words of the model -> 1-based place of the product, None beyond the 60 nearest


def thumbnail(file, side):
    """A small JPEG as data URI, upright, on white."""
    with Image.open(file) as image:
        image = ImageOps.exif_transpose(image).convert("RGBA")
        image.thumbnail((side, side))
        sheet = Image.new("RGB", image.size, "white")
        sheet.paste(image, mask=image.getchannel("A"))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=72)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()


def chosen(asked, count, seed=SEED):
    """Queries by a seeded choice, half of them such as only one of the two models answers rightly, if there are any."""
    before, after = (asked.answers[(arm, "served")][0].hits(1) for arm in ("generic", "shipped"))
    order = np.random.default_rng(seed).permutation(len(before))
    differ = [i for i in order if before[i] != after[i]][: count // 2]
    rest = [i for i in order if i not in differ][: count - len(differ)]
    return sorted(differ + rest)


def side_by_side(asked, count):
    """`count` photos of a set with the first answers of the generic and of the shipped model."""
    folder, looks = Path(asked.data.folder), asked.looks["shipped"][0]
    rows = np.flatnonzero(asked.there)
    found = []
    for i in chosen(asked, count):
        hits, places = {}, {}
        for arm, words in (("generic", "before: generic features"), ("shipped", "after: ours")):
            answers, catalog = asked.answers[(arm, "served")][0], asked.catalogs[arm][0]
            shown = [(catalog.files[row], catalog.items[row]) for row in answers.first[i][:SHOWN]]
            hits[words] = [(thumbnail(folder / file, 120), item, item == asked.items[i]) for file, item in shown]
            place = int(answers.places["served"][i])
            places[words] = place + 1 if place < DEEP else None
        at = rows[i]
        whole = overlap(looks.found[at], np.array([0.0, 0, 1, 1])) > 0.98
        found.append(
            Beside(
                thumbnail(folder / looks.files[at], 200),
                [] if whole else looks.found[at].tolist(),
                str(asked.items[i]),
                hits,
                places,
            )
        )
    return found

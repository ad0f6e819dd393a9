"""Writes the report: one self-contained HTML page with pictures, and Markdown for docs/ with plots alone."""

from .html import page
from .pictures import QUERIES, curves, plane, side_by_side
from .words import SETS, row_of, slug

HEADING = """<!-- Written by training/quality.sh; change looksee_training/quality/tables.py instead. -->
# How well does it find?"""
BESIDE = (
    "The same command writes a page with the photos themselves and their answers side by side, before and after "
    "(`training/runs/quality/report.html`; pictures of the data sets stay out of the repository)."
)


def write_report(sections, results, asked, out, docs):
    """OUT/report.html, OUT/quality.md and OUT/plots; the latter two in `docs` too, unless it is None (a trial run)."""
    plots = out / "plots"
    draw_plots(asked, plots)
    for section in sections:
        section.plots = [(name, words) for name, words in section.plots if (plots / f"{name}.png").exists()]
    shops = [name for name in ("groceries", "mall") if row_of(results, name, "generic", "served")]
    beside = {name: side_by_side(asked[name], QUERIES // 2) for name in shops}
    about = headline(results["about"])
    (out / "report.html").write_text(page(sections, about, beside, plots))
    text = markdown(sections, about)
    (out / "quality.md").write_text(text)
    if docs:
        (docs / "quality.md").write_text(text)
        (docs / "plots").mkdir(exist_ok=True)
        for name in [name for section in sections for name, _ in section.plots]:
            (docs / "plots" / f"{name}.png").write_bytes((plots / f"{name}.png").read_bytes())


def draw_plots(asked, folder):
    for file in folder.glob("*.png"):
        file.unlink()
    for name, one in asked.items():
        if not one.data.catalog:
            continue
        ways = [
            ("generic", "whole", "generic"), ("category", "served", "categories alone, small budget"),
            ("ours", "served", "our recipe, small budget"), ("shipped", "served", "ours as shipped"),
        ]  # fmt: skip
        lines = [way for way in ways if way[:2] in one.answers]
        curves(one, lines, f"{SETS[name]}, {len(one.items):,} photos", folder / f"quality-recall-{slug(name)}.png")
        for arm, words in (("generic", "generic features"), ("shipped", "ours")):
            if name != "large mall" and (arm, "served") in one.answers:
                plane(one, arm, f"{SETS[name]}: {words}", folder / f"quality-features-{name}-{arm}.png")


def headline(about):
    """Which model, seeds, day, machine and command."""
    arms = [f"{arm}: seeds {', '.join(str(run['seed']) for run in runs)}" for arm, runs in about["arms"].items()]
    seeds = [f"{name} {seed}" for name, seed in (about["modelSeeds"] or {}).items()]
    return [
        f"Model {about['model']} (seeds: {', '.join(seeds) or 'not in its card'}). "
        f"Compared arms: {'; '.join(arms) or 'none yet'}.",
        f"Measured on {about['date']} on {about['machine']}, load {about['load']:.1f}, by `{about['command']}`.",
        *(["A TRIAL on a few pictures of each set: not for quoting."] if about["limit"] else []),
    ]


def markdown(sections, about):
    lines = [HEADING, *about, BESIDE, ""]
    for section in sections:
        lines += [f"## {section.title}", section.text, ""]
        if section.rows:
            table = [section.columns, ["---"] * len(section.columns), *section.rows]
            lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |" for row in table] + [""]
        if section.note:
            lines += [section.note.strip(), ""]
        if section.plots:
            lines += [*(f"![{words}](plots/{name}.png)" for name, words in section.plots), ""]
    return "\n".join(lines).rstrip() + "\n"

"""Sets sections on one self-contained HTML page; pictures lie in it as data."""

import base64
from html import escape
from pathlib import Path

from .words import SETS

STYLE = Path(__file__).with_name("page.css")
BESIDE = (
    "The same photos asked of generic features and of ours: the first five answers, the very product framed. Half of "
    "the photos of each set are such as only one of the two gets right at once. The red box is what ours looks at."
)


def page(sections, about, beside, plots):
    """about: lines; beside: set -> photos side by side; plots: the folder of the sections' plots."""
    links = [(f"s{i}", section.title) for i, section in enumerate(sections)]
    links += [("beside", "Before and after")] if beside else []
    parts = [
        f"<h1>How well does it find?</h1><p>{'<br>'.join(map(marked, about))}</p>",
        f"<nav aria-label=Parts>{''.join(f'<a href=#{to}>{escape(words)}</a>' for to, words in links)}</nav>",
    ]
    for i, section in enumerate(sections):
        parts.append(f"<h2 id=s{i}>{escape(section.title)}</h2><p>{marked(section.text)}</p>")
        parts += [table(section)] if section.rows else []
        parts += [f"<p>{marked(section.note)}</p>"] if section.note else []
        figures = [plot(plots / f"{name}.png", words) for name, words in section.plots]
        parts += [f"<div class=plots>{''.join(figures)}</div>"] if figures else []
    if beside:
        parts.append(f"<h2 id=beside>Before and after</h2><p>{BESIDE}</p>")
        for name, queries in beside.items():
            parts += [f"<h3>{escape(SETS[name])}</h3>", *map(query, queries)]
    return f"""<!doctype html>
<html lang=en><head><meta charset=utf-8><meta name=viewport content="width=device-width, initial-scale=1">
<title>looksee: how well does it find?</title><style>
{STYLE.read_text()}</style></head><body><main>{"".join(parts)}</main></body></html>
"""


def marked(text):
    """Escaped, with `code` set as such."""
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(escape(text).split("`")))


def table(section):
    head = "".join(f"<th scope=col>{escape(cell)}</th>" for cell in section.columns)
    rows = []
    for first, *rest in section.rows:
        cells = "".join(f"<td{mark(cell)}>{escape(cell)}</td>" for cell in rest)
        rows.append(f"<tr><th scope=row>{escape(first)}</th>{cells}</tr>")
    return (
        f'<div class=scroll tabindex=0 role=region aria-label="{escape(section.title)}"><table>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def mark(text):
    if text in ("met", "yes"):
        return " class=good"
    return " class=bad" if text.startswith("missed") or text == "no" else ""


def plot(file, words):
    data = base64.b64encode(file.read_bytes()).decode()
    return f'<figure class=plot><img alt="{escape(words)}" src="data:image/png;base64,{data}"></figure>'


def query(one):
    frame = ""
    if one.box:
        left, top, right, bottom = (100 * edge for edge in one.box)
        place = f"left:{left:.1f}%;top:{top:.1f}%;width:{right - left:.1f}%;height:{bottom - top:.1f}%"
        frame = f'<i style="{place}"></i>'
    rows = []
    for words, hits in one.hits.items():
        place = one.places[words]
        where = "first" if place == 1 else f"place {place}" if place else "not among the 60 nearest"
        shown = "".join(hit(*each) for each in hits)
        rows.append(f"<div><p class=who>{escape(words)} <span>{where}</span></p><div class=row>{shown}</div></div>")
    name = escape(one.name)
    return (
        f'<article class=query><figure class=asked><span class=picture><img alt="photo of {name}" src="{one.photo}">'
        f"{frame}</span><figcaption>{name}</figcaption></figure><div class=answers>{''.join(rows)}</div></article>"
    )


def hit(picture, item, right):
    return (
        f'<figure class="hit{" right" if right else ""}"><img alt="{escape(item)}" src="{picture}">'
        f"<figcaption>{escape(item)}{' ✓' if right else ''}</figcaption></figure>"
    )

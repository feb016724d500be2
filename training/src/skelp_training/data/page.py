"""A page to look at: the pictures of a set with their labels drawn on."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from skelp.domain.errors import SkelpError, cause_of
from skelp.render.palette import colour
from skelp_training.data.check import Checked
from skelp_training.data.overlay import overlay
from skelp_training.data.pictures import U8, Item, marked
from skelp_training.data.summary import ClassNames

_SHOWN = 48
_WIDEST_PX = 640
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title>
<style>body{{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:90rem;padding:0 1rem;color:#222}}
table{{border-collapse:collapse;margin:1rem 0}}td,th{{padding:.2rem .8rem;border-bottom:1px solid #ddd;text-align:left}}
main{{display:grid;grid-template-columns:repeat(auto-fill,minmax(24rem,1fr));gap:1.5rem}}
img{{width:100%;image-rendering:pixelated}}figure{{margin:0}}figcaption{{color:#555;overflow-wrap:anywhere}}
.key{{display:inline-block;width:.9em;height:.9em;margin-right:.4em;vertical-align:-.1em}}.fault{{color:#a00}}</style>
<h1>{title}</h1><table>{rows}</table>{faults}<h2>{shown} of {used} pictures</h2>
<p>Left: the picture. Right: with its labels. Hatched grey: unsure. {legend}</p><main>{figures}</main></html>
"""


def write_page(folder: Path, checked: Checked) -> Path:
    """Write index.html with its pictures into a folder that is new, empty or an older page. Returns the page's path.

    Pictures of every class are shown first. Raises SkelpError if the folder has anything else, or a file cannot be written.
    """
    page = folder / "index.html"
    if folder.exists() and any(folder.iterdir()) and not page.is_file():
        raise SkelpError(f"{folder} is not empty; name a new folder for the page with --out")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        figures = [_figure(folder, n, item, checked.names) for n, item in enumerate(_chosen(checked.used, checked.names))]
        page.write_text(_filled(checked, figures), encoding="utf-8")
    except OSError as error:
        raise SkelpError(f"cannot write {error.filename or folder}: {cause_of(error)} (--out)") from error
    return page


def _filled(checked: Checked, figures: Sequence[str]) -> str:
    rows = "".join(f"<tr><th>{html.escape(k)}</th><td>{html.escape(v)}</td></tr>" for k, v in checked.contents.rows(checked.names))
    faults = "".join(f'<p class="fault">{html.escape(text)}</p>' for text in checked.faults)
    faults += "".join(f"<p>{html.escape(text)}</p>" for text in checked.remarks)
    keys = ((colour(name), name) for _, name in sorted(checked.names.items()))
    legend = " ".join(f'<span class="key" style="background:rgb{rgb}"></span>{html.escape(name)}' for rgb, name in keys)
    return _PAGE.format(
        title=html.escape(f"Labels of {checked.contents.name}"),
        rows=rows,
        faults=faults,
        shown=len(figures),
        used=len(checked.used),
        legend=legend,
        figures="".join(figures),
    )


def _chosen(items: Sequence[Item], names: ClassNames) -> list[Item]:
    """Some pictures of every class, then some without a defect, in the order of the set."""
    wanted: dict[int | None, int] = dict.fromkeys([*names, None], max(1, _SHOWN // (len(names) + 1)))
    chosen = []
    for item in items:
        shown = [c for c in _classes(item) if wanted.get(c, 0) > 0]
        if shown:
            chosen.append(item)
            for c in shown:
                wanted[c] -= 1
        if not any(wanted.values()):
            break
    return chosen


def _classes(item: Item) -> list[int | None]:
    mask = item.load().mask
    return np.unique(mask[marked(mask)]).tolist() or [None]


def _figure(folder: Path, n: int, item: Item, names: ClassNames) -> str:
    sample = item.load()
    pair = [cv2.cvtColor(sample.image, cv2.COLOR_GRAY2BGR), overlay(sample.image, sample.mask, names)]
    wide = sample.image.shape[1] > 2 * sample.image.shape[0]
    drawn = np.vstack(pair) if wide else np.hstack(pair)
    factor = min(1.0, 2 * _WIDEST_PX / drawn.shape[1])
    small: U8 = np.asarray(cv2.resize(drawn, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    (folder / f"picture-{n}.png").write_bytes(cv2.imencode(".png", small)[1].tobytes())
    text = html.escape(f"{item.name} ({item.split}, group {item.group})")
    return f'<figure><img src="picture-{n}.png" alt="{text}"><figcaption>{text}</figcaption></figure>'

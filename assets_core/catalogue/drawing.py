"""A graph of assets as a picture: SVG with links and titles, no script.

Each node stands one column after the last of those that it reads; in its column it stands
near them. Larger graphs than a picture can hold are told so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assets_core.catalogue.charts import COLOURS, INK
from assets_core.catalogue.markup import Markup, element, joined, safe_url
from assets_core.frozen import frozen

MOST_NODES = 150
"""Above so many nodes no picture is drawn."""

_HIGH, _ABOVE, _BETWEEN, _LETTER = 26, 14, 56, 7.0
_LONGEST = 26
_SWEEPS = 4


@frozen
class Box:
    """One node of a picture.

    Attributes:
        status: The colour of its edge; None where it is not known.
        said: What is shown where it is pointed at.
        url: Where it leads, if anywhere.
        strong: Whether the picture is about this one.
    """

    key: str
    status: str | None = None
    said: str = ""
    url: str | None = None
    strong: bool = False


def lineage_picture(
    boxes: Sequence[Box], reads: Mapping[str, Sequence[str]], title: str
) -> Markup | None:
    """Return boxes with an arrow from what is read to what reads it; None if too many.

    Args:
        boxes: What is read stands before what reads it.
        reads: The keys that each reads; others than those of boxes are left out.
    """
    if not boxes or len(boxes) > MOST_NODES:
        return None
    keys = {one.key for one in boxes}
    own = {
        one.key: [each for each in reads.get(one.key, ()) if each in keys] for one in boxes
    }
    columns = _in_columns([one.key for one in boxes], own)
    widths = [_BETWEEN + max(map(_wide, column)) for column in columns]
    starts = [4 + sum(widths[:place]) for place in range(len(columns))]
    at = {
        key: (starts[x], 4 + y * (_HIGH + _ABOVE))
        for x, column in enumerate(columns)
        for y, key in enumerate(column)
    }
    lines = [_arrow(at[one], at[key], _wide(one)) for key in own for one in own[key]]
    size = (
        sum(widths) - _BETWEEN + 8,
        max(map(len, columns)) * (_HIGH + _ABOVE) - _ABOVE + 8,
    )
    return element(
        "svg",
        element("title", title),
        element("desc", _in_words(own)),
        joined(lines),
        joined(_drawn(one, at[one.key]) for one in boxes),
        class_="ac-chart ac-lineage-picture",
        role="img",
        viewBox=f"0 0 {size[0]:.6g} {size[1]:.6g}",
        width=f"{size[0]:.6g}",
        height=f"{size[1]:.6g}",
        font_family="system-ui, sans-serif",
    )


def _in_columns(order: Sequence[str], reads: Mapping[str, list[str]]) -> list[list[str]]:
    column: dict[str, int] = {}
    for key in order:
        column[key] = 1 + max((column.get(one, 0) for one in reads[key]), default=-1)
    columns: list[list[str]] = [[] for _ in range(max(column.values()) + 1)]
    for key in order:
        columns[column[key]].append(key)
    readers: dict[str, list[str]] = {key: [] for key in order}
    for key, read in reads.items():
        for one in read:
            readers[one].append(key)
    for sweep in range(_SWEEPS):
        beside = readers if sweep % 2 else reads
        place = {key: y for each in columns for y, key in enumerate(each)}
        for each in columns[::-1] if sweep % 2 else columns:
            middle = {key: _middle(place, beside[key], place[key]) for key in each}
            each.sort(key=lambda key: (middle[key], key))
            place |= {key: y for y, key in enumerate(each)}
    return columns


def _middle(place: Mapping[str, int], beside: Sequence[str], own: int) -> float:
    return sum(place[one] for one in beside) / len(beside) if beside else own


def _drawn(box: Box, at: tuple[float, float]) -> Markup:
    x, y = at
    colour = COLOURS.get(box.status or "", INK)
    wide = _wide(box.key)
    inside = (
        element("title", box.said or box.key),
        element(
            "rect",
            class_=f"ac-node ac-{box.status}" if box.status in COLOURS else "ac-node",
            x=f"{x:.6g}",
            y=f"{y:.6g}",
            width=f"{wide:.6g}",
            height=_HIGH,
            rx=5,
            fill=colour,
            fill_opacity="0.3" if box.strong else "0.1",
            stroke=colour,
            stroke_width="2.5" if box.strong else "1.5",
            stroke_dasharray="4 3" if box.status == "missing" else None,
        ),
        element(
            "text",
            _short(box.key),
            x=f"{x + wide / 2:.6g}",
            y=f"{y + 17:.6g}",
            font_size=12,
            text_anchor="middle",
            fill="currentColor",
        ),
    )
    url = safe_url(box.url) if box.url else None
    return element("a", *inside, href=url) if url else element("g", *inside)


def _arrow(start: tuple[float, float], end: tuple[float, float], wide: float) -> Markup:
    (x, y), (to_x, to_y) = start, end
    x, y, to_y = x + wide, y + _HIGH / 2, to_y + _HIGH / 2
    bend = max(24.0, (to_x - x) / 2)
    curve = f"M{x:.6g} {y:.6g}C{x + bend:.6g} {y:.6g} {to_x - bend:.6g} {to_y:.6g}"
    back, up, down = f"{to_x - 6:.6g}", f"{to_y - 4:.6g}", f"{to_y + 4:.6g}"
    head = f"M{back} {up}L{to_x:.6g} {to_y:.6g}L{back} {down}"
    return element(
        "path",
        d=f"{curve} {to_x:.6g} {to_y:.6g}{head}",
        class_="ac-edge",
        fill="none",
        stroke="currentColor",
        stroke_opacity="0.45",
    )


def _wide(key: str) -> float:
    return 20 + _LETTER * len(_short(key))


def _short(key: str) -> str:
    return key if len(key) <= _LONGEST else f"…{key[1 - _LONGEST :]}"


def _in_words(reads: Mapping[str, Sequence[str]]) -> str:
    told = [f"{key} reads {', '.join(read)}" for key, read in reads.items() if read]
    return "; ".join(told) or "nothing reads anything"

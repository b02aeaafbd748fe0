"""Small charts as pieces of SVG: no script, readable in light and dark and by ear.

Each mark has a class for a page's own colours, and a colour of its own where there is no
style; each can be pointed at, and says what it stands for. A chart has a title, and a
description that says in words what the picture shows.

>>> chart = bars([Bar("Monday", 3), Bar("Tuesday", 5)], "rows of orders")
>>> chart.count("<rect")
2
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from assets_core.catalogue.markup import Markup, element, joined, text
from assets_core.frozen import frozen

COLOURS: Mapping[str, str] = {
    "fresh": "#2e9e5b",
    "stale": "#c28100",
    "missing": "#8a8f98",
    "failed": "#d64545",
    "held": "#8b5cf6",
    "source": "#3b82f6",
}
"""The colour of each status: at least 3:1 against white and against near black."""

INK = "#5b74e8"
_CELL, _GAP = 11, 2
_STEP = _CELL + _GAP
_DAYS_OF_A_WEEK = 7
_THOUSAND, _MOST_WHOLE = 1000, 1e15
_WEEKDAYS = ("Mon", "", "Wed", "", "Fri", "", "Sun")
_LONGEST_SIDE = 120
_WIDEST = 32
_MOST_YEARS = 3
_MOST_CELLS = 1200


@frozen
class Bar:
    """One bar: what it stands for, how long it is, and its status, if it has one.

    Attributes:
        value: None where nothing is known; a gap is shown.
        said: What is shown instead of the label and the value where it is pointed at.
    """

    label: str
    value: float | None
    status: str | None = None
    said: str | None = None


def bars(given: Sequence[Bar], title: str, *, width: int = 240, height: int = 48) -> Markup:
    """Return values one beside the other, such as the rows of each materialization."""
    top = max((one.value or 0 for one in given), default=0) or 1
    step = min(width / max(len(given), 1), _WIDEST)
    thick = max(min(step - 1, 28), step * 0.6)
    return _svg(
        "ac-bars",
        (width, height),
        title,
        _bars_in_words(given),
        [
            _mark(
                (place * step + (step - thick) / 2, height - tall - 0.5, thick, tall),
                one.said or f"{one.label}: {number(one.value)}",
                one.status,
            )
            for place, one in enumerate(given)
            if one.value is not None
            for tall in (max(one.value / top * (height - 2), 1),)
        ],
    )


def histogram(
    edges: Sequence[object],
    counts: Sequence[int],
    title: str,
    *,
    width: int = 120,
    height: int = 32,
) -> Markup:
    """Return how many values lie in each of several ranges.

    Args:
        edges: The ends of the ranges, one more than there are counts.
    """
    ranges = itertools.pairwise(edges)
    given = [
        Bar(f"{number(low)} to {number(high)}", count)
        for (low, high), count in zip(ranges, counts, strict=True)
    ]
    return bars(given, title, width=width, height=height)


def calendar(days: Mapping[dt.date, str], title: str) -> Markup:
    """Return days by status: a row a day of the week, a column a week, a block a year.

    Of more than three years the last ones are shown, and the title says so.
    """
    if not days:
        return _svg("ac-calendar", (_STEP, _STEP), title, "nothing yet", [])
    years = sorted({day.year for day in days})
    title = title if len(years) <= _MOST_YEARS else f"{title}, the last {_MOST_YEARS} years"
    years = years[-_MOST_YEARS:]
    tall = _STEP * (_DAYS_OF_A_WEEK + 1) + 12
    marks: list[Markup] = []
    for place, year in enumerate(years):
        block = {day: status for day, status in days.items() if day.year == year}
        marks.extend(_year(year, block, place * tall))
    size = (32 + _STEP * 54, tall * len(years))
    return _svg("ac-calendar", size, title, _counted(days.values()), marks)


def grid(cells: Sequence[tuple[str, str]], title: str, *, across: int = 30) -> Markup:
    """Return partitions by status, in their order, so many a row.

    Of more than 1,200 the last ones are shown, and the title says so.

    Args:
        cells: What each is called, and its status.
    """
    said = _counted(one for _, one in cells)
    if len(cells) > _MOST_CELLS:
        cells, title = cells[-_MOST_CELLS:], f"{title}, the last {_MOST_CELLS:,}"
    wide = max(1, min(across, len(cells)))
    marks = [
        _cell(place % wide * _STEP, place // wide * _STEP, f"{name}: {status}", status)
        for place, (name, status) in enumerate(cells)
    ]
    size = (wide * _STEP, max(1, math.ceil(len(cells) / wide)) * _STEP)
    return _svg("ac-grid", size, title, said, marks)


def matrix(cells: Mapping[tuple[str, str], str], title: str) -> Markup:
    """Return partitions of two dimensions by status: rows by the first, then columns.

    Of a side with more than 120 keys the last ones are shown, and the title says so.
    """
    rows, columns = (list(dict.fromkeys(key[side] for key in cells)) for side in (0, 1))
    shown = f"{title}, the last {_LONGEST_SIDE} of each side"
    said = shown if max(len(rows), len(columns), 0) > _LONGEST_SIDE else title
    rows, columns = rows[-_LONGEST_SIDE:], columns[-_LONGEST_SIDE:]
    left = min(160, 7 * max(map(len, rows), default=0)) + 6
    marks = [
        _text(left - 6, place * _STEP + 9, _shortened(name), text_anchor="end")
        for place, name in enumerate(rows)
    ]
    marks += [
        _text(left + x * _STEP + (_CELL if x else 0), len(rows) * _STEP + 9, name, **where)
        for x, name, where in _first_and_last(columns)
    ]
    if len(cells) > _MOST_CELLS:
        marks += _rows(cells, rows, columns, left)
    else:
        marks += [
            _cell(left + x * _STEP, y * _STEP, f"{row}, {column}: {status}", status)
            for y, row in enumerate(rows)
            for x, column in enumerate(columns)
            for status in (cells.get((row, column)),)
            if status is not None
        ]
    size = (left + len(columns) * _STEP, max(1, len(rows)) * _STEP + 12)
    return _svg("ac-matrix", size, said, _counted(cells.values()), marks)


def _first_and_last(
    columns: Sequence[str],
) -> Iterable[tuple[int, str, Mapping[str, str]]]:
    """Yield where the first and the last column stand, if there is room for both names."""
    names = [_shortened(name) for name in columns]
    last = len(names) - 1
    if last > 0 and 6 * len(names[0] + names[last]) + 12 <= len(names) * _STEP:
        yield 0, names[0], {}
        yield last, names[last], {"text_anchor": "end"}


def _rows(
    cells: Mapping[tuple[str, str], str],
    rows: Sequence[str],
    columns: Sequence[str],
    left: float,
) -> Iterable[Markup]:
    """Yield the cells of each status as one path: dashed lines, of which a dash is a cell.

    Thousands of cells would be megabytes one by one. What is missing is a thin line.
    """
    lines: dict[str, list[str]] = {}
    counts: Counter[str] = Counter()
    for y, row in enumerate(rows):
        start = 0
        found = itertools.groupby(cells.get((row, column)) for column in columns)
        for status, count in ((one, len(list(run))) for one, run in found):
            if status is not None:
                x, high = left + start * _STEP + 0.5, y * _STEP + 0.5 + _CELL / 2
                line = f"M{x:g} {high:g}h{count * _STEP - _GAP}"
                lines.setdefault(status, []).append(line)
                counts[status] += count
            start += count
    for status, told in lines.items():
        known = (
            f"ac-mark ac-dashes ac-{status}" if status in COLOURS else "ac-mark ac-dashes"
        )
        yield element(
            "path",
            element("title", f"{status}: {counts[status]:,}"),
            class_=known,
            d="".join(told),
            fill="none",
            stroke=COLOURS.get(status, INK),
            stroke_width=3 if status == "missing" else _CELL,
            stroke_dasharray=f"{_CELL} {_GAP}",
        )


def number(value: object) -> str:
    """Return a number as people read it, and anything else as its text.

    >>> number(1234567), number(0.123456), number(98765.4321), number(None)
    ('1,234,567', '0.1235', '98,765', 'unknown')
    """
    if value is None:
        return "unknown"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, float):
        is_large = value.is_integer() or _THOUSAND <= abs(value) < _MOST_WHOLE
        return f"{value:,.0f}" if is_large else f"{value:,.4g}"
    return str(value)


def _year(year: int, days: Mapping[dt.date, str], top: float) -> Iterable[Markup]:
    first = dt.date(year, 1, 1)
    left, above = 30, top + 12
    yield _text(0, top + 9, str(year))
    for month in range(1, 13):
        day = dt.date(year, month, 1)
        yield _text(left + _week(first, day) * _STEP, top + 9, f"{day:%b}")
    for row, name in enumerate(_WEEKDAYS):
        if name:
            yield _text(0, above + row * _STEP + 9, name)
    for day, status in sorted(days.items()):
        x, y = left + _week(first, day) * _STEP, above + day.weekday() * _STEP
        yield _cell(x, y, f"{day}: {status}", status)


def _week(first: dt.date, day: dt.date) -> int:
    return ((day - first).days + first.weekday()) // _DAYS_OF_A_WEEK


def _cell(x: float, y: float, said: str, status: str) -> Markup:
    return _mark((x + 0.5, y + 0.5, _CELL, _CELL), said, status)


def _mark(
    place: tuple[float, float, float, float], said: str, status: str | None
) -> Markup:
    """Return a rectangle that says what it is; what is missing is hollow."""
    x, y, wide, tall = (f"{one:.6g}" for one in place)
    known = status if status in COLOURS else None
    colour = COLOURS.get(status or "", INK)
    kind = f"ac-mark ac-{known}" if known else "ac-mark"
    paint = f'none" stroke="{colour}' if status == "missing" else colour
    # There are dozens on a page, and only what is said is not our own.
    return Markup(
        f'<rect class="{kind}" x="{x}" y="{y}" width="{wide}" height="{tall}" rx="1.5"'
        f' fill="{paint}"><title>{text(said)}</title></rect>'
    )


def _text(x: float, y: float, said: str, **attributes: object) -> Markup:
    attributes = {
        "font_size": 9,
        "fill": "currentColor",
        "class_": "ac-label",
        **attributes,
    }
    return element("text", said, x=f"{x:.6g}", y=f"{y:.6g}", **attributes)


def _svg(
    kind: str, size: tuple[float, float], title: str, said: str, marks: Iterable[Markup]
) -> Markup:
    width, height = (math.ceil(side) for side in size)
    return element(
        "svg",
        element("title", title),
        element("desc", said),
        joined(marks),
        class_=f"ac-chart {kind}",
        role="img",
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        font_family="system-ui, sans-serif",
    )


def _bars_in_words(given: Sequence[Bar]) -> str:
    known = [one for one in given if one.value is not None]
    if not known:
        return "nothing yet"
    low = min(known, key=lambda one: one.value or 0)
    high = max(known, key=lambda one: one.value or 0)
    return (
        f"{len(given)} values; least {number(low.value)} ({low.label}), most"
        f" {number(high.value)} ({high.label}), last {number(given[-1].value)}"
    )


def _counted(statuses: Iterable[str]) -> str:
    counts = Counter(statuses)
    parts = [f"{counts[one]:,} {one}" for one in COLOURS if counts[one]]
    parts += [f"{counts[one]:,} {one}" for one in counts if one not in COLOURS]
    return ", ".join(parts) or "nothing yet"


def _shortened(name: str, longest: int = 22) -> str:
    return name if len(name) <= longest else f"{name[: longest - 1]}…"

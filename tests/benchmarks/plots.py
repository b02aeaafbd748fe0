"""Plots of what was measured, as SVG that can be read on a light and on a dark page."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from html import escape

Points = Mapping[int, float]

_STYLE = """
    text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif }
    text { fill: #20243a }
    .small { font-size: 11px; fill: #5a6075 }
    .grid { stroke: #d5d8e3; stroke-width: 1 }
    .line { fill: none; stroke-width: 2 }
    .linear { stroke: #5a6075; stroke-dasharray: 5 4; fill: none }
    .met { fill: #3d8b45 } .missed { fill: #c7442f }
    .c0 { stroke: #3f51b5; fill: #3f51b5 } .c1 { stroke: #c7442f; fill: #c7442f }
    .c2 { stroke: #3d8b45; fill: #3d8b45 } .c3 { stroke: #a5720f; fill: #a5720f }
    .c4 { stroke: #8e44ad; fill: #8e44ad } .c5 { stroke: #00838f; fill: #00838f }
    .c6 { stroke: #6d4c41; fill: #6d4c41 } .c7 { stroke: #5a6075; fill: #5a6075 }
    .line { fill: none }
    @media (prefers-color-scheme: dark) {
      text { fill: #e6e8f2 }
      .small { fill: #aab0c4 }
      .grid { stroke: #3b4058 }
      .linear { stroke: #aab0c4 }
      .met { fill: #6fbf78 } .missed { fill: #ef8572 }
      .c0 { stroke: #8c9aea; fill: #8c9aea } .c1 { stroke: #ef8572; fill: #ef8572 }
      .c2 { stroke: #6fbf78; fill: #6fbf78 } .c3 { stroke: #dcae4c; fill: #dcae4c }
      .c4 { stroke: #c58be0; fill: #c58be0 } .c5 { stroke: #4dc4d0; fill: #4dc4d0 }
      .c6 { stroke: #c3a297; fill: #c3a297 } .c7 { stroke: #aab0c4; fill: #aab0c4 }
      .line { fill: none }
    }
"""
_WIDTH, _HEIGHT = 760, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 70, 580, 40, 350
_COLOURS = 8
_BAR, _BARS_FROM, _BARS_TO = 26, 330, 690


def growth(title: str, unit: str, series: Mapping[str, Points]) -> str:
    """Return lines with both axes logarithmic; a dashed one grows linearly.

    Args:
        unit: What the sizes count.
        series: Seconds for each size, by the name of the line.
    """
    across = _Scale([size for one in series.values() for size in one], (_LEFT, _RIGHT))
    up = _Scale(
        [value for one in series.values() for value in one.values()], (_BOTTOM, _TOP)
    )
    parts = [_text(_LEFT, 22, title)]
    for tick in across.ticks():
        x = across.at(tick)
        parts += [
            _line(x, _TOP, x, _BOTTOM),
            _text(x, _BOTTOM + 18, f"{tick:,.0f}", "middle"),
        ]
    for tick in up.ticks():
        y = up.at(tick)
        parts += [_line(_LEFT, y, _RIGHT, y), _text(_LEFT - 8, y + 4, f"{tick:g} s", "end")]
    parts.append(_text((_LEFT + _RIGHT) / 2, _BOTTOM + 38, unit, "middle"))
    parts.append(_linear(across, up))
    for number, (name, points) in enumerate(series.items()):
        colour = f"c{number % _COLOURS}"
        places = [(across.at(x), up.at(y)) for x, y in sorted(points.items())]
        parts.append(_polyline(places, f"line {colour}"))
        parts += [
            f'<circle class="{colour}" cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>'
            for x, y in places
        ]
        y = _TOP + 12 + 22 * number
        parts.append(
            f'<rect class="{colour}" x="{_RIGHT + 16}" y="{y - 10}" width="12"'
            ' height="12"/>'
        )
        parts.append(_text(_RIGHT + 34, y, name))
    return _drawing(title, _HEIGHT, parts)


def ratios(title: str, rows: Sequence[tuple[str, float, float]]) -> str:
    """Return a bar for each row: how much of its budget its ratio takes up.

    Args:
        rows: What was done, its ratio, and its budget.
    """
    scale = _Scale(
        [0.1, 10, *(ratio / budget for _, ratio, budget in rows)], (_BARS_FROM, _BARS_TO)
    )
    bottom = 50 + _BAR * len(rows)
    parts = [_text(12, 22, title)]
    for tick in scale.ticks():
        x = scale.at(tick)
        parts += [_line(x, 40, x, bottom), _text(x, bottom + 16, f"{tick:g} ×", "middle")]
    start = scale.at(scale.low)
    for number, (name, ratio, budget) in enumerate(rows):
        y = 50 + _BAR * number
        end = scale.at(ratio / budget)
        kind = "met" if ratio <= budget else "missed"
        parts.append(
            f'<rect class="{kind}" x="{start:.1f}" y="{y}"'
            f' width="{end - start:.1f}" height="{_BAR - 10}"/>'
        )
        parts.append(_text(12, y + 12, name))
        parts.append(_text(end + 5, y + 12, f"{ratio:.2f}"))
    return _drawing(title, bottom + 30, parts)


class _Scale:
    """A logarithmic scale over whole powers of ten."""

    def __init__(self, values: Iterable[float], ends: tuple[float, float]) -> None:
        found = [value for value in values if value > 0] or [1.0]
        self.first = math.floor(math.log10(min(found)) + 1e-9)
        self.last = max(math.ceil(math.log10(max(found)) - 1e-9), self.first + 1)
        self.low, self._ends = 10.0**self.first, ends

    def ticks(self) -> list[float]:
        """Return the powers of ten."""
        return [10.0**power for power in range(self.first, self.last + 1)]

    def at(self, value: float) -> float:
        """Return where a value is."""
        start, end = self._ends
        share = (math.log10(max(value, self.low)) - self.first) / (self.last - self.first)
        return start + share * (end - start)


def _linear(across: _Scale, up: _Scale) -> str:
    """Return a line from the corner on, as steep as what grows linearly."""
    decades = min(across.last - across.first, up.last - up.first)
    places = [
        (across.at(across.low * ten), up.at(up.low * ten)) for ten in (1, 10**decades)
    ]
    return _polyline(places, "linear")


def _drawing(title: str, height: int, parts: Sequence[str]) -> str:
    inside = "\n  ".join(parts)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg"'
        f' viewBox="0 0 {_WIDTH} {height}" role="img">\n'
        f"  <title>{escape(title)}</title>\n"
        f"  <style>{_STYLE}  </style>\n  {inside}\n</svg>\n"
    )


def _polyline(places: Sequence[tuple[float, float]], kind: str) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline class="{kind}" points="{points}"/>'


def _line(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="grid" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _text(x: float, y: float, text: str, anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'

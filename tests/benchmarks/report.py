"""What was measured: tables in Markdown, JSON, and the page of the documentation."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.benchmarks import plots
from tests.benchmarks.measuring import Measure, Row, Sample, median, values

BEGIN, END = "<!-- benchmarks: begin -->", "<!-- benchmarks: end -->"
CHARTS = {
    "assets": "Seconds of whole processes, by the number of assets",
    "partitions": "Seconds within one process, by the number of partitions of one asset",
    "runs": "Seconds of whole processes, by the number of runs before",
}
"""The plots of growth, with what they show."""

_BUSY = 0.5  # processes that waited for a core on average, beside ours


def table(rows: Iterable[Row]) -> str:
    """Return rows as a table in Markdown."""
    lines = [
        "| work | against | ours | bare | ratio | of CPU time | budget | met? |",
        "|---|---|--:|--:|--:|--:|--:|---|",
    ]
    for row in rows:
        ratios = ["–" if r is None else f"{r:.2f}" for r in (row.ratio, row.cpu_ratio)]
        budget = "–" if row.budget is None else f"≤ {row.budget:g}"
        met = {None: "–", True: "yes", False: "no"}[row.met]
        bare = shown(row.bare, row.of) if row.bare else row.missing
        ours = shown(row.ours, row.of) if row.ours else "–"
        cells = (row.work, row.reference, ours, bare, *ratios)
        lines.append("| " + " | ".join((*cells, budget, met)) + " |")
    return "\n".join(lines)


def shown(samples: Sequence[Sample], of: Measure) -> str:
    """Return the median of samples, with the lowest and the highest."""
    found = values(samples, of)
    middle, low, high = statistics.median(found), min(found), max(found)
    unit, digits = ("MB", 0) if of == "peak" else ("s", 3 if middle < 1 else 2)
    return f"{middle:,.{digits}f} {unit} ({low:,.{digits}f}–{high:,.{digits}f})"


def profile_table(rows: Sequence[Row]) -> str:
    """Return where the time of rows goes, in percent, a column for each."""
    rows = [row for row in rows if row.profile is not None]
    parts = dict.fromkeys(part for row in rows if row.profile for part in row.profile.parts)
    lines = ["| of the time of | " + " | ".join(f"`{row.name}`" for row in rows) + " |"]
    lines.append("|---" + "|--:" * len(rows) + "|")
    for part in parts:
        found = [row.profile.parts.get(part, 0.0) for row in rows if row.profile]
        lines.append(f"| {part} | " + " | ".join(f"{each:.0%}" for each in found) + " |")
    floors = [
        f"* `{row.name}`: {words}, {seconds:.3g} s"
        for row in rows
        for words, seconds in row.floor.items()
    ]
    return "\n".join([*lines, "", *floors])


def growth_of(
    rows: Iterable[Row], chart: str, of: Measure = "seconds"
) -> dict[str, dict[int, float]]:
    """Return the medians of one chart: by series, by size."""
    found: dict[str, dict[int, float]] = {}
    for row in rows:
        if row.point is not None and row.point.chart == chart and row.ours:
            sizes = found.setdefault(row.point.series, {})
            sizes[row.point.size] = median(row.ours, of)
    return found


def growth_table(rows: Sequence[Row], chart: str) -> str:
    """Return a column for each size, and how CPU time grew at last: 1 is linear."""
    series, busy = growth_of(rows, chart), growth_of(rows, chart, "cpu")
    sizes = sorted({size for one in series.values() for size in one})
    lines = ["| | " + " | ".join(f"{size:,}" for size in sizes) + " | grows like |"]
    lines.append("|---" + "|--:" * (len(sizes) + 1) + "|")
    for name, points in series.items():
        found = [f"{points[size]:.3g} s" if size in points else "not run" for size in sizes]
        power = exponent(busy[name])
        told = "–" if power is None else f"n^{power:.2f}"
        lines.append(f"| {name} | " + " | ".join([*found, told]) + " |")
    return "\n".join(lines)


def exponent(points: Mapping[int, float]) -> float | None:
    """Return the power with which the last size grew over the one before.

    >>> exponent({10: 1.0, 100: 10.0})
    1.0
    """
    if len(points) < 2:
        return None
    before, last = sorted(points)[-2:]
    return math.log(points[last] / points[before]) / math.log(last / before)


def document(rows: Sequence[Row], about: Mapping[str, Any]) -> dict[str, Any]:
    """Return everything that was measured, with every sample."""
    return {**about, "rows": [row.as_json() for row in rows]}


def write_docs(docs: Path, rows: Sequence[Row], about: Mapping[str, Any]) -> None:
    """Write the generated part of the page, its plots, and the JSON beside it."""
    page = docs / "reference" / "performance.md"
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, found, after = rest.partition(END)
    if not found:
        raise ValueError(f"{page} has no '{BEGIN}' with '{END}' after it")
    inside = _page(docs, rows, about)
    page.write_text(f"{before}{BEGIN}\n{inside}\n{END}{after}", encoding="utf-8")
    kept = json.dumps(document(rows, about), indent=1) + "\n"
    page.with_suffix(".json").write_text(kept, encoding="utf-8")


def _page(docs: Path, rows: Sequence[Row], about: Mapping[str, Any]) -> str:
    compared = [row for row in rows if row.point is None]
    pieces = [_about(about)]
    if compared:
        pieces += ["## Against bare references", table(compared)]
    budgeted = [
        (row.name, row.ratio, row.budget)
        for row in compared
        if row.ratio is not None and row.budget is not None
    ]
    if budgeted:
        title = "Ratios; a bar that ends right of 1 × is over its budget"
        _draw(docs, "ratios", plots.ratios(title, budgeted))
        alt = "How much of its budget each row takes: green where it is met, red if not."
        pieces.append(f"![{alt}](../images/performance-ratios.svg)")
    if any(row.profile for row in compared):
        told = (
            "One more run of each, looked at every two milliseconds, and what nobody saves"
            " who does that work:"
        )
        pieces += ["## Where the time goes", told, profile_table(compared)]
    for chart, title in CHARTS.items():
        series = growth_of(rows, chart)
        if series:
            _draw(docs, chart, plots.growth(title, chart, series))
            pieces += _growth(rows, chart, title)
    return "\n\n".join(pieces)


def _growth(rows: Sequence[Row], chart: str, title: str) -> list[str]:
    alt = f"{title}, both axes logarithmic; the dashed line grows linearly."
    return [
        f"## Growth with {chart}",
        f"{title}. The last column compares the CPU time of the two largest; 1 is linear.",
        growth_table(rows, chart),
        f"![{alt}](../images/performance-{chart}.svg)",
        *_store(rows, chart),
    ]


def _store(rows: Sequence[Row], chart: str) -> list[str]:
    """Return by how much the metadata store grows, as the largest size tells."""
    told = [
        row.checked.rpartition("; ")[2]
        for row in rows
        if row.point is not None and row.point.chart == chart and "bytes" in row.checked
    ]
    return [f"The store grows by {told[-1]}."] if told else []


def _draw(docs: Path, name: str, drawing: str) -> None:
    (docs / "images" / f"performance-{name}.svg").write_text(drawing, encoding="utf-8")


def _about(about: Mapping[str, Any]) -> str:
    machine = about["machine"]
    versions = ", ".join(f"{name} {found}" for name, found in machine["versions"].items())
    load, cores = machine["load_before"][0], machine["cores"]
    words = (
        f"Measured by `python3 run.py bench --write-docs` at {machine['at']} on"
        f" {machine['cores_used']} of {cores} cores, {machine['system']}; {versions}."
        " Medians, with the lowest and the highest;"
        f" at most {about['sizes']['repeat']} runs of each."
    )
    if load > _BUSY:
        words += (
            f" **Measured under load** ({load:.1f} processes were running before it began):"
            " the times are too long, and ratios are unsteady."
        )
    groups = ", ".join(f"{name} {spent:.0f} s" for name, spent in about["took"].items())
    return f"{words} It took: {groups}."

"""The pages of runs."""

from __future__ import annotations

from collections.abc import Iterable

from assets_core.catalogue.gathering import MOST_RUNS, Catalogue
from assets_core.catalogue.markup import element
from assets_core.catalogue.words import (
    bytes_text,
    counts_text,
    rows_text,
    seconds_text,
    time_text,
)
from assets_core.interfaces.site.page import SHORT, Page
from assets_core.interfaces.site.parts import badge, facts, muted, note, several, table
from assets_core.interfaces.site.places import asset_page
from assets_core.model.hiding import hide
from assets_core.model.keys import AssetKey
from assets_core.model.records import RunRecord, StepRecord

MOST_ROWS = 500
MOST_ERRORS = 50
_WORST_FIRST = ("failed", "blocked", "canceled", "computed", "reused", "revalidated")


def write_runs(page: Page, catalogue: Catalogue) -> None:
    """Write the page of the latest runs."""
    page.title("Runs")
    runs = catalogue.runs
    if not runs:
        page.put(muted("Nothing was run yet: ", element("code", "assets materialize")))
        return
    rows = [
        (
            badge(run.status),
            page.run(run.id),
            time_text(run.started_at),
            _took(run),
            counts_text(dict(run.counts)),
            hide(run.request.by),
        )
        for run in runs
    ]
    heads = ("Status", "Run", "Began (UTC)", "Took", "Steps", "By")
    page.put(table(heads, rows, numbers=[3], kind="ac-runs"))
    if len(runs) == MOST_RUNS:
        page.put(muted(f"These are the latest {MOST_RUNS}."))


def write_run(page: Page, catalogue: Catalogue, run: RunRecord) -> None:
    """Write the page of one run: what was asked, and how each asset ended."""
    page.title(f"Run {run.id[:SHORT]}")
    request = run.request
    page.put(
        element("div", badge(run.status), class_="ac-head"),
        facts(
            {
                "Began": f"{time_text(run.started_at)} UTC",
                "Took": _took(run),
                "Environment": run.env,
                "Asked for": hide(", ".join(request.selection)) or "everything",
                "Partitions": hide(request.partitions),
                "By": hide(request.by),
                "Reason": hide(request.reason),
                "Steps": counts_text(dict(run.counts)),
            }
        ),
    )
    by_asset: dict[AssetKey, list[StepRecord]] = {}
    for step in run.steps:
        by_asset.setdefault(step.cell.asset, []).append(step)
    failed = [step for step in run.steps if step.error is not None]
    if failed:
        page.section("What went wrong", searched=False)
        alike: dict[tuple[AssetKey, str], list[str]] = {}
        for step in failed:
            told = hide(step.error.message) if step.error else ""
            alike.setdefault((step.cell.asset, told), []).append(step.cell.partition or "")
        for (key, told), partitions in list(alike.items())[:MOST_ERRORS]:
            label = element("p", _asset(page, catalogue, key), _where(partitions))
            page.put(note("failed", label, element("pre", told)))
    if by_asset:
        page.section("Steps", searched=False)
        heads = ("Status", "Asset", "Partitions", "Rows", "Size", "Took", "Because")
        rows = [
            _row(page, catalogue, key, steps)
            for key, steps in list(by_asset.items())[:MOST_ROWS]
        ]
        page.put(table(heads, rows, numbers=range(2, 6), kind="ac-steps"))


def _where(partitions: list[str]) -> str:
    """Return which partitions failed in the same way; nothing if there are none.

    >>> _where(["de"]), _where(["de", "fr"])
    ('[de]', ': 2 partitions, de to fr')
    """
    if len(partitions) == 1:
        return f"[{partitions[0]}]" if partitions[0] else ""
    return f": {len(partitions):,} partitions, {partitions[0]} to {partitions[-1]}"


def _row(
    page: Page, catalogue: Catalogue, key: AssetKey, steps: list[StepRecord]
) -> list[object]:
    words = {step.status for step in steps}
    worst = next((word for word in _WORST_FIRST if word in words), "skipped")
    parted = any(step.cell.partition is not None for step in steps)
    reasons = dict.fromkeys(hide(one) for step in steps for one in step.reasons)
    first = list(reasons)[:3]
    return [
        badge(worst),
        _asset(page, catalogue, key),
        f"{len(steps):,}" if parted else "",
        rows_text(_sum(step.rows for step in steps)),
        bytes_text(_sum(step.bytes for step in steps)),
        seconds_text(sum(step.seconds for step in steps)),
        several(first, "; "),
    ]


def _asset(page: Page, catalogue: Catalogue, key: AssetKey) -> object:
    return page.to(key, asset_page(key)) if key in catalogue.statuses else key


def _sum(values: Iterable[int | None]) -> int | None:
    there = [one for one in values if one is not None]
    return sum(there) if there else None


def _took(run: RunRecord) -> str:
    return "" if run.ended_at is None else seconds_text(run.ended_at - run.started_at)

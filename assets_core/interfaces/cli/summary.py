"""What is said at the end of a run: how it went, and what failed, in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets_core.catalogue.words import counts_text, rows_text, seconds_text
from assets_core.interfaces.cli.layout import (
    cut,
    in_columns,
    indented,
    one_line,
    paragraph,
    quiet,
    short_path,
    status_word,
    strong,
)
from assets_core.interfaces.cli.nothing import nothing_to_do
from assets_core.model.keys import Cell
from assets_core.model.records import CheckRecord, StepRecord
from assets_core.running.result import RunResult

MOST_FAILURES = 20
MOST_OF_ONE = 5
"""Of how many partitions of one asset it is told in full that they failed."""

WIDEST_EXAMPLE = 24
EXAMPLES = 3


def summary_lines(result: RunResult) -> list[str]:
    """Return how a run went, in one line if it did something."""
    if not result.steps:
        return nothing_to_do(result.fresh_count, len(result.held), result.not_yet)
    word = status_word(result.status)
    counts = counts_text({**result.counts, "held": len(result.held)})
    return [f"{word}: {counts} in {seconds_text(result.seconds)}"]


def next_line(result: RunResult) -> str:
    """Return how to go on with a run that did not get to its end."""
    return f"Go on with: assets resume {result.run_id[:12]}"


def failed_lines(
    result: RunResult, logs: Mapping[Cell, Path], width: int | None
) -> list[str]:
    """Return every failed step in full."""
    lines: list[str] = []
    told: Counter[str] = Counter()
    for step in result.steps:
        if step.status == "failed":
            told[step.cell.asset] += 1
            if told[step.cell.asset] <= MOST_OF_ONE:
                lines += ["", *failure_lines(step, logs.get(step.cell), width)]
    for asset, count in told.items():
        if count > MOST_OF_ONE:
            run = result.run_id[:12]
            left = f"{count - MOST_OF_ONE:,} more partitions of {asset} failed"
            lines += ["", f"{left}; all of them: assets runs {run}"]
    return lines


def failure_lines(step: StepRecord, log: Path | None, width: int | None) -> list[str]:
    """Return one failed step: what was wrong, the fix, and where the log is."""
    kind = f": {step.error.type}" if step.error else ""
    lines = [f"{status_word(step.status)} {strong(str(step.cell))}{kind}"]
    message = step.error.message if step.error else ""
    table = failure_table(step.checks)
    if table:
        problem, _, rest = message.partition("\n")
        lines += paragraph(problem.partition(": ")[0], width, 2)
        lines += indented(table, 4)
        message = rest
    lines += paragraph(message, width, 0 if table else 2) if message else []
    if log is not None:
        lines.append(f"  {quiet('Log:')} {short_path(log)}")
    return lines


def failure_table(checks: tuple[CheckRecord, ...]) -> list[str]:
    """Return checks that did not pass as a table: check, column, rows, examples."""
    rows = [row for check in checks if not check.passed for row in _rows(check)]
    if not rows:
        return []
    shown = rows[:MOST_FAILURES]
    heads = ("check", "column", "rows", "examples")
    lines = in_columns(shown, heads=heads, right=[2])
    if len(rows) > len(shown):
        lines.append(f"and {len(rows) - len(shown)} more")
    return lines


def _rows(check: CheckRecord) -> list[tuple[str, str, str, str]]:
    failures = check.metadata.get("failures")
    if not isinstance(failures, list | tuple) or not failures:
        return [(check.check, "", "", one_line(check.message or "not passed"))]
    return [_failure(failure) for failure in failures]


def _failure(failure: Mapping[str, Any]) -> tuple[str, str, str, str]:
    examples = [
        cut(one_line(str(example)), WIDEST_EXAMPLE)
        for example in failure.get("examples", ())[:EXAMPLES]
    ]
    count = failure.get("count")
    return (
        one_line(str(failure.get("check", ""))),
        one_line(str(failure.get("column", ""))),
        rows_text(count),
        ", ".join(examples),
    )

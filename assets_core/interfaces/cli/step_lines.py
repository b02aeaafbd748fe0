"""What is said of steps that have ended: each, or many of one asset together."""

from __future__ import annotations

from dataclasses import dataclass, field

from assets_core.catalogue.words import bytes_text, count_text, seconds_text
from assets_core.interfaces.cli.layout import clean, status_word, wide
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import CheckRecord, StepRecord

STATUS_WIDTH = 11
WIDEST_NAME = 28


@dataclass(slots=True)
class Group:
    """The partitions of one asset, told together when the last one has ended.

    What failed is told at once.
    """

    asset: AssetKey
    left: int
    steps: dict[str, list[StepRecord]] = field(default_factory=dict)

    def take(self, step: StepRecord, name_width: int, width: int | None) -> list[str]:
        """Take note of a step; return what is to be said now."""
        self.left -= 1
        self.steps.setdefault(step.status, []).append(step)
        lines = step_lines(step, name_width, width) if step.status == "failed" else []
        if not self.left:
            for status, steps in self.steps.items():
                if len(steps) == 1 and status != "failed":
                    lines += step_lines(steps[0], name_width, width)
                elif status != "failed":
                    lines.append(_together(status, steps, name_width))
        return lines


def _together(status: str, steps: list[StepRecord], name_width: int) -> str:
    name = steps[0].cell.asset
    if status in {"blocked", "canceled"}:
        error = steps[0].error
        why = f"  {clean(error.message)} and others" if error else ""
        which = f"{name}  {len(steps):,} partitions"
        return f"{status_word(status, STATUS_WIDTH)}  {which}{why}"
    head = f"{status_word(status, STATUS_WIDTH)}  {name}"
    rows = sum(step.rows or 0 for step in steps)
    size = sum(step.bytes or 0 for step in steps)
    seconds = sum(step.seconds for step in steps)
    tail = count_text(rows, "row")
    tail = f"{tail:>14}  {bytes_text(size):>8}  {seconds_text(seconds):>7}"
    pad = " " * max(0, name_width - wide(name))
    return f"{head}{pad}  {tail}  {len(steps):,} partitions"


def how_far(ended: int, steps: int, seconds: float) -> str:
    """Return how many steps are done, how fast that goes, and how long the rest takes.

    >>> how_far(50, 200, 10.0)
    '50 of 200 done, 5.0 a second, about 30 s left'
    >>> how_far(3, 4, 0.5)
    '3 of 4 done'
    """
    done = f"{ended:,} of {steps:,} done"
    if seconds < 2 or ended * 20 < steps or ended == steps:  # noqa: PLR2004 - too early to say
        return done
    rate = ended / seconds
    left = (steps - ended) / rate
    return f"{done}, {rate:,.1f} a second, about {left:,.0f} s left"


def warning_lines(step: StepRecord) -> list[str]:
    """Return a line for each check that only warns, and for rows in quarantine."""
    return [
        f"{status_word('quarantine', STATUS_WIDTH)}  {_of(check)}: {clean(check.message)}"
        for check in step.checks
        if check.passed and check.metadata.get("quarantined")
    ] + [
        f"{status_word('warning', STATUS_WIDTH)}  {_of(check)}: {check.check}:"
        f" {clean(check.message) or 'not passed'}"
        for check in step.checks
        if not check.passed and not check.blocking
    ]


def _of(check: CheckRecord) -> Cell:
    return Cell(check.asset, check.partition)  # one step may make many partitions


def step_lines(step: StepRecord, name_width: int, width: int | None) -> list[str]:
    """Return what is said of a step that has ended: one line, two if it has a long name."""
    name = str(step.cell)
    head = f"{status_word(step.status, STATUS_WIDTH)}  {name}"
    room = STATUS_WIDTH + 2 + name_width
    tail = _tail(step)
    if not tail:
        return [head]
    line = f"{head}{' ' * (name_width - wide(name))}  {tail}"
    if wide(name) <= name_width:
        return [line]
    line = f"{head}  {tail.lstrip()}"
    if width is None or wide(line) <= width:
        return [line]
    return [head, f"{' ' * room}  {tail}"]


def _tail(step: StepRecord) -> str:
    if step.status == "canceled":
        return ""
    if step.status == "blocked":
        return clean(step.error.message) if step.error else ""
    rows = count_text(step.rows, "row") if step.rows is not None else ""
    seconds = seconds_text(step.seconds)
    tail = f"{rows:>14}  {bytes_text(step.bytes):>8}  {seconds:>7}"
    if step.status == "failed" and step.error:
        return f"{tail}  {step.error.type}"
    return tail

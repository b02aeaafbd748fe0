"""What happens in a run, for those who watch. A union of values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field

from assets_core.frozen import frozen
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import StepRecord


@frozen
class Preview:
    """A backfill is going to begin; this is what it is going to do.

    Attributes:
        cells: How many partitions and assets are to be made.
        chunks: In how many calls.
        seconds: What that has taken before, on one core; None if nobody knows.
        bytes: What it has stored before; None if nobody knows.
        unknown: Assets of which nothing is known, because they were never built.
        not_yet: What was asked for and cannot be made yet, and why, in sentences.
    """

    cells: int
    chunks: int
    seconds: float | None
    bytes: float | None
    unknown: tuple[AssetKey, ...]
    not_yet: tuple[str, ...] = ()


@frozen
class RunStarted:
    """A run begins; `steps` are planned and `fresh` cells need nothing.

    Attributes:
        by_asset: How many steps each asset has.
    """

    run_id: str
    steps: int
    fresh: int
    by_asset: Mapping[AssetKey, int] = field(default_factory=dict)


@frozen
class StepsPlanned:
    """More steps were planned in a run, for keys that are only known now.

    Attributes:
        by_asset: How many of them each asset has.
    """

    steps: int
    by_asset: Mapping[AssetKey, int] = field(default_factory=dict)


@frozen
class StepStarted:
    """A step begins."""

    cell: Cell
    action: str


@frozen
class StepWaiting:
    """A step waits, and says for what."""

    cell: Cell
    why: str


@frozen
class Warned:
    """Something went wrong that the run can go on without."""

    text: str


@frozen
class StepEnded:
    """A step has ended and was recorded."""

    step: StepRecord


@frozen
class RunEnded:
    """A run has ended."""

    run_id: str
    status: str
    seconds: float


Event = (
    Preview
    | RunStarted
    | StepsPlanned
    | StepStarted
    | StepWaiting
    | Warned
    | StepEnded
    | RunEnded
)

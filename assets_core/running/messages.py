"""What this process and a worker that calls a function for it say to each other.

Plain values that are pickled. `Errand`, `Next`, `Stop` and `Answer` go to the worker; all
others come from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets_core.model.assets import Form
from assets_core.model.keys import Cell
from assets_core.protocols.frames import MadeOf, StepFrames
from assets_core.running.carried import Carried
from assets_core.running.context import OwnPartition

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Handed:
    """A table for a parameter, and the form in which the function wants it."""

    table: pa.Table
    form: Form
    name: str


@dataclass(frozen=True, slots=True)
class Errand:
    """One call of a function.

    Attributes:
        cell: What it makes, the first of several.
        identity: What the code and the settings of the asset must be.
        arguments: What its parameters receive, tables as `Handed`.
    """

    cell: Cell
    identity: str
    arguments: Mapping[str, Any]
    run_id: str
    partitions: tuple[OwnPartition, ...]
    path: Path | None


@dataclass(frozen=True, slots=True)
class Next:
    """Asks for the next part of a stream."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Asks for no more parts of a stream."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What `Asked` asked for, or the error instead of it."""

    value: Any = None
    error: Carried | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Asks for what only the other side has: `previous`, or `add_partitions`."""

    what: str
    arguments: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Said:
    """What was printed, to `stdout` or `stderr`."""

    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Logged:
    """A line for the log of the step."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning of Python, and where it was given."""

    message: Warning | str
    kind: type[Warning]
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Learned:
    """Values that nobody may see from now on."""

    values: frozenset[str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A table that was lazy, and what its columns are made of."""

    table: pa.Table
    origins: Mapping[str, MadeOf]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a stream."""

    value: Any


@dataclass(frozen=True, slots=True)
class Streams:
    """The function returned a stream: ask for its parts."""


@dataclass(frozen=True, slots=True)
class Returned:
    """The call is over, and this is its result; nothing after a stream.

    Attributes:
        metadata: What the function said with `context.metadata`.
    """

    value: Any
    metadata: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """The call is over, and this was raised."""

    error: Carried


def loaded(given: Any, frames: StepFrames) -> Any:
    """Return an argument in the form that the function wants; it may be several."""
    if isinstance(given, Handed):
        return frames.load(given.table, given.form, given.name)
    if type(given) is list:
        return [loaded(one, frames) for one in given]
    if type(given) is dict:
        return {key: loaded(one, frames) for key, one in given.items()}
    return given

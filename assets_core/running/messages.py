"""What this process and a worker that calls a function for it say to each other.

Plain values that are pickled. `Errand`, `Next`, `Stop` and `Answer` go to the worker; all
others come from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets_core.frozen import frozen
from assets_core.model.assets import Form
from assets_core.model.keys import Cell
from assets_core.protocols.frames import StepFrames
from assets_core.running.carried import Carried
from assets_core.running.context import OwnPartition

if TYPE_CHECKING:
    import pyarrow as pa


@frozen
class Handed:
    """A table for a parameter, and the form in which the function wants it."""

    table: pa.Table
    form: Form
    name: str


@frozen
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


@frozen
class Next:
    """Asks for the next part of a stream."""


@frozen
class Stop:
    """Asks for no more parts of a stream."""


@frozen
class Answer:
    """What `Asked` asked for, or the error instead of it."""

    value: Any = None
    error: Carried | None = None


@frozen
class Asked:
    """Asks for what only the other side has: `previous`, or `add_partitions`."""

    what: str
    arguments: tuple[Any, ...] = ()


@frozen
class Said:
    """What was printed, to `stdout` or `stderr`."""

    where: str
    text: str


@frozen
class Logged:
    """A line for the log of the step."""

    level: int
    text: str


@frozen
class Warned:
    """A warning of Python, and where it was given."""

    message: Warning | str
    kind: type[Warning]
    file: str
    line: int


@frozen
class Learned:
    """Values that nobody may see from now on."""

    values: frozenset[str] = field(repr=False)


@frozen
class Part:
    """One part of a stream."""

    value: Any


@frozen
class Streams:
    """The function returned a stream: ask for its parts."""


@frozen
class Returned:
    """The call is over, and this is its result; nothing after a stream.

    Attributes:
        metadata: What the function said with `context.metadata`.
    """

    value: Any
    metadata: Mapping[str, Any]


@frozen
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

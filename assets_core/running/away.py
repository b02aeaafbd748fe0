"""Where the function of a step is called: here, or by a worker, in another process.

What talks to workers is loaded when there are some.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from typing import TYPE_CHECKING

from assets_core.frozen import frozen
from assets_core.model.assets import Asset
from assets_core.model.keys import Cell
from assets_core.protocols.frames import MadeOf, StepFrames
from assets_core.running.calling import Call
from assets_core.running.tools import Tools

if TYPE_CHECKING:
    import pyarrow as pa

_WORKERS = "assets_core.running.elsewhere"


@frozen
class Arrived:
    """A table that was lazy where it was made, and what its columns are made of."""

    table: pa.Table
    origins: Mapping[str, MadeOf]


def opened(tools: Tools, asset: Asset) -> AbstractContextManager[StepFrames]:
    """Return a place for the inputs of one step, wherever its function is called."""
    if tools.away is None:
        return tools.frames.opened()
    found: AbstractContextManager[StepFrames] = import_module(_WORKERS).opened(tools, asset)
    return found


def as_errand(tools: Tools, call: Call, cell: Cell, frames: StepFrames) -> Call:
    """Return the call of a function that has the asset's called where its inputs go."""
    if tools.away is None:
        return call
    found: Call = import_module(_WORKERS).as_errand(call, cell, frames)
    return found

"""What a step needs of the world, in one value that the workspace puts together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from assets_core.errors import MissingDataError
from assets_core.model.assets import Asset, Source
from assets_core.model.events import Event
from assets_core.model.keys import Cell
from assets_core.model.records import Owner, StoredData
from assets_core.protocols.clock import Clock, NewId
from assets_core.protocols.frames import Frames
from assets_core.protocols.io import IOManager
from assets_core.protocols.metadata import MetadataStore
from assets_core.protocols.source_reader import SourceReader
from assets_core.protocols.validator import Validator


@dataclass(frozen=True, slots=True)
class Tools:
    """The world, as far as running needs it.

    Attributes:
        io: IO managers by the name of their section; the first is the default.
        logs: The folder of logs, one folder a run.
        keep_runs: How many runs are remembered.
        made_with: What is recorded about this machine with every result.
        notify: Tells the observers; never raises.
    """

    store: MetadataStore
    io: Mapping[str, IOManager]
    frames: Frames
    validator: Validator
    sources: SourceReader
    source_path: Callable[[Source], Path]
    clock: Clock
    new_id: NewId
    owner: Owner
    logs: Path
    keep_runs: int
    made_with: Mapping[str, str]
    notify: Callable[[Event], None]

    def io_of(self, asset: Asset) -> IOManager:
        """Return the IO manager that keeps an asset."""
        return self.io[asset.io] if asset.io else next(iter(self.io.values()))

    def io_holding(self, stored: StoredData) -> IOManager | None:
        """Return the IO manager that holds what was stored, if it is still configured."""
        return next(
            (one for one in self.io.values() if one.storage == stored.storage), None
        )

    def io_with(self, cell: Cell, stored: StoredData) -> IOManager:
        """Return the IO manager that holds what was stored, wherever that was."""
        manager = self.io_holding(stored)
        if manager is not None:
            return manager
        raise MissingDataError(
            f"The data of '{cell}' lies in {stored.storage}, which is no longer configured",
            fix=f"put its [io.…] section back, or: assets materialize {cell.asset} --force",
        )

"""What a step needs of the world, in one value that the workspace puts together."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from assets_core.errors import MissingDataError
from assets_core.frozen import frozen
from assets_core.model.assets import Asset
from assets_core.model.events import Event
from assets_core.model.keys import Cell
from assets_core.model.records import Owner, StoredData
from assets_core.protocols.clock import Clock, NewId
from assets_core.protocols.executor import Workers
from assets_core.protocols.files import FileBytes
from assets_core.protocols.frames import Frames
from assets_core.protocols.io import FilesIOManager, IOManager
from assets_core.protocols.metadata import MetadataStore
from assets_core.protocols.programs import Programs
from assets_core.protocols.source_reader import SourceReader
from assets_core.protocols.sql_parser import SqlParser
from assets_core.protocols.validator import Validator
from assets_core.running.recent import LIMIT, Recent


@dataclass(slots=True)
class Unheard:
    """Journals that do not answer, so that nobody waits for each again and again.

    Attributes:
        until: Until when each is left alone, by the clock that never goes back.
        told: Of which it was said.
        after: Up to which change all was written that could be.
    """

    until: dict[str, float] = field(default_factory=dict)
    told: set[str] = field(default_factory=set)
    after: int = -1

    def places(self, now: float) -> set[str]:
        """Return those that are left alone now."""
        kept = {place: until for place, until in self.until.items() if until > now}
        if len(kept) < len(self.until) or not kept:
            self.after = -1
        self.until = kept
        return set(kept)

    def is_new(self, place: str, until: float) -> bool:
        """Remember one; return whether it is the first time."""
        self.until[place] = until
        is_new = place not in self.told
        self.told.add(place)
        return is_new


class Away(NamedTuple):
    """Processes that call functions, and what they must have to call the right one.

    Attributes:
        identity: Says what the code and the settings of an asset are, in any process; None
            of one that is not in a module of the project.
    """

    workers: Workers
    identity: Callable[[Asset], str | None]


@frozen
class Tools:
    """The world, as far as running needs it.

    Attributes:
        io: IO managers by the name of their section; the first is the default.
        logs: The folder of logs, one folder a run.
        keep_runs: How many runs are remembered, and how many of backfills beside these.
        made_with: What is recorded about this machine with every result.
        notify: Tells the observers; never raises.
        memory_limit: How many bytes of what a run has just stored it holds in memory.
        recent: What the run that is going on has just stored.
        queries: Understands SQL; None where no asset is made by it.
        file_bytes: Makes files of figures, and pickles; None where no asset is a file.
        programs: Runs programs; None where no asset is made by one.
        project: How the project is called, in the names of its journals.
        unheard: The journals that do not answer.
        away: Where functions are called; None for this process.
    """

    store: MetadataStore
    io: Mapping[str, IOManager]
    frames: Frames
    validator: Validator
    sources: SourceReader
    clock: Clock
    new_id: NewId
    owner: Owner
    logs: Path
    keep_runs: int
    made_with: Mapping[str, str]
    notify: Callable[[Event], None]
    memory_limit: int = LIMIT
    recent: Recent = field(default_factory=Recent)
    queries: SqlParser | None = None
    file_bytes: FileBytes | None = None
    programs: Programs | None = None
    project: str = ""
    unheard: Unheard = field(default_factory=Unheard)
    away: Away | None = None

    def close(self) -> None:
        """Let go of the metadata store, and of copies of sources."""
        self.sources.close()
        self.store.close()

    @contextlib.contextmanager
    def closed_on_error(self) -> Iterator[None]:
        """Let go of all if something cannot be opened."""
        try:
            yield
        except BaseException:
            self.close()
            raise

    def io_of(self, asset: Asset) -> IOManager:
        """Return the IO manager that keeps an asset."""
        return keeper_of(asset, self.io)

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


def keeper_of(asset: Asset, io: Mapping[str, IOManager]) -> IOManager:
    """Return the IO manager that keeps an asset: the one it names, or the default."""
    if asset.io:
        return io[asset.io]
    if asset.file is None:
        return next(iter(io.values()))
    return next(manager for manager in io.values() if isinstance(manager, FilesIOManager))

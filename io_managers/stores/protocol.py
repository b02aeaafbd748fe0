"""What IO managers that keep tables in files ask of the place where the files lie."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol, TypeVar

from assets_core import files
from assets_core.frozen import frozen
from assets_core.model.assets import Publish
from assets_core.model.garbage import StoredObject
from assets_core.model.keys import Cell
from assets_core.model.records import StoredData
from assets_core.protocols.io import Shown, Watched
from assets_core.protocols.journal import Journal
from io_managers.stores.states import State

P = TypeVar("P")


@frozen
class StagedFile:
    """A file that is written and not yet sealed.

    Attributes:
        state: What it was when its writing had ended, where that is of use.
    """

    cell: Cell
    path: Path
    bytes: int
    checksum: str
    suffix: str
    state: State | None = None


class Store(Protocol[P]):
    """Keeps immutable files under names of their content.

    A file is written on this machine where nobody looks (`stage`), and becomes real under
    the name of its content (`seal`). What a stable path is, each store says for itself.

    Attributes:
        storage: The identity that is recorded with everything stored here.
        suffix: What file names end with, such as `.parquet`.
        staging: The folder of files that are being written.
        is_remote: Whether looking for a file costs a request to another machine.
    """

    storage: str
    suffix: str
    staging: Path
    is_remote: bool

    def stage(
        self,
        cell: Cell,
        attempt: str,
        write: Callable[[files.NewFile], None],
        *,
        kind: str = "",
    ) -> StagedFile:
        """Write a new file where nobody looks; `kind` stands before its suffix."""
        ...

    def new_file(self, attempt: str) -> files.NewFile:
        """Open a new file where nobody looks."""
        ...

    def staged(self, cell: Cell, file: files.NewFile, kind: str = "") -> StagedFile:
        """Return a file that was written and closed."""
        ...

    def named_errors(self, cell: Cell, path: Path) -> AbstractContextManager[None]:
        """Let errors of the file system say what could not be stored."""
        ...

    def seal(self, staged: Sequence[StagedFile]) -> list[StoredData]:
        """Make staged files durable, under the names of their content."""
        ...

    def discard(self, staged: StagedFile) -> None:
        """Throw a staged file away."""
        ...

    def whole(self, cell: Cell, stored: StoredData, *, lasting: bool = False) -> Path:
        """Return a file of this machine whose bytes are what they must be.

        Args:
            lasting: Whether somebody may open it long after this.
        """
        ...

    def verify(self, cell: Cell, stored: StoredData) -> None:
        """Raise if the bytes of a stored file are not what they must be."""
        ...

    def absent(self, stored: Iterable[StoredData]) -> set[str]:
        """Return the locations of those that are not there."""
        ...

    def state(self, now: float) -> str | None:
        """Return a text that becomes another when files came or went, None if unknown."""
        ...

    def watched(self) -> tuple[Watched, ...] | None:
        """Return what `state` looks at, None if it looks elsewhere."""
        ...

    def stable_path(self, cell: Cell, env: str, names: tuple[str, ...] = ()) -> P:
        """Return the path at which other tools find a cell."""
        ...

    def may_publish(self, cell: Cell, path: P, ours: bool) -> None:  # noqa: FBT001 - short
        """Raise if something that is not ours lies at the stable path."""
        ...

    def publish(self, shown: Sequence[Shown], paths: Sequence[P], how: Publish) -> None:
        """Make stable paths of one asset show stored files, each in one step."""
        ...

    def unpublish(self, cell: Cell, path: P) -> None:
        """Take the stable path away, if it is ours."""
        ...

    def published(self, path: P) -> str | None:
        """Return the location that the stable path shows."""
        ...

    def clear(self, env: str) -> None:
        """Take away what is ours of the stable paths of an environment."""
        ...

    def journal(self) -> Journal:
        """Return the journal beside the files."""
        ...

    def put_back(self, cell: Cell, stored: StoredData, path: P) -> str | None:
        """Put right bytes in their place again, from a stable path if it is a copy.

        Return where they were; None if they are not there.
        """
        ...

    def set_aside(self, cell: Cell, stored: StoredData) -> str | None:
        """Move damaged bytes out of the way; return where they are now."""
        ...

    def objects(self) -> Iterator[StoredObject]:
        """Yield every sealed file."""
        ...

    def delete(self, location: str) -> None:
        """Delete a sealed file; does nothing if it is gone."""
        ...

    def leftovers(self) -> dict[str, str]:
        """Return the attempts that have a file staged, and its path."""
        ...

    def drop_leftover(self, attempt: str) -> None:
        """Remove the file that an attempt has staged."""
        ...

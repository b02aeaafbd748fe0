"""What the core asks of a place where data lives."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from assets_core.model.assets import Publish
from assets_core.model.garbage import StoredObject
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import StoredData

if TYPE_CHECKING:
    import pyarrow as pa


Shown = tuple[Cell, StoredData, str]
"""A cell, the data that its stable path is to show, and a text that nobody else uses."""


ToStage = tuple[Cell, "pa.Table", str]
"""A cell, its table, and the attempt that has made it."""


class Staged(Protocol):
    """Data that is written, but that nobody can see and that may still be thrown away."""

    @property
    def bytes(self) -> int:
        """Return the size of what was written."""
        ...


class IOManager(Protocol):
    """Keeps the tables of assets.

    A table goes through `stage`, `seal` and, after the commit, `publish`. Stopped
    anywhere in between, it leaves what was there before. Doing any of them twice leaves
    the store as doing it once. What was sealed never changes.

    Tables are in canonical form; `read` gives back exactly what `stage` was given.
    """

    storage: str
    """What tells this place from others, such as `parquet:data`. Recorded with the data."""

    def stage(self, tables: Sequence[ToStage]) -> list[Staged]:
        """Write tables where nobody looks, those that are stored together.

        If it raises, none of them is left.

        Raises:
            UnsupportedDataError: This store cannot hold one of the columns.
        """
        ...

    def seal(self, staged: Sequence[Staged]) -> list[StoredData]:
        """Make staged data durable and unchangeable under names made from its content.

        Several are sealed together, in about the time that the disk takes for one. If
        it raises, some may be sealed; sealing them again gives the same.
        """
        ...

    def discard(self, staged: Staged) -> None:
        """Throw staged data away. Does nothing if it is gone or sealed."""
        ...

    def read(
        self,
        cell: Cell,
        stored: StoredData,
        schema: pa.Schema,
        columns: tuple[str, ...] | None = None,
    ) -> pa.Table:
        """Return a stored table with the recorded schema.

        Raises:
            MissingDataError: It is not there.
            CorruptDataError: The bytes are not those that were written.
        """
        ...

    def parquet_file(self, cell: Cell, stored: StoredData) -> str | None:
        """Return the path of a file that is the stored table as Parquet, and whole.

        None where there is no such file: then `read` is called instead. Who gets one may
        read any part of it, so all its bytes are compared with what was written.

        Raises:
            MissingDataError: It is not there.
            CorruptDataError: The bytes are not those that were written.
        """
        ...

    def verify(self, cell: Cell, stored: StoredData) -> None:
        """Raise `MissingDataError` or `CorruptDataError` if the bytes are not all right."""
        ...

    def absent(self, stored: Iterable[StoredData]) -> set[str]:
        """Return the locations of those that are not there, looking only at names."""
        ...

    def state(self, now: float) -> str | None:
        """Return a text that becomes another when stored data may have gone.

        None if that cannot be told, for one because something changed just now: then
        every cell is looked at. On another machine it is always the same: planning does
        not look there, and what is found gone when it is read is noted at its head.
        """
        ...

    def may_publish(
        self,
        cell: Cell,
        *,
        how: Publish | None,
        ours: bool,
        env: str,
        names: tuple[str, ...] = (),
    ) -> None:
        """Raise `PublishError` if publishing would overwrite what is not ours.

        Args:
            names: The partition columns of the asset, here and below.
            ours: Whether this cell has been published before, so that a copy is ours.
        """
        ...

    def publish(
        self,
        shown: Sequence[Shown],
        *,
        how: Publish | None,
        env: str,
        names: tuple[str, ...] = (),
    ) -> None:
        """Make the stable paths of cells show their data, each in one step.

        They are of one asset, or of several assets without partitions.
        """
        ...

    def publishes(self, how: Publish | None) -> bool:
        """Return whether an asset with this option has a stable path here."""
        ...

    def published(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str | None:
        """Return the location that the stable path shows, None where there is no path."""
        ...

    def stable_path(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str:
        """Return the path at which other tools find the cell."""
        ...

    def objects(self) -> Iterator[StoredObject]:
        """Yield everything that was ever sealed and is still there, in any order."""
        ...

    def delete(self, location: str) -> None:
        """Delete something that was sealed; does nothing if it is gone.

        Only garbage collection calls this, after the metadata store has said that nobody
        needs the bytes and nobody can begin to.
        """
        ...

    def leftovers(self) -> dict[str, str]:
        """Return the attempts that have something staged, and where."""
        ...

    def drop_leftover(self, attempt: str) -> None:
        """Throw away what an attempt has staged; does nothing if it is gone."""
        ...


@runtime_checkable
class SharingIOManager(Protocol):
    """What an IO manager also has that keeps small partitions together in one object.

    The result of `seal` is then that of each of them: `read` finds a partition by its key.
    """

    def shares(self, how: Publish | None) -> bool:
        """Return whether partitions of an asset with this option may be kept together."""
        ...

    def is_shared(self, stored: StoredData) -> bool:
        """Return whether there are others in the object, so that it has no stable path."""
        ...

    def stage_together(
        self, tables: Sequence[tuple[Cell, pa.Table]], attempt: str
    ) -> Staged:
        """Write several partitions of one asset, which have one schema, as one object."""
        ...


@runtime_checkable
class MendingIOManager(Protocol):
    """What an IO manager also has that can mend its own stored data.

    Where there is nothing like it, damaged data is deleted before it is made again.
    """

    def put_back(
        self, cell: Cell, stored: StoredData, *, env: str, names: tuple[str, ...] = ()
    ) -> str | None:
        """Put the right bytes in their place again, from where this store has them too.

        Return where they were found, such as at a stable path that is a copy; None if they
        are nowhere.
        """
        ...

    def set_aside(self, cell: Cell, stored: StoredData) -> str | None:
        """Move damaged bytes out of the way, so that they count as not there.

        Return where they are now; None if there was nothing, or it was whole by then: then
        it is where it was.
        """
        ...


@runtime_checkable
class ClearingIOManager(Protocol):
    """What an IO manager also has that leaves something where environments were shown."""

    def clear(self, env: str) -> None:
        """Take away what is ours of the stable paths of an environment, and its folders.

        Only of one that is being dropped, and never of `main`.
        """
        ...


@runtime_checkable
class RemoteIOManager(Protocol):
    """What an IO manager also has that may keep its data on another machine.

    Planning does not look for data there: that it is gone is found when it is read, and
    by `assets verify`.
    """

    def is_remote(self) -> bool:
        """Return whether looking for data costs a request to another machine."""
        ...


@runtime_checkable
class FilesIOManager(Protocol):
    """What an IO manager also has that keeps files and folders as they are.

    Its tables are lists of files, see `assets_core.versioning.file_lists`. The files
    themselves lie in the room of the attempt when the list of them is staged.
    """

    def call(self, suffixes: Mapping[AssetKey, str]) -> None:
        """Say how the names of the files of assets end, such as `.png`."""
        ...

    def room(self, cell: Cell, attempt: str) -> str:
        """Return the path at which an attempt writes its file or folder.

        Nothing is there yet, also if an earlier call has written there.
        """
        ...

    def path(self, cell: Cell, stored: StoredData) -> str:
        """Return the path of a stored file or folder, all of whose bytes are right.

        Raises:
            MissingDataError: It is not there.
            CorruptDataError: The bytes are not those that were written.
        """
        ...


class StagingStream(Protocol):
    """A table that is being written where nobody looks, and need not fit into memory."""

    def write(self, rows: pa.Table) -> None:
        """Append rows.

        Raises:
            UnsupportedDataError: This store cannot hold one of the columns.
        """
        ...

    def staged(self) -> Staged:
        """Write what is left and return the whole; nothing more may be written."""
        ...

    def discard(self) -> None:
        """Throw it away. Does nothing if it is gone."""
        ...


@runtime_checkable
class StreamingIOManager(Protocol):
    """What an IO manager also has that writes tables which do not fit into memory."""

    def stage_stream(self, cell: Cell, schema: pa.Schema, attempt: str) -> StagingStream:
        """Begin to write a table with a canonical schema, of which no row is known yet."""
        ...


Watched = tuple[Literal["folders", "file", "nothing"], str]
"""What is looked at: a folder of folders, one file, or that nothing is there; its path."""


@runtime_checkable
class WatchedIOManager(Protocol):
    """What an IO manager also has whose state others can tell without it."""

    def watched(self) -> Sequence[Watched] | None:
        """Return what to look at: if all of it is as it was, so is what `state` tells.

        None where only the IO manager itself can tell.
        """
        ...


class MakeIOManager(Protocol):
    """What an entry point of the group `assets_core.io_managers` is."""

    def __call__(self, project: str, options: Mapping[str, Any]) -> IOManager:
        """Return the IO manager for the options of one `[io.NAME]` section.

        Args:
            project: The project's folder; relative roots start there.
            options: The section without `type`. Unknown or wrong ones are all reported
                in one `ConfigurationError`.
        """
        ...

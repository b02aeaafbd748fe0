"""Files as they are, in a folder or an object store.

ROOT/.files/ab/ab12….png          a file, read-only, named by the SHA-256 of its bytes
ROOT/.files/cd/cd34…-folder/      a folder, named by the names and bytes in it
ROOT/.files/cd/cd34…-folder.tar   the same in an object store
ROOT/.files/.staging/             what is being written, one folder an attempt
ROOT/delays.png                   a relative symlink to what the head names
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from assets_core import files, folders
from assets_core.errors import PublishError, UnsupportedDataError
from assets_core.files import crash_point
from assets_core.folders import Entry
from assets_core.frozen import frozen
from assets_core.model.assets import Publish
from assets_core.model.garbage import StoredObject
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import StoredData
from assets_core.parallel import AT_ONCE, in_parallel
from assets_core.protocols.io import Shown, Staged, ToStage, Watched
from assets_core.protocols.journal import Journal
from assets_core.versioning.file_lists import FILE_LIST, entries_of, file_list
from io_managers.columns import wanted_columns
from io_managers.options import checked_options
from io_managers.stores.file_folders import ChangedError, FolderKeeper
from io_managers.stores.names import end_of
from io_managers.stores.opening import PLACE, open_files
from io_managers.stores.protocol import StagedFile, Store
from io_managers.stores.ways import refuse_link

NO_COPY = "a folder, of which no copy can be published in one step"

Look = tuple[tuple[str, int, int], ...]
"""The names, sizes and times of files: what tells that they were written to."""


@frozen
class StagedFiles:
    """A file or a folder that is written and not yet sealed."""

    cell: Cell
    path: Path
    sealed: StagedFile
    is_folder: bool
    look: Look

    @property
    def bytes(self) -> int:
        """Return the size of what will be stored."""
        return self.sealed.bytes


class FilesIOManager:
    """Keeps what functions wrote, see `assets_core.protocols.io.FilesIOManager`.

    Args:
        make: Makes a store for what file names end with.
        keeper: Keeps folders in that place.
    """

    def __init__(
        self, make: Callable[[str], Store[Any]], keeper: FolderKeeper, publish: Publish
    ) -> None:
        self._make = make
        self._folders = keeper
        self._publish = publish
        self._stores: dict[str, Store[Any]] = {}
        self._suffixes: Mapping[AssetKey, str] = {}
        self._any = self._with_suffix("")
        self.storage = self._any.storage

    def _with_suffix(self, suffix: str) -> Store[Any]:
        store = self._stores.get(suffix)
        if store is None:
            store = self._make(suffix)
        return self._stores.setdefault(suffix, store)

    def _store(self, cell: Cell) -> Store[Any]:
        return self._with_suffix(self._suffixes.get(cell.asset, ""))

    # Writing.

    def call(self, suffixes: Mapping[AssetKey, str]) -> None:
        """Say how the published files of assets end, such as `.png`."""
        self._suffixes = suffixes

    def room(self, cell: Cell, attempt: str) -> str:
        """Return where an attempt writes its file or folder; nothing is there yet."""
        folder = self._any.staging / attempt
        with self._any.named_errors(cell, folder):
            folders.remove_whole(folder)
            files.make_folder(folder)
        crash_point("stage.created")
        return str(self._path_in(folder, cell))

    def _path_in(self, folder: Path, cell: Cell) -> Path:
        return folder / f"data{self._store(cell).suffix}"

    def stage(self, tables: Sequence[ToStage]) -> list[Staged]:
        """Take what lies in the rooms of attempts, as their tables list it."""
        try:
            return [self._stage(*one) for one in tables]
        except BaseException:
            for _, _, attempt in tables:
                self.drop_leftover(attempt)
            raise

    def _stage(self, cell: Cell, table: pa.Table, attempt: str) -> Staged:
        if not table.schema.equals(FILE_LIST):
            raise UnsupportedDataError(
                f"'{cell}' is a table, and this IO manager keeps files",
                fix="declare it with @file_asset, or keep it with another IO manager",
            )
        path = self._path_in(self._any.staging / attempt, cell)
        entries = entries_of(table)
        is_folder = folders.is_folder(path)
        if is_folder and self._publish == "copy":
            raise UnsupportedDataError(f"'{cell}' is {NO_COPY}", fix=self._without_copy())
        look = _look(cell, path)
        if [one[:2] for one in look] != [(one.path, one.bytes) for one in entries]:
            raise _written_to(cell, path)
        crash_point("stage.written")
        if not is_folder:
            (entry,), suffix = entries, self._store(cell).suffix
            sealed = StagedFile(cell, path, entry.bytes, entry.sha256, suffix)
            return StagedFiles(cell, path, sealed, is_folder, look)
        try:
            sealed = self._folders.staged(cell, path, entries)
        except ChangedError as error:
            raise _written_to(cell, path) from error
        return StagedFiles(cell, path, sealed, is_folder, look)

    def _without_copy(self) -> str:
        or_link = "" if self._any.is_remote else "'link' or "
        return f"publish it as {or_link}'none'"

    def seal(self, staged: Sequence[Staged]) -> list[StoredData]:
        """Make what was staged durable and read-only, under names of its content."""
        every = cast("Sequence[StagedFiles]", staged)
        return in_parallel(self._seal, every, AT_ONCE if self._any.is_remote else 1)

    def _seal(self, staged: StagedFiles) -> StoredData:
        if staged.path.exists() and _look(staged.cell, staged.path) != staged.look:
            raise _written_to(staged.cell, staged.path)
        if staged.is_folder:
            stored = self._folders.seal(staged.sealed)
        else:
            (stored,) = self._store(staged.cell).seal([staged.sealed])
        folders.remove_whole(staged.path.parent)
        return stored

    def discard(self, staged: Staged) -> None:
        """Throw away what was staged."""
        folders.remove_whole(cast("StagedFiles", staged).path.parent)

    # Reading.

    def path(self, cell: Cell, stored: StoredData) -> str:
        """Return the path of a stored file or folder, whose bytes are what they must be."""
        if self._is_folder(stored):
            return str(self._folders.path(cell, stored))
        return str(self._any.whole(cell, stored, lasting=True))

    def read(
        self,
        cell: Cell,
        stored: StoredData,
        schema: pa.Schema,
        columns: tuple[str, ...] | None = None,
    ) -> pa.Table:
        """Return the list of files."""
        wanted = wanted_columns(cell, schema, columns)
        return file_list(self._entries(cell, stored)).select(wanted)

    def parquet_file(self, cell: Cell, stored: StoredData) -> str | None:  # noqa: ARG002
        """Return nothing: what is stored is no table as Parquet."""
        return None

    def verify(self, cell: Cell, stored: StoredData) -> None:
        """Raise if the bytes are not all right."""
        if self._is_folder(stored):
            self._folders.verify(cell, stored)
        else:
            self._any.verify(cell, stored)

    def _entries(self, cell: Cell, stored: StoredData) -> list[Entry]:
        if self._is_folder(stored):
            return self._folders.entries(cell, stored)
        self._any.whole(cell, stored)
        return [Entry(f"data{end_of(stored)}", stored.bytes, stored.checksum)]

    def _is_folder(self, stored: StoredData) -> bool:
        return stored.location.endswith(self._folders.ending)

    def is_remote(self) -> bool:
        """Return whether looking for data costs a request to another machine."""
        return self._any.is_remote

    def absent(self, stored: Iterable[StoredData]) -> set[str]:
        """Return the locations of those that are not there."""
        return self._any.absent(stored)

    def state(self, now: float) -> str | None:
        """Return a text that becomes another when stored data may have gone."""
        return self._any.state(now)

    def watched(self) -> tuple[Watched, ...] | None:
        """Return what `state` looks at, None if it looks elsewhere."""
        return self._any.watched()

    # Stable paths.

    def may_publish(
        self,
        cell: Cell,
        *,
        how: Publish | None,
        ours: bool,
        env: str,
        names: tuple[str, ...] = (),
    ) -> None:
        """Raise `PublishError` if publishing would overwrite what is not ours."""
        refuse_link(self._any, cell, how or self._publish)
        if self.publishes(how):
            store = self._store(cell)
            store.may_publish(cell, store.stable_path(cell, env, names), ours)

    def publish(
        self,
        shown: Sequence[Shown],
        *,
        how: Publish | None,
        env: str,
        names: tuple[str, ...] = (),
    ) -> None:
        """Make the stable paths of cells show their data, each in one step."""
        by_end: dict[str, list[Shown]] = {}
        for one in shown:
            by_end.setdefault(self._suffixes.get(one[0].asset, ""), []).append(one)
        for some in by_end.values():
            self._publish_alike(some, how, env, names)

    def _publish_alike(
        self, shown: Sequence[Shown], how: Publish | None, env: str, names: tuple[str, ...]
    ) -> None:
        """Publish files that end in the same way."""
        chosen, store = how or self._publish, self._store(shown[0][0])
        refuse_link(store, shown[0][0], chosen)
        paths = [store.stable_path(cell, env, names) for cell, _, _ in shown]
        if chosen != "none":
            for cell, stored, _ in shown if chosen == "copy" else ():
                if self._is_folder(stored):
                    raise PublishError(
                        f"'{cell}' cannot be published: {NO_COPY}",
                        fix=self._without_copy(),
                        where=stored.location,
                    )
            store.publish(shown, paths, chosen)
            return
        for path, (cell, _, _) in zip(paths, shown, strict=True):
            store.unpublish(cell, path)

    def publishes(self, how: Publish | None) -> bool:
        """Return whether an asset with this option has a stable path here."""
        return (how or self._publish) != "none"

    def published(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str | None:
        """Return the location that the stable path shows."""
        store = self._store(cell)
        return store.published(store.stable_path(cell, env, names))

    def stable_path(self, cell: Cell, *, env: str, names: tuple[str, ...] = ()) -> str:
        """Return the path at which other tools find the cell."""
        return str(self._store(cell).stable_path(cell, env, names))

    def clear(self, env: str) -> None:
        """Take away what is left of the stable paths of an environment."""
        self._any.clear(env)

    # Deleting.

    def objects(self) -> Iterator[StoredObject]:
        """Yield every sealed file and folder."""
        yield from self._any.objects()
        yield from self._folders.objects()

    def delete(self, location: str) -> None:
        """Delete a sealed file or folder; does nothing if it is gone."""
        if location.endswith(self._folders.ending):
            self._folders.delete(location)
        else:
            self._any.delete(location)

    def journal(self) -> Journal:
        """Return the journal beside the files."""
        return self._any.journal()

    def put_back(
        self, cell: Cell, stored: StoredData, *, env: str, names: tuple[str, ...] = ()
    ) -> str | None:
        """Put right bytes in their place again, from the stable path if it is a copy."""
        store = self._store(cell)
        path = store.stable_path(cell, env, names)
        if self._is_folder(stored):
            return self._folders.put_back(cell, stored, str(path))
        return store.put_back(cell, stored, path)

    def set_aside(self, cell: Cell, stored: StoredData) -> str | None:
        """Move damaged bytes out of the way; return where they are now."""
        keeper = self._folders if self._is_folder(stored) else self._any
        return keeper.set_aside(cell, stored)

    def leftovers(self) -> dict[str, str]:
        """Return the attempts that have something staged, and where."""
        return self._any.leftovers()

    def drop_leftover(self, attempt: str) -> None:
        """Throw away what an attempt has staged."""
        folders.remove_whole(self._any.staging / attempt)


def _look(cell: Cell, path: Path) -> Look:
    """Return what tells that a file, or one of a folder, was written to."""
    try:
        whole = folders.is_folder(path)
        state = folders.state_of_folder(path) if whole else folders.state_of_file(path)
    except (folders.IrregularFileError, FileNotFoundError) as error:
        raise _written_to(cell, path) from error
    return tuple(one[:3] for one in state)


def _written_to(cell: Cell, path: Path) -> UnsupportedDataError:
    return UnsupportedDataError(
        f"'{cell}' was still written to after its function had returned",
        fix="close every file, and wait for every process that writes, before returning",
        where=str(path),
    )


def make_files(project: str, options: Mapping[str, Any]) -> FilesIOManager:
    """Return the IO manager for an `[io.NAME]` section with `type = "files"`.

    Options: `root`, a folder or the URL of an object store (default `data`); `publish`,
    how other tools find the files (`link`, `copy` or `none`); for object stores see
    `io_managers.stores.opening`.
    """
    return FilesIOManager(*open_files(project, checked_options(options, PLACE, {})))

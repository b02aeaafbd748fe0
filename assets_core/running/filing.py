"""File assets: what a function returned becomes a file, and files become arguments."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets_core import files, folders
from assets_core.errors import MissingDataError, UnsupportedDataError, UsageError
from assets_core.frozen import frozen
from assets_core.model.assets import Asset, FileKind, Form, Input
from assets_core.model.graph import Graph
from assets_core.model.keys import Cell
from assets_core.model.records import Materialization
from assets_core.planning.reads import AllKeys
from assets_core.protocols.files import FileBytes
from assets_core.protocols.io import FilesIOManager
from assets_core.running.attempt import Attempt
from assets_core.running.gone import noted_if_gone
from assets_core.running.reading import Found, found_cells
from assets_core.running.tools import Tools
from assets_core.versioning.file_lists import file_list

if TYPE_CHECKING:
    import pyarrow as pa

JSON = ".json"
JSON_HOLDS = "return text, numbers, booleans, lists and mappings of these"
SPARE = "spare"
"""A name beside what an attempt writes, for what is copied there."""
RETURN = (
    "return bytes, text, a figure of matplotlib or plotly, or a path; lists and mappings"
    " for extension='json'; any other object only with pickle=UnsafePickle()"
)


def new_path(attempt: Attempt) -> Path:
    """Return where the file of an attempt is to be written; nothing is there."""
    manager = attempt.manager
    assert isinstance(manager, FilesIOManager)  # noqa: S101 - others keep no file assets
    return Path(manager.room(attempt.job.cell, attempt.claim.attempt))


def written(attempt: Attempt, value: Any, path: Path) -> pa.Table:
    """Return the list of files of what a function returned, once it lies at a path.

    Raises:
        UnsupportedDataError: It is nothing that can be a file, or is not a plain file.
    """
    cell, kind = attempt.job.cell, attempt.job.asset.file or FileKind()
    try:
        data = _data(attempt, kind, value)
        if data is not None:
            folders.remove_whole(path)
            with files.NewFile(path) as file:
                file.write(data)
        elif value is not None and Path(value) != path:
            _copy(cell, Path(value), path)
        return file_list(_entries(attempt.job.asset, cell, path))
    except folders.IrregularFileError as error:
        raise UnsupportedDataError(
            f"'{cell}' has '{error.filename}', which {error.strerror}",
            fix="write plain files",
        ) from error


def _data(attempt: Attempt, kind: FileKind, value: Any) -> bytes | None:
    if isinstance(value, Content):
        return value.data
    maker = attempt.tools.file_bytes
    assert maker is not None  # noqa: S101 - the workspace has given one
    return bytes_of(maker, attempt.job.cell, kind, value)


@frozen
class Content:
    """The bytes of a file, ready."""

    data: bytes


def bytes_of(maker: FileBytes, cell: Cell, kind: FileKind, value: Any) -> bytes | None:
    """Return the bytes of what was returned; None for a path, or what was written.

    Raises:
        UnsupportedDataError: It is nothing that can be a file.
    """
    if kind.pickle:
        return maker.of_object(value)
    if value is None or isinstance(value, Path):
        return None
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    if isinstance(value, str):
        return _text(cell, value)
    figure = maker.of_figure(value, kind.suffix)
    if figure is not None:
        return figure
    if kind.suffix == JSON and isinstance(value, dict | list | tuple | int | float | bool):
        return _json(cell, value)
    raise UnsupportedDataError(
        f"'{cell}' returned {type(value).__name__}, which is no {kind.suffix or 'file'}",
        fix=RETURN,
    )


def _text(cell: Cell, text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        letter = ascii(text[error.start])
        raise UnsupportedDataError(
            f"'{cell}' returned a text with {letter}, which is half a letter and has no"
            " form in UTF-8",
            fix="mend the text where it is read, or return bytes",
        ) from error


def _json(cell: Cell, value: Any) -> bytes:
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, indent=2)
    except (TypeError, ValueError, RecursionError) as error:
        deep = isinstance(error, RecursionError)
        why = "lists and mappings are too deep in each other" if deep else error
        raise UnsupportedDataError(
            f"'{cell}' returned what JSON cannot hold: {why}", fix=JSON_HOLDS
        ) from error
    for key in _keys(value):
        if not isinstance(key, str):
            raise UnsupportedDataError(
                f"'{cell}' returned what JSON cannot hold: the key {key!r} is no text,"
                " and would come back as one",
                fix="write the keys of mappings as texts: str(key)",
            )
    return _text(cell, f"{text}\n")


def _keys(value: Any) -> Iterator[Any]:
    """Yield the keys of all mappings in what JSON holds."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield from one
            waiting += one.values()
        elif isinstance(one, list | tuple):
            waiting += one


def _copy(cell: Cell, found: Path, path: Path) -> None:
    """Copy a file or folder, unless it is already where it is to be.

    Nothing of what a function wrote is removed before it is sure that it can be copied.
    """
    if found.is_symlink():
        raise folders.IrregularFileError(0, "is a symlink", str(found))
    if not found.is_dir() and not found.is_file():
        raise UnsupportedDataError(
            f"'{cell}' returned the path {found}, where there is no file",
            fix="write the file before returning its path",
        )
    here, there = Path(os.path.realpath(found)), Path(os.path.realpath(path))
    if here == there:
        return
    if here in there.parents or there in here.parents:
        raise UnsupportedDataError(
            f"'{cell}' returned the path {found}, which is inside of where it is to be"
            " stored, or has that in it",
            fix="return nothing, or context.path, for all that was written there; of"
            " several outputs, a path somewhere else for each",
        )
    folders.remove_whole(path)
    if found.is_dir():
        folders.copy_folder(found, path)
    else:
        files.copy_new(found, path)


def _entries(asset: Asset, cell: Cell, path: Path) -> list[folders.Entry]:
    """Return the files that an attempt has written."""
    if not folders.is_folder(path):
        if not os.path.lexists(path):
            raise _nothing(asset, cell)
        folders.make_own(path, path.with_name(SPARE))
        return folders.list_file(path, path.name)
    folders.make_own(path, path.with_name(SPARE))
    entries = folders.list_folder(path)
    if not entries:
        raise UnsupportedDataError(
            f"'{cell}' wrote a folder without files", fix="write at least one file"
        )
    if path.suffix or asset.publish == "copy":
        why = f"extension='{path.suffix[1:]}'" if path.suffix else "publish='copy'"
        raise UnsupportedDataError(
            f"'{cell}' wrote a folder, and is declared with {why}",
            fix="take that away: a folder is published by a link, without an extension",
        )
    return entries


def _nothing(asset: Asset, cell: Cell) -> UnsupportedDataError:
    if asset.outputs:
        return UnsupportedDataError(
            f"'{cell}' was given nothing by the function that makes it",
            fix="return a pathlib.Path for this output, or its bytes or text",
        )
    return UnsupportedDataError(
        f"'{cell}' returned nothing, and wrote nothing to context.path", fix=RETURN
    )


def path_of(tools: Tools, made: Materialization) -> Path:
    """Return the path of a stored file or folder, whose bytes are what they must be."""
    manager = tools.io_with(made.cell, made.stored)
    if not isinstance(manager, FilesIOManager):
        raise MissingDataError(
            f"'{made.cell}' was a table when it was made, and is a file now",
            fix=f"assets materialize {made.cell.asset}",
        )
    with noted_if_gone(tools, made):
        return Path(manager.path(made.cell, made.stored))


def copied(attempt: Attempt, made: Materialization) -> Path:
    """Copy what was stored somewhere else to where an attempt writes, and return where."""
    path = new_path(attempt)
    _copy(made.cell, path_of(attempt.tools, made), path)
    return path


def paths_of(tools: Tools, found: Iterable[Found]) -> dict[str, Path]:
    """Return the paths of some results of one asset, by partition."""
    return {one.made.cell.partition or "": path_of(tools, one.made) for one in found}


def is_file(graph: Graph, given: Input) -> bool:
    """Return whether what a parameter reads is a file asset."""
    node = graph.nodes[given.upstream]
    return isinstance(node, Asset) and node.file is not None


def head_paths(
    tools: Tools,
    env: str,
    keys: AllKeys,
    given: Input,
    cell: Cell | None = None,
) -> dict[str, Path]:
    """Return the paths of what a file asset shows: of one cell, or of all there are."""
    own = [None] if given.upstream not in keys else list(keys[given.upstream])
    cells = [cell] if cell else [Cell(given.upstream, one) for one in own]
    found = found_cells(tools, env, keys, cells, ())
    return paths_of(tools, found)


def as_argument(paths: Mapping[str, Path], given: Input) -> Any:
    """Return what a parameter receives of some files, by partition.

    Raises:
        UsageError: They are several, or one is no text.
    """
    loaded = {key: _in_form(path, given) for key, path in paths.items()}
    if given.many:
        return loaded if given.many == "dict" else list(loaded.values())
    if len(loaded) > 1:
        raise UsageError(
            f"'{given.parameter}' would be {len(loaded)} files of '{given.upstream}'",
            fix=f"annotate it: {given.parameter}: list[pathlib.Path], or dict[str, Path]",
        )
    return next(iter(loaded.values()), None)


def _in_form(path: Path, given: Input) -> Any:
    if given.form is Form.PATH:
        return path
    try:
        return path.read_bytes() if given.form is Form.BYTES else path.read_text("utf-8")
    except (IsADirectoryError, UnicodeDecodeError) as error:
        what = "is a folder" if isinstance(error, OSError) else "is no text in UTF-8"
        raise UsageError(
            f"'{given.parameter}' cannot be read: '{given.upstream}' {what}",
            fix=f"annotate it: {given.parameter}: pathlib.Path",
        ) from error

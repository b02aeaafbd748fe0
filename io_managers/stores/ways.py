"""What lies above a stable path, and may be in the way of what is published there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assets_core import files
from assets_core.errors import PublishError
from assets_core.model.assets import Publish
from assets_core.model.keys import Cell
from io_managers.stores.protocol import Store

OBJECTS = ".objects"
FILES = ".files"
"""The folders of what is stored as tables, and as files. Both may have the same root."""

STAGING, DAMAGED = ".staging", ".damaged"
"""The folders in these of what is being written, and of what was taken away."""


def in_the_way(cell: Cell, path: Path | str) -> PublishError:
    """Return the error for something that is not ours."""
    return PublishError(
        f"'{cell}' cannot be published: something else is at its stable path",
        fix="move it away, give the asset another key, or set publish='none'",
        where=str(path),
    )


def refuse_link(store: Store[Any], cell: Cell, how: Publish) -> None:
    """Raise `PublishError` where there are no links."""
    if store.is_remote and how == "link":
        raise PublishError(
            f"'{cell}' cannot be published as a link: an object store has no links",
            fix="declare it with publish='copy' or publish='none'",
            where=store.storage,
        )


def link_above(root: Path, path: Path) -> Path | None:
    """Return the link to a stored folder that a path leads through, if it does.

    It shows what an asset was before: a folder, where there are partitions or other assets
    now. Whatever is written below it would change the stored folder itself.
    """
    for above, mode in _there(root, path):
        if stat.S_ISLNK(mode) and _is_ours(above):
            return above
    return None


def refuse_above(cell: Cell, root: Path, path: Path) -> None:
    """Raise `PublishError` unless there are folders above a path, or nothing yet."""
    for above, mode in _there(root, path):
        if stat.S_ISLNK(mode) and _is_ours(above):
            raise PublishError(
                f"'{cell}' cannot be published: a link to a stored folder is in the way of"
                " its stable path",
                fix="remove that link, which shows what an asset of this name was before:"
                f" rm '{above}'",
                where=str(above),
            )
        if not stat.S_ISDIR(mode) and not above.is_dir():
            raise in_the_way(cell, above)


def _there(root: Path, path: Path) -> Iterator[tuple[Path, int]]:
    """Yield what is between a root and a path, from the root on, and its kind."""
    above = root
    for name in path.relative_to(root).parts[:-1]:
        above /= name
        try:
            mode = above.lstat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            return  # nothing is below it either
        yield above, mode


def _is_ours(link: Path) -> bool:
    """Return whether a link leads to what is stored."""
    return not {OBJECTS, FILES}.isdisjoint(link.readlink().parts)


def entries(folder: Path) -> list[os.DirEntry[str]]:
    """Return what is in a folder; nothing if there is none."""
    try:
        with os.scandir(folder) as found:
            return list(found)
    except FileNotFoundError:
        return []


def clear(root: Path, objects: str) -> None:
    """Take away symlinks to stored files, and folders in which nothing is then."""
    for folder, folders, names in os.walk(root, topdown=False):
        for path in (Path(folder, name) for name in (*folders, *names)):
            if path.is_symlink() and objects in path.readlink().parts:
                files.remove(path)
        files.remove_empty_folder(Path(folder))
    files.remove_empty_folder(root.parent)

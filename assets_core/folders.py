"""What is in a folder, and changes of a whole folder: copy, sync, move, remove.

The part of `assets_core.files` for what is made of many files. A folder is what its plain
files are: their names and their bytes. Symlinks and special files have no content of their
own, and are refused by name.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from assets_core import files


class Entry(NamedTuple):
    """One file of a folder.

    Attributes:
        path: Its name below the folder, with `/` between the parts.
    """

    path: str
    bytes: int
    sha256: str


class IrregularFileError(OSError):
    """Something in a folder is neither a plain file nor a folder of these."""


State = tuple[tuple[str, int, int, int, int], ...]
"""What tells two states of a folder apart without reading it."""


def list_file(path: Path, name: str) -> list[Entry]:
    """Return a single file as the only one of a list.

    Raises:
        IrregularFileError: It is a symlink or a special file.
    """
    _refuse_irregular(path, name)
    digest, size = files.file_digest(path)
    return [Entry(name, size, digest)]


def list_folder(root: Path) -> list[Entry]:
    """Return the files of a folder in the order of their names, all bytes read.

    Raises:
        IrregularFileError: There is a symlink or a special file, or a name is no text; or
            the folder itself is a symlink.
    """
    entries = []
    for name, path in _walk(root):
        digest, size = files.file_digest(path)
        entries.append(Entry(name, size, digest))
    return entries


def make_own(path: Path, spare: Path) -> None:
    """Put a copy in the place of each file, at a path or below it, that has other names.

    Whoever has linked a file of theirs there keeps it, and can change it.

    Args:
        spare: A path in the same file system, where nothing is that is needed.

    Raises:
        IrregularFileError: There is a symlink or a special file.
    """
    if not is_folder(path):
        _refuse_irregular(path, path.name)
    for one in [found for _, found in _walk(path)] if is_folder(path) else [path]:
        if one.lstat().st_nlink > 1:
            remove_whole(spare)
            files.copy_new(one, spare)
            files.replace(spare, one)


def state_of_folder(root: Path) -> State:
    """Return the names, sizes, times and identities of the files of a folder."""
    return tuple(_state(name, path) for name, path in _walk(root))


def state_of_file(path: Path) -> State:
    """Return the same of a single file."""
    return (_state(path.name, path),)


def _state(name: str, path: Path) -> tuple[str, int, int, int, int]:
    one = path.lstat()
    return name, one.st_size, one.st_mtime_ns, one.st_ctime_ns, one.st_ino


def size_of(root: Path) -> int:
    """Return the bytes of all that is in a folder, whatever it is, following no links."""
    if not is_folder(root):
        return root.lstat().st_size
    return sum(
        Path(folder, name).lstat().st_size
        for folder, _, names in os.walk(root)
        for name in names
    )


def digest_of(entries: Iterable[Entry]) -> str:
    """Return one SHA-256 for names and contents, each written with its length.

    >>> digest_of([Entry("a", 1, "00")]) == digest_of([Entry("a0", 1, "0")])
    False
    """
    hasher = hashlib.sha256(b"folder 1")
    for entry in entries:
        for part in (entry.path.encode(), entry.sha256.encode()):
            hasher.update(b"%d:%b" % (len(part), part))
    return hasher.hexdigest()


def is_folder(path: Path) -> bool:
    """Return whether a folder is there itself, and no symlink to one."""
    return path.is_dir() and not path.is_symlink()


def copy_folder(existing: Path, new: Path) -> None:
    """Write a copy of the plain files of a folder under a name that is free."""
    files.make_folder(new)
    for name, path in _walk(existing):
        target = new / name
        target.parent.mkdir(parents=True, exist_ok=True)
        files.copy_new(path, target)


def copy_any(existing: Path, new: Path) -> None:
    """Write a copy of a plain file, or of a folder of these, under a name that is free."""
    if is_folder(existing):
        copy_folder(existing, new)
    else:
        _refuse_irregular(existing, existing.name)
        files.copy_new(existing, new)


def sync_any(path: Path) -> None:
    """Make a file, or the files of a folder, read-only and durable."""
    if is_folder(path):
        sync_folders(path)
    else:
        files.make_read_only(path)
        files.sync_file(path)


def sync_folders(root: Path) -> None:
    """Make the files of a folder read-only, and all of it durable."""
    folders = {root}
    for name, path in _walk(root):
        files.make_read_only(path)
        files.sync_file(path)
        folders.update(root / above for above in Path(name).parents)
    for folder in sorted(folders, reverse=True):
        files.sync_folder(folder)


def move_folder(existing: Path, new: Path) -> bool:
    """Give a folder another name in one step; return False if that name is taken."""
    if os.path.lexists(new):
        return False
    try:
        existing.rename(new)
    except OSError:
        if os.path.lexists(new):
            return False
        raise
    return True


def remove_whole(path: Path) -> None:
    """Remove a file, or a folder with all that is in it; what cannot be removed stays."""
    if is_folder(path):
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            files.remove(path)


def _walk(root: Path) -> Iterator[tuple[str, Path]]:
    """Yield the plain files below a folder in the order of their names."""
    if root.is_symlink():
        raise IrregularFileError(0, "is a symlink", root.name)
    found: list[tuple[str, Path]] = []
    waiting = [(root, "")]
    while waiting:
        folder, above = waiting.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                name = f"{above}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((Path(entry.path), f"{name}/"))
                    continue
                _refuse_irregular(Path(entry.path), name)
                found.append((name, Path(entry.path)))
    return iter(sorted(found))


def _refuse_irregular(path: Path, name: str) -> None:
    try:
        name.encode()
    except UnicodeEncodeError:
        raise IrregularFileError(0, "has a name that is no text", ascii(name)) from None
    mode = path.lstat().st_mode
    if not stat.S_ISREG(mode):
        what = "is a symlink" if stat.S_ISLNK(mode) else "is a special file"
        raise IrregularFileError(0, what, name)

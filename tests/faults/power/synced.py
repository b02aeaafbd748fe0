"""What of a program's changes is not synced yet, by every descriptor and path it used.

A file is durable by a sync of its bytes, and its name by a sync of its folder, whatever
the names of these folders were at that time. Nothing else counts: not that it was closed,
nor `sync_file_range`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath

from tests.faults.power.tracing import Call

UNFOLLOWED = (
    *("pwritev", "pwritev2", "copy_file_range", "sendfile", "splice", "truncate"),
    *("fallocate", "mmap", "io_uring_enter"),
)
"""Calls that can change bytes and are not understood here: nothing we use makes them."""
PASSING = (".lock", "-shm")
"""Files whose bytes mean nothing once the machine was off."""


class Unsynced:
    """What is not synced, of all that is below a folder.

    Args:
        root: The folder. What the program does not make in it is taken to be durable.
    """

    def __init__(self, root: Path) -> None:
        self._root = PurePosixPath(root.resolve())
        self._things: dict[str, int] = {}
        self._count = 0
        self._bytes: set[int] = set()  # of things that were written to
        self._names: set[tuple[int, str]] = set()  # in folders

    def of(self, path: str) -> list[str]:
        """Return what may be lost of a file or folder and of all names that lead there."""
        above = [path, *map(str, PurePosixPath(path).parents)][:-1]
        below = [one for one in self._things if one.startswith(f"{path}/")]
        names = [one for one in (*above, *below) if self._entry(one) in self._names]
        written = [one for one in (path, *below) if self._things.get(one) in self._bytes]
        return [f"name of {one}" for one in names] + [f"bytes of {one}" for one in written]

    def everything(self) -> list[str]:
        """Return all that may be lost."""
        found = []
        for path in [one for one in self._things if one and not one.endswith(PASSING)]:
            if self._entry(path) in self._names:
                found.append(f"name of {path}")
            if self._things[path] in self._bytes:
                found.append(f"bytes of {path}")
        return found

    def note(self, call: Call) -> None:
        """Follow one call."""
        if call.name in UNFOLLOWED:
            self._refuse(call)
            return
        noted = _NOTED.get(call.name)
        if noted is not None:
            noted(self, call)

    def inside(self, call: Call) -> list[str]:
        """Return the paths that a call names by text, from the folder on."""
        folders = call.paths if call.name.rstrip("2").endswith("at") else ()
        bases = [*folders, *([""] * len(call.texts))]
        return [
            self._below(str(PurePosixPath(self._root, base, text.decode(errors="replace"))))
            for base, text in zip(bases, call.texts, strict=False)
        ]

    def opened(self, call: Call) -> str:
        """Return the path that the first descriptor of a call is open on."""
        return self._below(call.paths[0]) if call.paths else ""

    def _below(self, path: str) -> str:
        """Return a path from the folder on; empty if it is not below it."""
        whole = PurePosixPath(path)
        return str(whole.relative_to(self._root)) if self._root in whole.parents else ""

    def _thing(self, path: str) -> int:
        self._count += 1
        return self._things.setdefault(path, self._count)

    def _entry(self, path: str) -> tuple[int, str]:
        folder, _, name = path.rpartition("/")
        return self._thing(folder), name

    def _enter(self, path: str, thing: int | None = None) -> None:
        if path:
            self._leave(path)
            if thing is not None:
                self._things[path] = thing
            self._thing(path)
            self._names.add(self._entry(path))

    def _leave(self, path: str) -> None:
        self._names.discard(self._entry(path))
        self._things.pop(path, None)

    def _open(self, call: Call) -> None:
        flags = next((word for word in call.words if word.startswith("O_")), "")
        (path, *_) = self.inside(call)
        if path and "O_CREAT" in flags and path not in self._things:
            self._enter(path)
        if path and "O_TRUNC" in flags:
            self._bytes.add(self._thing(path))

    def _write(self, call: Call) -> None:
        path = self.opened(call)
        if path:
            self._bytes.add(self._thing(path))

    def _sync(self, call: Call) -> None:
        path = self.opened(call)
        if path or PurePosixPath(call.paths[0]) == self._root:
            thing = self._thing(path)
            self._bytes.discard(thing)
            self._names = {one for one in self._names if one[0] != thing}

    def _link(self, call: Call) -> None:
        old, new = self.inside(call)
        if old and new:
            self._enter(new, self._thing(old))

    def _rename(self, call: Call) -> None:
        old, new = self.inside(call)
        below = [one for one in self._things if one.startswith(f"{old}/")]
        self._link(call)
        for one in below:
            self._things[new + one.removeprefix(old)] = self._things.pop(one)
        self._leave(old)

    def _make(self, call: Call) -> None:
        self._enter(self.inside(call)[-1])

    def _remove(self, call: Call) -> None:
        for path in self.inside(call):
            self._leave(path)

    def _refuse(self, call: Call) -> None:
        path, words = self.opened(call), "|".join(call.words)
        changes = call.name != "mmap" or ("MAP_SHARED" in words and "PROT_WRITE" in words)
        assert not path or path.endswith(PASSING) or not changes, f"not followed: {call}"


_NOTED: Mapping[str, Callable[[Unsynced, Call], None]] = {
    "openat": Unsynced._open,
    **dict.fromkeys(("write", "pwrite64", "writev", "ftruncate"), Unsynced._write),
    **dict.fromkeys(("fsync", "fdatasync"), Unsynced._sync),
    **dict.fromkeys(("link", "linkat"), Unsynced._link),
    **dict.fromkeys(("rename", "renameat", "renameat2"), Unsynced._rename),
    **dict.fromkeys(("mkdir", "mkdirat", "symlink", "symlinkat"), Unsynced._make),
    **dict.fromkeys(("unlink", "unlinkat", "rmdir"), Unsynced._remove),
}

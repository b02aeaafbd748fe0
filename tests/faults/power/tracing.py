"""What a program changes on disk, as strace sees it: all of it, SQLite's files too."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from tests.faults.power.disk import (
    FOLDER,
    LINK,
    Enter,
    Leave,
    Operation,
    SyncFile,
    SyncFolder,
    Write,
)

CALLS = (
    "openat,write,pwrite64,writev,fsync,fdatasync,link,linkat,rename,renameat,renameat2,"
    "unlink,unlinkat,rmdir,symlink,symlinkat,mkdir,mkdirat,ftruncate,lseek"
)
_LINE = re.compile(r"^(\d+) +(\w+)\((.*)\) += +(-?\d+)(<(?:\\x..)*>)?")
_PIECE = re.compile(r'"((?:\\x..)*)"|<((?:\\x..)*)>|([^",<>\s()]+)')


class Call(NamedTuple):
    """One call of the system that succeeded.

    Attributes:
        texts: Its arguments that are texts: paths and data.
        paths: What its file descriptors are open on; the last may be the result's.
        words: All other arguments.
    """

    name: str
    texts: list[bytes]
    paths: list[str]
    words: list[str]
    result: int


def trace(program: str, folder: Path, log: Path) -> list[Operation]:
    """Run a Python program in a folder, and return what it changed there."""
    recorder = _Recorder(folder)
    for call in calls_of(program, folder, log):
        recorder.note(call)
    return recorder.operations


def calls_of(program: str, folder: Path, log: Path, also: str = "") -> Iterator[Call]:
    """Run a Python program in a folder, and yield its calls that change files anywhere.

    Args:
        also: More calls to follow, with a comma before each.
    """
    subprocess.run(
        ["strace", "-f", "-qq", "-y", "-xx", "-s", "100000000",
         "-e", f"trace={CALLS}{also}",
         "-o", str(log), sys.executable, "-B", "-c", program],
        cwd=folder, check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    for line in _whole(log.read_text("ascii").splitlines()):
        call = _parsed(line)
        if call is not None and call.result >= 0:
            yield call


def _whole(lines: list[str]) -> Iterator[str]:
    """Yield calls that were broken off by another thread's as one line."""
    begun: dict[str, str] = {}
    for line in lines:
        thread = line.partition(" ")[0]
        if line.endswith("<unfinished ...>"):
            begun[thread] = line.removesuffix("<unfinished ...>").rstrip()
        elif " resumed>" in line:
            yield begun.pop(thread, thread) + line.partition(" resumed>")[2]
        else:
            yield line


def _parsed(line: str) -> Call | None:
    found = _LINE.match(line)
    if found is None:
        return None
    texts, paths, words = [], [], []
    for text, path, word in _PIECE.findall(found[3] + (found[5] or "")):
        if word:
            words.append(word)
        elif path:
            paths.append(_bytes(path).decode())
        else:
            texts.append(_bytes(text))
    return Call(found[2], texts, paths, words, int(found[4]))


def _bytes(text: str) -> bytes:
    return bytes.fromhex(text.replace("\\x", ""))


class _Recorder:
    """Turns calls into operations on files and names below a folder."""

    def __init__(self, root: Path) -> None:
        self.operations: list[Operation] = []
        self._root = PurePosixPath(root.resolve())
        self._files: dict[str, int] = {}
        self._ends: dict[int, int] = {}  # where appended data goes
        self._next = 0

    def note(self, call: Call) -> None:
        getattr(self, f"_{call.name}", lambda _: None)(call)

    def _inside(self, path: str | bytes) -> str | None:
        text = path.decode() if isinstance(path, bytes) else path
        whole = PurePosixPath(self._root, text)
        return str(whole.relative_to(self._root)) if self._root in whole.parents else None

    def _new(self, path: str) -> int:
        self._next += 1
        self._files[path] = self._next
        self.operations.append(Enter(path, self._next))
        return self._next

    def _openat(self, call: Call) -> None:
        path = self._inside(call.texts[0])
        flags = next((word for word in call.words if word.startswith("O_")), "")
        if path is None or "O_CREAT" not in flags:
            return
        file = self._files.get(path)
        if file is None:
            file = self._new(path)
        elif "O_TRUNC" in flags:
            self.operations.append(Write(file, 0, None))
        self._ends[file] = 0 if "O_TRUNC" in flags else self._ends.get(file, 0)

    def _file(self, call: Call) -> int | None:
        path = self._inside(call.paths[0]) if call.paths else None
        return None if path is None else self._files.get(path)

    def _write(self, call: Call) -> None:
        file = self._file(call)
        if file is not None:
            data = b"".join(call.texts)[: call.result]
            start = self._ends.get(file, 0)
            self.operations.append(Write(file, start, data))
            self._ends[file] = start + len(data)

    _writev = _write

    def _pwrite64(self, call: Call) -> None:
        file = self._file(call)
        if file is not None:
            data = call.texts[0][: call.result]
            self.operations.append(Write(file, int(call.words[-1]), data))

    def _ftruncate(self, call: Call) -> None:
        file = self._file(call)
        if file is not None:
            self.operations.append(Write(file, int(call.words[-1]), None))

    def _fsync(self, call: Call) -> None:
        path = self._inside(call.paths[0])
        if path in self._files:
            self.operations.append(SyncFile(self._files[path]))
        elif path is not None:
            self.operations.append(SyncFolder(path))
        elif PurePosixPath(call.paths[0]) == self._root:
            self.operations.append(SyncFolder(""))

    _fdatasync = _fsync

    def _mkdir(self, call: Call) -> None:
        path = self._inside(call.texts[0])
        if path is not None:
            self.operations.append(Enter(path, FOLDER))

    _mkdirat = _mkdir

    def _link(self, call: Call) -> None:
        old, new = (self._inside(text) for text in call.texts[:2])
        if old is not None and new is not None:
            self._files[new] = self._files[old]
            self.operations.append(Enter(new, self._files[old]))

    _linkat = _link

    def _symlink(self, call: Call) -> None:
        path = self._inside(call.texts[1])
        if path is not None:
            self.operations.append(Enter(path, LINK, call.texts[0].decode()))

    _symlinkat = _symlink

    def _rename(self, call: Call) -> None:
        old, new = (self._inside(text) for text in call.texts[:2])
        if old is None or new is None:
            return
        entered = next(
            one for one in reversed(self.operations)
            if isinstance(one, Enter) and one.path == old
        )  # fmt: skip
        # One step within a folder; between two, either may be durable first.
        self.operations += [entered._replace(path=new), Leave(old)]
        if old in self._files:
            self._files[new] = self._files.pop(old)

    _renameat = _renameat2 = _rename

    def _unlink(self, call: Call) -> None:
        path = self._inside(call.texts[0])
        if path is not None:
            self._files.pop(path, None)
            self.operations.append(Leave(path))

    _unlinkat = _rmdir = _unlink

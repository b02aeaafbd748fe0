"""The one module that changes files: create, sync, link, rename, remove.

Every step that a kill could come between has a named crash point, so that tests can
stop a process exactly there. `ASSETS_CRASH=NAME[:N][:exit|kill|stop|raise]` arms one:
the Nth time that point is reached, the process exits, is killed, is stopped, or an
`OSError` is raised. Unarmed, a point costs one comparison.

Nothing here retries a failed `fsync`: after it the state of the file is unknown, so the
file is given up (see docs/concepts/commit.md).
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import hashlib
import os
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from assets_core.digests import Digest

POINTS = (
    "claim.taken",
    "stage.created",
    "stage.written",
    "seal.synced",
    "seal.linked",
    "seal.replaced",
    "seal.durable",
    "seal.unstaged",
    "commit.begun",
    "commit.written",
    "commit.done",
    "publish.prepared",
    "publish.renamed",
    "publish.durable",
    "publish.recorded",
    "step.recorded",
    "run.begun",
    "run.ended",
    "gc.condemned",
    "gc.deleting",
    "gc.deleted",
    "gc.ended",
    "environment.creating",
    "environment.created",
    "environment.dropping",
    "environment.dropped",
    "promote.written",
    "promote.done",
)
"""Every crash point, in the order in which a step passes them."""

DATABASE_POINTS = (
    *("duckdb.created", "duckdb.staging", "duckdb.staged", "duckdb.sealing"),
    *("duckdb.sealed", "duckdb.publishing", "duckdb.published"),
)
"""Those that only tables in a DuckDB database pass."""

UPKEEP_POINTS = (
    *("repair.claimed", "repair.aside", "repair.restored", "repair.committed"),
    *("repair.published", "journal.written", "journal.rewritten"),
    *("metadata.rebuilt", "metadata.copied"),
)
"""Those that only upkeep passes."""

READ_ONLY = 0o444
_BLOCK = 1 << 20


class _Armed:
    """Which crash point stops the process, and how often it may still be passed."""

    def __init__(self, setting: str) -> None:
        name, *rest = setting.split(":") if setting else [""]
        if name and name not in POINTS + DATABASE_POINTS + UPKEEP_POINTS:
            raise ValueError(f"ASSETS_CRASH names {name!r}, which is no crash point")
        self.name = name
        self.passes = next((int(part) for part in rest if part.isdigit()), 1)
        self.how = next((part for part in rest if not part.isdigit()), "kill")


_armed = _Armed(os.environ.get("ASSETS_CRASH", ""))


def crash_point(name: str) -> None:
    """Stop here if a test armed this point; otherwise do nothing."""
    if _armed.name != name:
        return
    _armed.passes -= 1
    if _armed.passes:
        return
    if _armed.how == "raise":
        raise OSError(errno.EIO, f"crash point {name}")
    if _armed.how == "exit":
        os._exit(137)
    os.kill(os.getpid(), signal.SIGSTOP if _armed.how == "stop" else signal.SIGKILL)


class NewFile:
    """A file that did not exist before, hashed while it is written.

    Has the few methods that a Parquet writer asks of a file. `sha256` and `size` are
    those of everything written so far.
    """

    def __init__(self, path: Path) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        self._file = os.fdopen(os.open(path, flags, 0o600), "wb", buffering=_BLOCK)
        self._digest = Digest()
        self.path = path
        self.size = 0
        self.closed = False

    def write(self, data: bytes) -> int:
        """Append bytes."""
        self._digest.update(data)
        self._file.write(data)
        count = memoryview(data).nbytes
        self.size += count
        return count

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self.size

    def flush(self) -> None:
        """Hand what is buffered to the operating system."""
        self._file.flush()

    def writable(self) -> bool:
        """Answer that it can be written."""
        return True

    def readable(self) -> bool:
        """Answer that it cannot be read."""
        return False

    def seekable(self) -> bool:
        """Answer that it only grows at its end."""
        return False

    @property
    def sha256(self) -> str:
        """Return the digest of what was written."""
        return self._digest.hexdigest()

    def close(self) -> None:
        """Close the file; it is not durable before `sync_file`."""
        if not self.closed:
            self.closed = True
            self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # What is buffered may not fit on the disk any more: closing can fail as well.
        with _removed_on_error(self.path):
            self.close()
        if kind is not None:
            remove(self.path)


class LockFile:
    """A file that processes lock, beside what they must not use at once.

    It stays where it is; the operating system lets go of the lock of a process that dies.
    In it is the process that took the lock last, for people to read.
    """

    def __init__(self, path: Path) -> None:
        flags = os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self._file = os.open(path, flags | os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            if error.errno != errno.EROFS or not path.exists():
                raise
            self._file = os.open(path, flags | os.O_RDONLY)  # it can still be locked

    def take(self, *, shared: bool) -> bool:
        """Take the lock if nobody has it, or all who have it share it."""
        try:
            how = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
            fcntl.flock(self._file, how | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        # A disk that is full or read-only must not keep anybody from reading.
        with contextlib.suppress(OSError):
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, f"{os.getpid()}\n".encode(), 0)
        return True

    def holder(self) -> int | None:
        """Return the process that took the lock last, if it says so."""
        text = os.pread(self._file, 20, 0).strip()
        return int(text) if text.isdigit() else None

    def close(self) -> None:
        """Let go of the lock."""
        os.close(self._file)


def make_folder(path: Path, *, mode: int = 0o755) -> None:
    """Create a folder and its parents, each made durable in the one above it."""
    make_folders([path], mode=mode)


def make_folders(paths: Iterable[Path], *, mode: int = 0o755) -> None:
    """Create folders and their parents, all made durable in those above them."""
    missing = [path for path in paths if not path.is_dir()]
    if not missing:
        return
    above = list(dict.fromkeys(path.parent for path in missing))
    make_folders(above)
    for path in missing:
        with contextlib.suppress(FileExistsError):
            path.mkdir(mode=mode)
    for folder in above:
        sync_folder(folder)


def make_read_only(path: Path) -> None:
    """Take away the right to write, so that no tool changes a stored file by accident."""
    path.chmod(READ_ONLY)


def sync_file(path: Path) -> None:
    """Make the content of a file durable."""
    _sync(path, os.O_RDONLY)


def sync_folder(path: Path) -> None:
    """Make the names in a folder durable."""
    _sync(path, os.O_RDONLY | os.O_DIRECTORY)


def _sync(path: Path, flags: int) -> None:
    descriptor = os.open(path, flags | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def link(existing: Path, new: Path) -> bool:
    """Give a file a second name; return False if that name is taken."""
    try:
        os.link(existing, new, follow_symlinks=False)
    except FileExistsError:
        return False
    return True


def replace(existing: Path, target: Path) -> None:
    """Give a file another name in one step, whatever had that name before."""
    existing.replace(target)


def point_symlink(path: Path, target: str, unique: str) -> None:
    """Make `path` a symlink to `target`, in one step for everyone who opens it.

    It is durable once its folder is synced.
    """
    temporary = path.with_name(f".{path.name}.{unique}.tmp")
    remove(temporary)
    temporary.symlink_to(target)
    _put(temporary, path)


def put_copy(existing: Path, path: Path, unique: str) -> None:
    """Make `path` a read-only copy of a file, in one step for everyone who opens it.

    It is durable once its folder is synced.
    """
    temporary = path.with_name(f".{path.name}.{unique}.tmp")
    remove(temporary)
    copy_new(existing, temporary)
    with _removed_on_error(temporary):
        make_read_only(temporary)
        sync_file(temporary)
    _put(temporary, path)


def copy_new(existing: Path, new: Path) -> None:
    """Write a copy of a file under a name that is free."""
    with NewFile(new) as copy, existing.open("rb") as original:
        while block := original.read(_BLOCK):
            copy.write(block)


def _put(temporary: Path, path: Path) -> None:
    with _removed_on_error(temporary):
        crash_point("publish.prepared")
        temporary.replace(path)
    crash_point("publish.renamed")


def put_text(path: Path, text: str) -> None:
    """Write a small text file in one step; not for data that must be durable."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with _removed_on_error(temporary):
        temporary.write_text(text, encoding="utf-8")
        temporary.replace(path)


def remove(path: Path) -> bool:
    """Remove a file or symlink; return False if there was none."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    return True


def remove_folder(path: Path) -> None:
    """Remove a folder of plain files; what cannot be removed stays."""
    with contextlib.suppress(OSError):
        for file in path.iterdir():
            remove(file)
        path.rmdir()


def remove_empty_folder(path: Path) -> None:
    """Remove a folder in which nothing is; one in which something is stays."""
    with contextlib.suppress(OSError):
        path.rmdir()


@contextlib.contextmanager
def _removed_on_error(path: Path) -> Iterator[None]:
    try:
        yield
    except BaseException:
        with contextlib.suppress(OSError):
            remove(path)
        raise


def file_digest(path: Path) -> tuple[str, int]:
    """Return the SHA-256 of a file's bytes and their number."""
    hasher = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            hasher.update(block)
            size += len(block)
    return hasher.hexdigest(), size


SETTLED_SECONDS = 2.0
"""How old the time of a folder must be: later changes then cannot have the same one."""


def state_of_folders(root: Path, now: float) -> str | None:
    """Return the identity and time of a folder and of those in it.

    It is another text when a file was added or removed there. None while the times are
    too young to tell, or where they cannot be read.
    """
    try:
        with os.scandir(root) as entries:
            names = sorted(entry.name for entry in entries if entry.is_dir())
        found = [(name, (root / name).stat()) for name in (".", *names)]
    except FileNotFoundError:
        return "nothing"
    except OSError:
        return None
    latest = max(stat.st_ctime for _, stat in found)
    if latest > now - SETTLED_SECONDS:
        return None
    # Nobody can set back the time at which the folder itself was changed last.
    return repr([(name, stat.st_ino, stat.st_ctime_ns) for name, stat in found])


def state_of_file(path: Path, now: float) -> str | None:
    """Return the identity, size and time of a file; None while that is too young."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return "nothing"
    except OSError:
        return None
    if stat.st_ctime > now - SETTLED_SECONDS:
        return None
    return repr((stat.st_ino, stat.st_size, stat.st_ctime_ns))

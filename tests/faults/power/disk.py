"""What a disk may hold after power was lost: a model of files, folders and syncs.

A program's changes are a list of operations. What was synced is there after a loss of
power; of the rest anything may be there, in pieces as small as one write, but for the
order of changes within one folder. That is less than any file system in use promises.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

SECTOR = 512


class Write(NamedTuple):
    """Bytes are written to a file, or its end is cut off where `data` is None."""

    file: int
    offset: int
    data: bytes | None


class Enter(NamedTuple):
    """A name in a folder comes to mean a file, a folder, or a symlink to `target`."""

    path: str
    file: int
    target: str = ""


class Leave(NamedTuple):
    """A name is taken out of a folder."""

    path: str


class SyncFile(NamedTuple):
    """What a file holds is durable now."""

    file: int


class SyncFolder(NamedTuple):
    """The names in a folder are durable now."""

    path: str


Change = Write | Enter | Leave
Operation = Change | SyncFile | SyncFolder
FOLDER = -1
LINK = -2


def folder_of(change: Enter | Leave) -> str:
    """Return the folder that a change is made in."""
    return change.path.rpartition("/")[0]


@dataclass
class Disk:
    """What is on a disk: names, and what files hold."""

    names: dict[str, Enter] = field(default_factory=dict)
    data: dict[int, bytearray] = field(default_factory=dict)

    def apply(self, change: Change) -> None:
        """Make one change."""
        if isinstance(change, Enter):
            self.names[change.path] = change
        elif isinstance(change, Leave):
            self.names.pop(change.path, None)
        else:
            held = self.data.setdefault(change.file, bytearray())
            if change.data is None:
                del held[change.offset :]
                held.extend(bytes(change.offset - len(held)))
                return
            end = change.offset + len(change.data)
            held.extend(bytes(max(0, end - len(held))))
            held[change.offset : end] = change.data

    def copy(self) -> Disk:
        """Return a disk that holds the same."""
        held = {file: bytearray(data) for file, data in self.data.items()}
        return Disk(dict(self.names), held)

    def fingerprint(self) -> bytes:
        """Return what tells this state from others."""
        found = hashlib.sha256()
        for path, entered in sorted(self.names.items()):
            held = b"" if entered.file < 0 else bytes(self.data.get(entered.file, b""))
            found.update(
                f"{path}\0{entered.file}\0{entered.target}\0{len(held)}\0".encode()
            )
            found.update(held)
        return found.digest()

    def put(self, folder: Path) -> None:
        """Write everything into a real folder."""
        for path, entered in sorted(self.names.items()):
            target = folder / path
            if not self._is_reachable(path):
                continue
            if entered.file == FOLDER:
                target.mkdir(parents=True, exist_ok=True)
            elif entered.file == LINK:
                target.symlink_to(entered.target)
            else:
                target.write_bytes(self.data.get(entered.file, b""))

    def _is_reachable(self, path: str) -> bool:
        """Return whether all folders above a name are there."""
        above = path.rpartition("/")[0]
        while above:
            if above not in self.names:
                return False
            above = above.rpartition("/")[0]
        return True


@dataclass
class Machine:
    """A running machine: what is durable, and what is not yet."""

    durable: Disk = field(default_factory=Disk)
    pending: list[Change] = field(default_factory=list)

    def do(self, operation: Operation) -> None:
        """Carry out one operation."""
        if isinstance(operation, SyncFile):
            self._settle(
                one
                for one in self.pending
                if isinstance(one, Write) and one.file == operation.file
            )
        elif isinstance(operation, SyncFolder):
            self._settle(
                one
                for one in self.pending
                if not isinstance(one, Write) and folder_of(one) == operation.path
            )
        else:
            self.pending.append(operation)

    def _settle(self, changes: Iterable[Change]) -> None:
        for change in list(changes):
            self.durable.apply(change)
            self.pending.remove(change)

    def losses(self, rng: random.Random, samples: int) -> Iterator[Disk]:
        """Yield states that a loss of power may leave now."""
        names = [one for one in self.pending if not isinstance(one, Write)]
        writes = [one for one in self.pending if isinstance(one, Write)]
        kept: list[Sequence[Change]] = [[], self.pending, names, writes]
        kept += [self.pending[:-1], [*names, *_torn(writes)]]
        kept += [[*names, *writes[:count]] for count in range(1, min(4, len(writes)))]
        kept += [[one for one in self.pending if one is not lost] for lost in writes[-3:]]
        kept += _prefixes_of_folders(names, writes)
        kept += [_some(self.pending, rng) for _ in range(samples)]
        for changes in kept:
            disk = self.durable.copy()
            for change in changes:
                disk.apply(change)
            yield disk


def _torn(writes: list[Write]) -> list[Write]:
    """Return writes of which the last was only begun."""
    if not writes or not writes[-1].data:
        return writes
    last = writes[-1]
    data = last.data or b""
    half = max(SECTOR, len(data) // 2 // SECTOR * SECTOR)
    return [*writes[:-1], last._replace(data=data[:half])]


def _prefixes_of_folders(
    names: Sequence[Enter | Leave], writes: Sequence[Write]
) -> Iterator[list[Change]]:
    """Yield all writes with the changes of one folder only, and of all others."""
    for folder in {folder_of(one) for one in names}:
        yield [*writes, *(one for one in names if folder_of(one) == folder)]
        yield [*writes, *(one for one in names if folder_of(one) != folder)]
        yield [one for one in names if folder_of(one) == folder]


def _some(pending: Sequence[Change], rng: random.Random) -> list[Change]:
    """Return some of the changes: any writes, and of each folder the first few."""
    ends = {
        folder_of(one): rng.randrange(len(pending) + 1)
        for one in pending
        if not isinstance(one, Write)
    }
    chance = rng.random()
    return [
        one
        for number, one in enumerate(pending)
        if (
            rng.random() < chance
            if isinstance(one, Write)
            else number < ends[folder_of(one)]
        )
    ]

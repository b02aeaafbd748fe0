"""Observes sources that are files of this machine, one or many."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from importlib import import_module
from pathlib import Path, PurePath

from assets_core.errors import SourceError
from assets_core.files import file_digest
from assets_core.model.assets import Source
from assets_core.model.origins import ManyFiles, OneFile, is_pattern
from assets_core.model.records import FileIdentity, Observation
from assets_core.model.versions import Digest, digest
from assets_core.protocols.clock import Clock

RACY_SECONDS = 2.0
"""A file changed this shortly ago may change again without its times telling."""

ANY_FOLDERS = "**"
"""Stands for no folder, one, or several inside each other."""

UNSETTLED = "changed just now"
"""Marks a state that no file has, so that the file is read again next time."""

_Known = Mapping[str, tuple[FileIdentity, Digest]]
"""What is remembered of files by their names: states that can be trusted."""


class LocalFiles:
    """Finds the version of files by their content, and reads only what may differ."""

    def __init__(self, project: Path, clock: Clock) -> None:
        self._project = project
        self._clock = clock

    def where(self, origin: OneFile | ManyFiles) -> str:
        """Return the path or the pattern, as an absolute one."""
        return str(self._project / _text(origin))

    def read(self, origin: OneFile | ManyFiles) -> Path | list[Path]:
        """Return the path of a file, or those that a pattern finds, in order."""
        if isinstance(origin, OneFile):
            return self._project / origin.path
        return [path for _, path in self._found(origin)]

    def observe(
        self, source: Source, origin: OneFile | ManyFiles, last: Observation | None
    ) -> Observation:
        """Return the version of a file, or of the files that a pattern finds."""
        where = self.where(origin)
        if last is not None and last.path != where:
            last = None
        if isinstance(origin, ManyFiles):
            return self._observe_many(source, origin, last)
        known = {} if last is None else {where: (last.identity, last.version)}
        identity, version, settled = self._look(source, Path(where), known.get(where))
        if last is not None and settled and (identity, version) == known[where]:
            return last
        if not settled:
            identity = replace(identity, mark=UNSETTLED)
        return Observation(source.key, where, identity, version)

    def _observe_many(
        self, source: Source, origin: ManyFiles, last: Observation | None
    ) -> Observation:
        known = {} if last is None else _remembered(last.identity.mark)
        kept: list[list[object]] = []
        parts: list[str] = []
        size, newest = 0, 0
        for name, path in self._found(origin):
            identity, version, settled = self._look(source, path, known.get(name))
            parts += (name, version)
            size, newest = size + identity.size, max(newest, identity.modified_ns)
            if settled:
                kept.append([name, version, astuple(identity)[:5]])
        where = self.where(origin)
        if not parts:
            raise SourceError(
                f"Source '{source.key}' cannot be read: no file fits its pattern",
                fix=f"put the files there, or change the pattern at {source.where}",
                where=where,
            )
        mark = json.dumps(kept, separators=(",", ":"))
        identity = FileIdentity(size, newest, 0, 0, 0, mark)
        return Observation(source.key, where, identity, digest("files", *parts))

    def _found(self, origin: ManyFiles) -> list[tuple[str, Path]]:
        """Return the files of a pattern with their names below its fixed part."""
        parts = PurePath(origin.pattern).parts
        fixed = next((at for at, part in enumerate(parts) if is_pattern(part)), len(parts))
        base = PurePath(*parts[:fixed])
        found = {
            one.as_posix(): one for one in _fitting(self._project / base, parts[fixed:])
        }
        paths = [(name, self._project / base / found[name]) for name in sorted(found)]
        return [(name, path) for name, path in paths if not path.is_dir()]

    def _look(
        self, source: Source, path: Path, known: tuple[FileIdentity, Digest] | None
    ) -> tuple[FileIdentity, Digest, bool]:
        """Return the state and version of a file, and whether the state can be trusted."""
        try:
            before = _identity(path)
            changed = max(before.modified_ns, before.changed_ns) / 1e9
            settled = self._clock.now() - changed > RACY_SECONDS
            if known is not None and known[0] == before and settled:
                return before, known[1], settled
            if not stat.S_ISREG(path.stat().st_mode):
                what = "a folder" if path.is_dir() else "no file that stays as it is"
                raise _not_readable(source, path, f"it is {what}")
            version, _ = file_digest(path)
            after = _identity(path)
        except (OSError, ValueError) as error:
            said = getattr(error, "strerror", None) or str(error)
            raise _not_readable(source, path, said) from error
        if after != before:
            raise SourceError(
                f"Source '{source.key}' changed while it was read",
                fix="run again when whatever writes the file has finished",
                where=str(path),
            )
        return after, version[:32], settled


def _fitting(folder: Path, parts: Sequence[str]) -> Iterator[PurePath]:
    """Yield what is below a folder and fits a pattern, as a path from that folder."""
    if ANY_FOLDERS not in parts:
        # A Path's own `glob` finds hidden files too, on some Pythons.
        found = import_module("glob").glob(str(PurePath(*parts)), root_dir=folder)
        for name in found:
            yield PurePath(name)
        return
    at = parts.index(ANY_FOLDERS)
    starts = _fitting(folder, parts[:at]) if at else [PurePath()]
    for start in starts:
        for below in _folders(folder / start, frozenset()):
            for found in _fitting(below, parts[at + 1 :] or ["*"]):
                yield below.relative_to(folder) / found


def _folders(folder: Path, above: frozenset[tuple[int, int]]) -> Iterator[Path]:
    """Yield a folder and those below it, also by links, but never one inside itself."""
    if not folder.is_dir():
        return
    try:
        found = folder.stat()
        with os.scandir(folder) as entries:
            names = [each.name for each in entries if each.is_dir() and each.name[0] != "."]
    except OSError as error:
        raise SourceError(
            f"The folder of a source cannot be listed: {error.strerror}",
            fix="make it readable, or use a pattern that leaves it out",
            where=str(folder),
        ) from error
    identity = (found.st_dev, found.st_ino)
    if identity in above:
        return
    yield folder
    for name in names:
        yield from _folders(folder / name, above | {identity})


def _text(origin: OneFile | ManyFiles) -> str:
    return origin.path if isinstance(origin, OneFile) else origin.pattern


def _remembered(mark: str) -> _Known:
    """Return the states that an earlier observation has kept; none if it kept others."""
    try:
        return {
            str(name): (FileIdentity(*numbers), str(version))
            for name, version, numbers in json.loads(mark)
        }
    except (TypeError, ValueError):
        return {}


def _identity(path: Path) -> FileIdentity:
    found = path.stat()
    return FileIdentity(
        found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev
    )


def _not_readable(source: Source, path: Path, why: str) -> SourceError:
    return SourceError(
        f"Source '{source.key}' cannot be read: {why}",
        fix=f"put the file there, or change the path at {source.where}",
        where=str(path),
    )

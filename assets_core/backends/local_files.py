"""Observes sources that are files of this machine."""

from __future__ import annotations

from pathlib import Path

from assets_core.errors import SourceError
from assets_core.files import file_digest
from assets_core.model.assets import Source
from assets_core.model.records import FileIdentity, Observation
from assets_core.protocols.clock import Clock

RACY_SECONDS = 2.0
"""A file changed this shortly ago may change again without its times telling."""


class LocalFiles:
    """Finds the version of a file by its content, and reads it only when it may differ."""

    def __init__(self, project: Path, clock: Clock) -> None:
        self._project = project
        self._clock = clock

    def path(self, source: Source) -> Path:
        """Return where a source is."""
        return self._project / source.path

    def observe(self, source: Source, last: Observation | None) -> Observation:
        """Return the version of a file."""
        path = self.path(source)
        try:
            before = _identity(path)
            changed = max(before.modified_ns, before.changed_ns) / 1e9
            settled = self._clock.now() - changed > RACY_SECONDS
            same = last is not None and last.identity == before and last.path == str(path)
            if same and last is not None and settled:
                return last
            if not path.is_file():
                raise _not_readable(source, path, "it is a folder")
            version, _ = file_digest(path)
            after = _identity(path)
        except OSError as error:
            raise _not_readable(source, path, error.strerror or str(error)) from error
        if after != before:
            raise SourceError(
                f"Source '{source.key}' changed while it was read",
                fix="run again when whatever writes the file has finished",
                where=str(path),
            )
        identity = after if settled else _unsettled(after)
        return Observation(source.key, str(path), identity, version[:32])


def _identity(path: Path) -> FileIdentity:
    found = path.stat()
    return FileIdentity(
        found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino, found.st_dev
    )


def _unsettled(identity: FileIdentity) -> FileIdentity:
    """Return an identity that no file has, so that the file is read again next time."""
    return FileIdentity(-1, identity.modified_ns, identity.changed_ns, 0, 0)


def _not_readable(source: Source, path: Path, why: str) -> SourceError:
    return SourceError(
        f"Source '{source.key}' cannot be read: {why}",
        fix=f"put the file there, or change the path at {source.where}",
        where=str(path),
    )

"""What the core asks of the thing that looks at sources."""

from __future__ import annotations

from typing import Any, Protocol

from assets_core.model.assets import Source
from assets_core.model.records import Observation


class SourceReader(Protocol):
    """Finds out which version a source has now, and hands over what is in it."""

    def observe(self, source: Source, last: Observation | None) -> Observation:
        """Return the version of a source.

        What was observed last may be answered again only if the source can be told to be
        in the same state without reading it.

        Raises:
            SourceError: It is not there, cannot be read, or does not answer in time.
        """
        ...

    def read(self, source: Source, seen: Observation) -> Any:
        """Return what a parameter receives of a source, in the version that was seen.

        A path, a list of paths, an Arrow table, or the value of a function.

        Raises:
            SourceError: It cannot be read, or is another version now.
        """
        ...

    def where(self, source: Source) -> str:
        """Return where a source is, for people to read: without any secrets."""
        ...

    def close(self) -> None:
        """Throw away what was copied from elsewhere."""
        ...

"""What the core asks of the thing that looks at sources."""

from __future__ import annotations

from typing import Protocol

from assets_core.model.assets import Source
from assets_core.model.records import Observation


class SourceReader(Protocol):
    """Finds out which version a source has now."""

    def observe(self, source: Source, last: Observation | None) -> Observation:
        """Return the version of a source.

        What was observed last may be answered again only if the file can be told to be
        in the same state without reading it.

        Raises:
            SourceError: It is not there, or cannot be read.
        """
        ...

"""What garbage collection looks at, as plain values."""

from __future__ import annotations

from typing import Literal

from assets_core.frozen import frozen
from assets_core.model.keys import Cell
from assets_core.model.records import Owner

Place = tuple[str, str]
"""Where bytes are: the storage, and the location inside it."""

State = Literal["condemned", "deleting", "deleted"]


@frozen
class KeptResult:
    """A result, as far as it matters to whether its bytes are still needed.

    Attributes:
        committed_at: Seconds since 1970, UTC.
    """

    id: str
    cell: Cell
    place: Place
    bytes: int
    committed_at: float


@frozen
class Condemned:
    """Bytes that are going to be deleted.

    Attributes:
        at: When they were condemned, in seconds since 1970, UTC.
        owner: The process that is deleting them.
    """

    place: Place
    state: State
    at: float
    owner: Owner | None = None


@frozen
class StoredObject:
    """Sealed bytes that were found in a storage.

    Attributes:
        written_at: When they were last written, in seconds since 1970, UTC.
    """

    location: str
    bytes: int
    written_at: float


@frozen
class Retention:
    """What is kept although no head names it.

    Attributes:
        versions: So many results of each cell, newest first.
        days: Results that are not older.
        grace_hours: How long condemned data stays, for those who still read it.
    """

    versions: int = 3
    days: float = 7.0
    grace_hours: float = 1.0

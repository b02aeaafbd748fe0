"""What is remembered of an asset with many partitions, so that not each is looked at."""

from __future__ import annotations

from assets_core.frozen import frozen
from assets_core.model.versions import Digest


@frozen
class Summary:
    """What was found of an asset with partitions when all of them were fresh.

    Attributes:
        rows: Of all partitions together.
        at: When the latest was computed.
    """

    mark: Digest
    rows: int
    at: float

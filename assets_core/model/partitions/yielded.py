"""What a function yields that makes all partitions of its asset in one call."""

from __future__ import annotations

from typing import Any

from assets_core.frozen import frozen


@frozen(eq=False)
class Partition:
    """One partition with its rows, to be yielded.

    A generator function under `@asset(partitions=DynamicPartitions(…))` yields one for
    each key. The keys that it yields are those that the list has from then on.

    Args:
        key: Its key, a text.
        rows: Its rows, in any form that a function may return.

    >>> Partition("ada", {"n": [1]}).key
    'ada'
    """

    key: str
    rows: Any

"""Why an asset has no partitions yet, in words that say what to do."""

from __future__ import annotations

from assets_core.model.partitions import (
    DynamicPartitions,
    Keys,
    Partitions,
    ProductKeys,
    ProductPartitions,
    StaticPartitions,
)
from assets_core.model.partitions.settling import when_first


def none_yet(asset: str, partitions: Partitions, keys: Keys) -> str:
    """Return that an asset has no partitions yet, and what brings the first one.

    >>> customers = DynamicPartitions("customers")
    >>> none_yet("orders", customers, customers.keys())
    "'orders' has no partitions yet: add some with 'assets partitions add customers KEY'"
    """
    return f"'{asset}' has no partitions yet: {_why(partitions, keys)}"


def _why(partitions: Partitions, keys: Keys) -> str:
    match partitions:
        case StaticPartitions():
            return "the list of its StaticPartitions is empty"
        case DynamicPartitions(dynamic=name):
            return f"add some with 'assets partitions add {name} KEY'"
        case ProductPartitions(dimensions=sides):
            own = keys.dimensions if isinstance(keys, ProductKeys) else ()
            empty = [name for name, side in own if not side]
            return "; ".join(
                f"of {name}, {_why(side, keys)}" for name, side in sides if name in empty
            )
        case _:
            return when_first(partitions)

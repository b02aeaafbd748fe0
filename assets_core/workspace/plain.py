"""Values of any kind as JSON can hold them: text, numbers, booleans, null, lists, objects.

Times are ISO 8601, in UTC where they name an instant. What a JSON number cannot say
exactly (decimals) is text, and what it cannot say at all (NaN, infinity) is null.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from functools import singledispatch
from typing import Any


@singledispatch
def plain(value: Any) -> Any:
    """Return a value as JSON can hold it; what nobody knows becomes its text.

    >>> plain({"at": datetime(2024, 1, 2, tzinfo=UTC), "share": float("nan")})
    {'at': '2024-01-02T00:00:00Z', 'share': None}
    """
    if type(value).__name__ == "NAType":  # pandas' word for what is not known
        return None
    # Numbers of NumPy know themselves as numbers of Python.
    inner = value.tolist() if hasattr(value, "tolist") else value
    return str(value) if inner is value else plain(inner)


@plain.register
def _null(_value: None) -> None:
    return None


@plain.register
def _truth(value: bool) -> bool:  # noqa: FBT001 - the type is what chooses this
    return value


@plain.register
def _whole(value: int) -> int:
    return int(value)


@plain.register
def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


@plain.register
def _text(value: str) -> str:
    # Half of a surrogate pair is no text; readers of JSON may refuse it.
    return value.encode("utf-8", "replace").decode("utf-8")


@plain.register(bytes)
@plain.register(bytearray)
@plain.register(memoryview)
def _bytes(value: bytes | bytearray | memoryview) -> str:
    return bytes(value).hex()


@plain.register
def _choice(value: Enum) -> Any:
    return plain(value.value)


@plain.register(Mapping)
def _mapping(value: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(plain(name)): plain(one) for name, one in value.items()}


@plain.register(AbstractSet)
def _set(value: AbstractSet[Any]) -> list[Any]:
    return sorted((plain(one) for one in value), key=str)


@plain.register(Iterable)
def _list(value: Iterable[Any]) -> list[Any]:
    return [plain(one) for one in value]


@plain.register
def _instant(value: datetime) -> str | None:
    if value != value:  # noqa: PLR0124 - pandas' NaT is a datetime that equals nothing
        return None
    if value.tzinfo is None:
        return value.isoformat()
    return value.astimezone(UTC).isoformat().removesuffix("+00:00") + "Z"


@plain.register(date)
@plain.register(time)
def _calendar(value: date | time) -> str:
    return value.isoformat()


@plain.register
def _span(value: timedelta) -> str:
    return f"PT{value.total_seconds():f}".rstrip("0").rstrip(".") + "S"


def instant(seconds: float | None) -> str | None:
    """Return seconds since 1970 as ISO 8601 text in UTC, to the millisecond.

    >>> instant(1704067200.25)
    '2024-01-01T00:00:00.250Z'
    """
    if seconds is None:
        return None
    text = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"

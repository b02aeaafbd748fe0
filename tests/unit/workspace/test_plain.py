"""Values as JSON can hold them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum, StrEnum
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from assets_core.workspace.plain import instant, plain


class Colour(Enum):
    """A choice."""

    RED = (1, 0, 0)


class Size(IntEnum):
    """A choice that is a number."""

    SMALL = 1


class Word(StrEnum):
    """A choice that is a text."""

    YES = "yes"


NEW_YORK = ZoneInfo("America/New_York")
VALUES: dict[str, tuple[Any, Any]] = {
    "null": (None, None),
    "truth": (True, True),
    "number": (1.5, 1.5),
    "nan": (float("nan"), None),
    "infinity": (float("-inf"), None),
    "large": (2**70, 2**70),
    "decimal": (Decimal("1.10"), "1.10"),
    "bytes": (b"\x00\xff", "00ff"),
    "instant": (datetime(2024, 1, 2, 3, tzinfo=NEW_YORK), "2024-01-02T08:00:00Z"),
    "other zone": (
        datetime(2024, 1, 2, tzinfo=timezone(timedelta(hours=1))),
        "2024-01-01T23:00:00Z",
    ),
    "no zone": (datetime(2024, 1, 2, 3), "2024-01-02T03:00:00"),  # noqa: DTZ001 - meant
    "day": (date(2024, 1, 2), "2024-01-02"),
    "clock": (time(3, 4), "03:04:00"),
    "span": (timedelta(minutes=1, milliseconds=500), "PT60.5S"),
    "long span": (timedelta(seconds=100), "PT100S"),
    "enum": (Colour.RED, [1, 0, 0]),
    "number enum": (Size.SMALL, 1),
    "text enum": (Word.YES, "yes"),
    "set": ({3, 1, 2}, [1, 2, 3]),
    "tuple": ((1, float("nan")), [1, None]),
    "keys": ({1: "a", None: "b", date(2024, 1, 2): "c"}, None),
    "half a pair": ("a\ud800b", "a?b"),
    "numpy whole": (np.int64(7), 7),
    "numpy number": (np.float32(0.5), 0.5),
    "numpy nan": (np.float64("nan"), None),
    "numpy truth": (np.True_, True),
    "numpy array": (np.array([[1, 2], [3, 4]]), [[1, 2], [3, 4]]),
    "numpy time": (np.datetime64("2024-01-02T03:04:05", "s"), "2024-01-02T03:04:05"),
    "pandas time": (pd.Timestamp("2024-01-02", tz="UTC"), "2024-01-02T00:00:00Z"),
    "pandas no time": (pd.NaT, None),
    "pandas nothing": (pd.NA, None),
    "series": (pd.Series([1, 2]), [1, 2]),
    "anything else": (slice(1, 2), "slice(1, 2, None)"),
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_becomes_what_json_can_hold(name: str) -> None:
    """And nothing else: the strictest writer takes it."""
    value, expected = VALUES[name]
    found: Any = plain(value)
    text = json.dumps(found, allow_nan=False)

    text.encode("utf-8")
    assert json.loads(text) == found
    if name == "keys":
        expected = {"1": "a", "None": "b", "2024-01-02": "c"}
    assert found == expected
    assert type(found) is type(expected)


def test_an_instant_has_milliseconds_and_a_z() -> None:
    """All of one length, so that they sort as text."""
    assert instant(0) == "1970-01-01T00:00:00.000Z"
    assert (
        instant(datetime(2024, 1, 2, tzinfo=UTC).timestamp()) == "2024-01-02T00:00:00.000Z"
    )
    assert instant(None) is None

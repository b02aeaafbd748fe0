"""A few values of every type that Arrow has and a table may hold, at their worst.

Each sample has four rows, so that they can stand side by side in one table. Types that
are no longer there in canonical form, such as views and dictionaries, are among them.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from assets_core.testing.strategies import UNITS, ZONES

NAN, INF = float("nan"), float("inf")
LONG = "long " * 400
UUID = uuid.UUID(int=2**127 + 1).bytes
TEXT = ["é e\u0301 \U0001f600 \0 \n", "", None, LONG]
BYTES = [b"\xff\0", b"", None, LONG.encode()]
FLOATS = [-0.0, NAN, None, -INF]
NUMBERS = pa.struct([("n", pa.int64()), ("x", pa.float64())])
POINTS = [{"n": 1, "x": -0.0}, {"n": None, "x": None}, None, {"n": -1, "x": NAN}]
WORDS = [[("b", 1), ("a", None)], [], None, [("", 2)]]
DAYS = [dt.date(1, 1, 1), dt.date(9999, 12, 31), None, dt.date(1970, 1, 1)]


def _integers() -> dict[str, pa.Array]:
    found = {"no type": pa.nulls(4), "bool": pa.array([True, False, None, True])}
    for kind in (pa.int8(), pa.int16(), pa.int32(), pa.int64()):
        ends = 2 ** (kind.bit_width - 1)
        found[str(kind)] = pa.array([-ends, ends - 1, None, 0], kind)
        found[f"{kind} without gaps"] = pa.array([-ends, ends - 1, 0, 1], kind)
    for kind in (pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()):
        found[str(kind)] = pa.array([0, 2**kind.bit_width - 1, None, 1], kind)
    return found


def _numbers() -> dict[str, pa.Array]:
    floats = {"float16": pa.float16(), "float32": pa.float32(), "float64": pa.float64()}
    found = {name: pa.array(FLOATS, kind) for name, kind in floats.items()}
    for name, kind in floats.items():
        found[f"{name} without NaN"] = pa.array([-0.0, 0.5, None, INF], kind)
    for kind in (
        *(pa.decimal32(9, 2), pa.decimal64(18, 2), pa.decimal128(38, 2)),
        *(pa.decimal128(3, 3), pa.decimal256(76, 2)),
    ):
        low, high = (Decimal((sign, (9,) * kind.precision, -kind.scale)) for sign in (1, 0))
        found[str(kind)] = pa.array([low, high, None, Decimal((1, (1,), -2))], kind)
    return found


def _times() -> dict[str, pa.Array]:
    found = {"date32": pa.array(DAYS, pa.date32()), "date64": pa.array(DAYS, pa.date64())}
    for unit in ("s", "ms"):
        found[f"time32[{unit}]"] = pa.array([0, 86_399, None, 1], pa.time32(unit))
    for unit in ("us", "ns"):
        values = [0, 86_400 * UNITS[unit] - 1, None, 1]
        found[f"time64[{unit}]"] = pa.array(values, pa.time64(unit))
    for unit in UNITS:
        moments = [-1, 2**60 if unit == "ns" else 10**10, None, 0]
        found[f"timestamp[{unit}]"] = pa.array(moments, pa.timestamp(unit))
        found[f"duration[{unit}]"] = pa.array(moments, pa.duration(unit))
        for zone in ZONES:
            name = f"timestamp[{unit}, {zone}]"
            found[name] = pa.array(moments, pa.timestamp(unit, zone))
    return found


def _texts() -> dict[str, pa.Array]:
    found = {
        str(kind): pa.array(TEXT, kind)
        for kind in (pa.string(), pa.large_string(), pa.string_view())
    }
    for kind in (pa.binary(), pa.large_binary(), pa.binary_view()):
        found[str(kind)] = pa.array(BYTES, kind)
    found["fixed size binary"] = pa.array([b"ab\0", b"\0\0\0", None, b"cde"], pa.binary(3))
    found["dictionary"] = pa.array(["b", "a", None, "b"]).dictionary_encode()
    found["runs"] = pc.run_end_encode(pa.array([1, 1, None, 2]))
    found["UUID"] = pa.array([UUID, UUID, None, UUID], pa.uuid())
    found["JSON"] = pa.array(["{}", "null", None, "[1]"], pa.json_(pa.string()))
    found["bool8"] = pa.array([1, 0, None, 1], pa.int8()).cast(pa.bool8())
    pairs = pa.array([[1, 2], [3, 4], None, [5, 6]], pa.list_(pa.float32(), 2))
    tensor = pa.fixed_shape_tensor(pa.float32(), [2])
    found["tensor"] = pa.ExtensionArray.from_storage(tensor, pairs)
    return found


def _nested() -> dict[str, pa.Array]:
    lists = [[1, None], [], None, [2, 3, 4]]
    found = {
        f"{name} of numbers": pa.array(lists, make(pa.int32()))
        for name, make in (
            *(("list", pa.list_), ("large list", pa.large_list)),
            *(("list view", pa.list_view), ("large list view", pa.large_list_view)),
        )
    }
    pairs = [[1.5, None], [-0.0, 2], None, [3, 4]]
    found["fixed size list"] = pa.array(pairs, pa.list_(pa.float32(), 2))
    found["list of text"] = pa.array([["a", None], [], None, [""]])
    found["list of lists"] = pa.array([[[1], None, []], [], None, [[2, 3]]])
    found["list of structs"] = pa.array([POINTS, [], None, POINTS], pa.list_(NUMBERS))
    found["struct"] = pa.array(POINTS, NUMBERS)
    inside = pa.struct([("a b", NUMBERS), ("Größe", pa.list_(pa.large_string()))])
    deep: list[Any] = [{"a b": point, "Größe": ["a", None]} for point in POINTS]
    found["struct of structs"] = pa.array([*deep[:2], None, deep[3]], inside)
    found["map"] = pa.array(WORDS, pa.map_(pa.string(), pa.int64()))
    texts = [[("b", "1"), ("a", None)], [], None, [("", "2")]]
    found["map of text"] = pa.array(texts, pa.map_(pa.string(), pa.string()))
    days = [[(DAYS[0], ["a"])], [], None, [(DAYS[1], None)]]
    found["map of lists"] = pa.array(days, pa.map_(pa.date32(), pa.list_(pa.string())))
    return found


_KINDS: tuple[Callable[[], dict[str, pa.Array]], ...] = (
    *(_integers, _numbers, _times, _texts, _nested),
)


def samples() -> dict[str, pa.Array]:
    """Return every sample by a name that says what it is.

    >>> samples()["int8"].to_pylist()
    [-128, 127, None, 0]
    """
    return {name: array for make in _KINDS for name, array in make().items()}

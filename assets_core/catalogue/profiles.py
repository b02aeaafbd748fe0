"""What the data of an asset looks like, column by column, as plain values.

A profile is of the rows that were read: all of them, or the newest of many.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Any

from assets_core.frozen import frozen


@frozen
class ColumnProfile:
    """What the values of a column look like.

    Attributes:
        distinct: How many different values there are; None where it cannot be counted.
        least: The smallest value as text; empty where values have no order.
        top: The most frequent values of few, each with how often it stands.
        bars: How many values lie in each of so many equal steps from least to most.
    """

    nulls: int
    distinct: int | None = None
    least: str = ""
    most: str = ""
    top: tuple[tuple[str, int], ...] = ()
    bars: tuple[int, ...] = ()


@frozen
class Profile:
    """What the data of an asset looks like.

    Attributes:
        rows: Of how many rows this is told.
        of: How many it has.
        columns: By name; those whose values are not to be seen are left out.
        sample: Its first rows, each a text by column.
        masked: The columns that are left out.
    """

    rows: int
    of: int
    columns: Mapping[str, ColumnProfile] = field(default_factory=dict)
    sample: tuple[Mapping[str, str | None], ...] = ()
    masked: tuple[str, ...] = ()


def profile_to_json(profile: Profile) -> dict[str, Any]:
    """Return a profile as JSON can hold it."""
    return {
        "rows": profile.rows,
        "of": profile.of,
        "columns": {
            name: {
                "nulls": one.nulls,
                "distinct": one.distinct,
                "least": one.least,
                "most": one.most,
                "top": [list(pair) for pair in one.top],
                "bars": list(one.bars),
            }
            for name, one in profile.columns.items()
        },
        "sample": [dict(row) for row in profile.sample],
        "masked": list(profile.masked),
    }


def profile_from_json(data: Mapping[str, Any]) -> Profile:
    """Return the profile that was kept as JSON."""
    columns = {
        name: ColumnProfile(
            one["nulls"],
            one["distinct"],
            one["least"],
            one["most"],
            tuple((value, count) for value, count in one["top"]),
            tuple(one["bars"]),
        )
        for name, one in data["columns"].items()
    }
    return Profile(
        data["rows"], data["of"], columns, tuple(data["sample"]), tuple(data["masked"])
    )

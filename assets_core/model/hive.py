"""Paths of partitions as other tools know them: `date=2024-01-01/region=eu`."""

from __future__ import annotations

import re
from datetime import date

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_UNSAFE = re.compile(r"""[\x00-\x1f\x7f"#%'*/:<=>?\\{}|^\[\]]""")


def hive_path(partition: str, names: tuple[str, ...]) -> str:
    """Return the folders of a partition, one for each partition column.

    >>> hive_path("date=2024-01-01 region=eu/north", ("date", "region"))
    'date=2024-01-01/region=eu%2Fnorth'
    """
    if len(names) <= 1:
        return f"{names[0] if names else 'partition'}={_safe(partition)}"
    return "/".join(f"{name}={_safe(part)}" for name, part in key_parts(partition, names))


def hive_pattern(names: tuple[str, ...]) -> str:
    """Return the pattern of the folders of all partitions.

    >>> hive_pattern(("date", "region"))
    'date=*/region=*'
    """
    return "/".join(f"{name}=*" for name in names or ("partition",))


def is_date(key: str) -> bool:
    """Return whether a key is a date, so that its column holds dates.

    >>> is_date("2024-02-29"), is_date("2024-02-30"), is_date("2024-02")
    (True, False, False)
    """
    if not _DATE.fullmatch(key):
        return False
    try:
        date.fromisoformat(key)
    except ValueError:
        return False
    return True


def key_parts(partition: str, names: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the key of each dimension of a product's key.

    >>> key_parts("date=2024-01-01 region=New York", ("date", "region"))
    [('date', '2024-01-01'), ('region', 'New York')]
    """
    pattern = " ".join(f"{re.escape(name)}=(.*)" for name in names)
    found = re.fullmatch(pattern, partition, re.DOTALL)
    return list(
        zip(names, found.groups() if found else [partition] * len(names), strict=True)
    )


def _safe(text: str) -> str:
    return _UNSAFE.sub(lambda found: f"%{ord(found[0]):02X}", text)

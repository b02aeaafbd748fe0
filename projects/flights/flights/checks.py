"""What must hold between tables; what holds inside one table is in its schema.

A blocking check that fails keeps the new data from being published. The others warn.
"""

import polars as pl

from assets_core import CheckResult, check


@check(
    "staged/flights",
    blocking=True,
    inputs={"flights": "staged/flights", "airlines": "staged/airlines"},
)
def every_carrier_is_known(flights: pl.DataFrame, airlines: pl.DataFrame) -> CheckResult:
    """A flight of an unknown airline would drop out of the ranking unseen."""
    unknown = missing_from(flights["carrier"], airlines["carrier"])
    return CheckResult(
        passed=not unknown,
        message=f"{len(unknown)} carriers are not in the table of airlines",
        metadata={"carriers": unknown},
    )


@check(
    "marts/flights_weather",
    blocking=True,
    inputs={"joined": "marts/flights_weather", "published": "raw/flights"},
)
def no_flight_is_lost(joined: pl.DataFrame, published: pl.DataFrame) -> CheckResult:
    """From the published file to the join, flights are neither dropped nor doubled."""
    return CheckResult(
        passed=joined.height == published.height,
        message=f"{published.height} flights were published, {joined.height} are left",
        metadata={"published": published.height, "joined": joined.height},
    )


# Only a warning, and one that fires on the real data: four airports in the Caribbean are
# missing from the table. That is no reason to keep a year of flights from everyone.
@check(
    "staged/flights",
    blocking=False,
    inputs={"flights": "staged/flights", "airports": "staged/airports"},
)
def every_destination_is_known(
    flights: pl.DataFrame, airports: pl.DataFrame
) -> CheckResult:
    """A destination that is not among the airports cannot be put on a map."""
    unknown = missing_from(flights["destination"], airports["code"])
    return CheckResult(
        passed=not unknown,
        message=f"{len(unknown)} destinations are not in the table of airports",
        metadata={"destinations": unknown},
    )


def missing_from(values: pl.Series, known: pl.Series) -> list[str]:
    """Return the values that are not known, each once and in order."""
    return sorted(set(values) - set(known))

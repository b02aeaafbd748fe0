"""What "late" and "bad weather" mean, once for all marts."""

import polars as pl

# The rule of the Department of Transportation: a flight is on time if it arrives less than
# this many minutes after its schedule.
LATE_AFTER = 15

# Below these, a ranking would compare chance: one airline flew 32 times in the year.
MINIMUM_FLIGHTS = 100

FREEZING = 32.0  # degrees Fahrenheit
FOG = 1.0  # miles of visibility
STRONG_WIND = 25.0  # miles per hour


def delay_measures() -> list[pl.Expr]:
    """Return the columns that describe a group of flights.

    Delays are whole minutes, so their sums are exact and the means come out the same in
    whatever order, and on however many threads, the rows are added up.
    """
    return [
        pl.len().cast(pl.Int64).alias("flights"),
        pl.col("cancelled").sum().cast(pl.Int64).alias("cancelled"),
        pl.col("departure_delay").mean().alias("mean_departure_delay"),
        pl.col("arrival_delay").mean().alias("mean_arrival_delay"),
        # Of the flights that arrived: a missing delay is left out of the mean.
        (pl.col("arrival_delay") >= LATE_AFTER).mean().alias("late_share"),
    ]


def weather_condition() -> pl.Expr:
    """Name the weather by what disturbs flying most."""
    precipitates = pl.col("precipitation") > 0
    return (
        pl.when(pl.col("precipitation").is_null())
        .then(pl.lit("unknown"))
        .when(precipitates & (pl.col("temperature") <= FREEZING))
        .then(pl.lit("snow"))
        .when(precipitates)
        .then(pl.lit("rain"))
        .when(pl.col("visibility") < FOG)
        .then(pl.lit("fog"))
        .when(pl.col("wind_speed") >= STRONG_WIND)
        .then(pl.lit("wind"))
        .otherwise(pl.lit("fair"))
    )

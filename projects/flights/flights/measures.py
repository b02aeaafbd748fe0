"""What "late" and "bad weather" mean, once for all delays and marts."""

import polars as pl

# The rule of the Department of Transportation: a flight is on time if it arrives less than
# this many minutes after its schedule.
LATE_AFTER = 15

# Below these, a ranking would compare chance: one airline flew 32 times in the year.
MINIMUM_FLIGHTS = 100

FREEZING = 32.0  # degrees Fahrenheit
FOG = 1.0  # miles of visibility
STRONG_WIND = 25.0  # miles per hour

BAD_WEATHER = ["snow", "rain", "fog", "wind"]

# What can be added up over airports and days; `delay_totals` says what each is.
TOTALS = [
    "flights",
    "cancelled",
    "departed",
    "departure_minutes",
    "arrived",
    "arrival_minutes",
    "late",
    "bad_weather",
]


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


def delay_totals() -> list[pl.Expr]:
    """Return what can be added up over groups: counts, and minutes of delay."""
    totals = {
        "flights": pl.len(),
        "cancelled": pl.col("cancelled").sum(),
        "departed": pl.col("departure_delay").count(),
        "departure_minutes": pl.col("departure_delay").sum(),
        "arrived": pl.col("arrival_delay").count(),
        "arrival_minutes": pl.col("arrival_delay").sum(),
        "late": (pl.col("arrival_delay") >= LATE_AFTER).sum(),
        "bad_weather": pl.col("condition").is_in(BAD_WEATHER).sum(),
    }
    return [total.cast(pl.Int64).alias(name) for name, total in totals.items()]


def added_up() -> list[pl.Expr]:
    """Add the totals of several groups up."""
    return [pl.col(name).sum() for name in TOTALS]


def delay_rates() -> list[pl.Expr]:
    """Return what totals come to for one flight; nothing where there was none."""
    return [
        ratio("departure_minutes", "departed").alias("mean_departure_delay"),
        ratio("arrival_minutes", "arrived").alias("mean_arrival_delay"),
        ratio("late", "arrived").alias("late_share"),
    ]


def ratio(part: str, whole: str) -> pl.Expr:
    """Divide two columns; nothing where there is nothing to divide by."""
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))


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

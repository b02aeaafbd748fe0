"""What delays promise. Each day, and each month, is looked at by itself.

What a schema refuses on one day leaves the other days alone. The column that tells days or
months apart is not stored with them; it is shown to a schema that names it.
"""

import pandera.polars as papl
import polars as pl

from flights.schemas import NEW_YORK_AIRPORTS


class DailyDelays(papl.DataFrameModel):
    """One row per airport with a flight on that day."""

    origin: pl.String = papl.Field(unique=True, isin=NEW_YORK_AIRPORTS)
    flights: pl.Int64
    cancelled: pl.Int64
    departed: pl.Int64
    departure_minutes: pl.Int64
    arrived: pl.Int64
    arrival_minutes: pl.Int64
    late: pl.Int64
    bad_weather: pl.Int64

    class Config:
        """Exactly these columns, in this order."""

        strict = True
        ordered = True

    @papl.dataframe_check
    @classmethod
    def flights_are_counted_once(cls, data: papl.PolarsData) -> pl.LazyFrame:
        """A flight departed or was cancelled, and was late only if it arrived."""
        return data.lazyframe.select(
            (pl.col("flights") > 0)
            & (pl.col("flights") == pl.col("departed") + pl.col("cancelled"))
            & (pl.col("arrived") <= pl.col("departed"))
            & (pl.col("late") <= pl.col("arrived"))
            & (pl.col("bad_weather") <= pl.col("flights"))
        )


class WeeklyDelays(DailyDelays):
    """The same for up to seven days, with what it comes to for one flight."""

    days: pl.Int64 = papl.Field(ge=1, le=7)
    mean_departure_delay: pl.Float64 = papl.Field(nullable=True)
    mean_arrival_delay: pl.Float64 = papl.Field(nullable=True)
    late_share: pl.Float64 = papl.Field(nullable=True, ge=0, le=1)


class MonthlyDelays(DailyDelays):
    """The same for a month; in none was an airport closed throughout."""

    mean_departure_delay: pl.Float64
    mean_arrival_delay: pl.Float64
    late_share: pl.Float64 = papl.Field(ge=0, le=1)
    month: pl.String = papl.Field(str_matches=r"^2013-\d\d$")

"""The days and months that tables are cut into, on the clock of New York.

A table cut into days is computed, checked, stored and shown day by day: what changes on one
day costs one day.
"""

import polars as pl

from assets_core import DailyPartitions, MonthlyPartitions, RunContext
from flights.cleaning import NEW_YORK

# The end is the first day, or month, that no longer belongs to it.
DAYS = DailyPartitions("2013-01-01", "2014-01-01", timezone=NEW_YORK)
MONTHS = MonthlyPartitions("2013-01-01", "2014-01-01", timezone=NEW_YORK)


def asked_for(context: RunContext) -> pl.Expr:
    """Keep the rows of the days that have to be made, which need not be all.

    Somebody may want a single month, and some days may be fresh while others are not. A row
    of another day would be refused.
    """
    days = [day.key for day in context.partitions]
    return pl.col("date").cast(pl.String).is_in(days)

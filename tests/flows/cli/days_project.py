"""A project of ten days, for the tests of `--partitions`."""

from __future__ import annotations

CODE = """
import pyarrow as pa
from assets_core import DailyPartitions, ProductPartitions, StaticPartitions, asset

DAYS = DailyPartitions("2024-01-01", "2024-01-11")
BOTH = ProductPartitions(
    date=DailyPartitions("2024-01-01", "2024-01-04"),
    region=StaticPartitions(["eu", "us"]),
)
FACTOR = 1


@asset(partitions=DAYS)
def visits(context) -> pa.Table:
    return pa.table({"n": [FACTOR * context.partition.start.day]})


@asset(partitions=DAYS)
def rates(visits: pa.Table) -> pa.Table:
    return visits.drop_columns("date")


@asset(partitions=BOTH)
def sales(context) -> pa.Table:
    return pa.table({"key": [context.partition.key]})


@asset
def total(rates: pa.Table) -> pa.Table:
    return pa.table({"n": [len(rates)]})
"""
FIRST = "2024-01-01..2024-01-05"

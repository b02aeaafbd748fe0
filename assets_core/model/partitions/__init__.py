"""What an asset is split into: windows of time, names, or both."""

from __future__ import annotations

from assets_core.model.partitions.listed import (
    DynamicPartitions,
    ListedKeys,
    StaticPartitions,
    checked_keys,
)
from assets_core.model.partitions.product import (
    Partitions,
    ProductKeys,
    ProductPartitions,
    lists_of,
)
from assets_core.model.partitions.settling import TimePartitions
from assets_core.model.partitions.time_keys import TimeKeys
from assets_core.model.partitions.timed import (
    CronPartitions,
    DailyPartitions,
    HourlyPartitions,
    MonthlyPartitions,
    WeeklyPartitions,
)
from assets_core.model.partitions.yielded import Partition

__all__ = [
    "CronPartitions",
    "DailyPartitions",
    "DynamicPartitions",
    "HourlyPartitions",
    "Keys",
    "ListedKeys",
    "MonthlyPartitions",
    "Partition",
    "Partitions",
    "ProductKeys",
    "ProductPartitions",
    "StaticPartitions",
    "TimeKeys",
    "TimePartitions",
    "WeeklyPartitions",
    "checked_keys",
    "lists_of",
]

Keys = TimeKeys | ListedKeys | ProductKeys

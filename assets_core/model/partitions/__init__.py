"""What an asset is split into: windows of time, names, or both."""

from __future__ import annotations

from assets_core.model.partitions.listed import (
    DynamicPartitions,
    ListedKeys,
    StaticPartitions,
    check_key,
)
from assets_core.model.partitions.product import (
    ProductKeys,
    ProductPartitions,
    TimePartitions,
)
from assets_core.model.partitions.time_keys import TimeKeys
from assets_core.model.partitions.timed import (
    DailyPartitions,
    HourlyPartitions,
    MonthlyPartitions,
    WeeklyPartitions,
)
from assets_core.model.partitions.timetable import CronPartitions

__all__ = [
    "CronPartitions",
    "DailyPartitions",
    "DynamicPartitions",
    "HourlyPartitions",
    "Keys",
    "ListedKeys",
    "MonthlyPartitions",
    "Partitions",
    "ProductKeys",
    "ProductPartitions",
    "StaticPartitions",
    "TimeKeys",
    "TimePartitions",
    "WeeklyPartitions",
    "check_key",
]

Partitions = (
    HourlyPartitions
    | DailyPartitions
    | WeeklyPartitions
    | MonthlyPartitions
    | CronPartitions
    | StaticPartitions
    | DynamicPartitions
    | ProductPartitions
)
Keys = TimeKeys | ListedKeys | ProductKeys

"""Definitions of every kind, small enough to list all that they have."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import strategies as st

from assets_core.model.partitions import (
    CronPartitions,
    DailyPartitions,
    DynamicPartitions,
    HourlyPartitions,
    Keys,
    MonthlyPartitions,
    Partitions,
    ProductPartitions,
    StaticPartitions,
    WeeklyPartitions,
)
from assets_core.model.partitions.product import FlatPartitions

FAR = datetime(2040, 1, 1, tzinfo=UTC)
KNOWN = {"customers": ("ada", "eu"), "shops": ("ada", "eu"), "nothing": ()}
ZONES = ("UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York")
STARTS = ("2024-03-08", "2024-03-10", "2024-03-30", "2024-04-01")
ENDS = ("2024-04-01", "2024-04-02T05:00", "2024-04-09")
HOURS = ("2024-03-31", "2024-03-31T01:00")

zones = st.sampled_from(ZONES)
days = st.builds(DailyPartitions, st.sampled_from(STARTS), st.sampled_from(ENDS), zones)
hours = st.builds(
    HourlyPartitions, st.sampled_from(HOURS), st.just("2024-04-01T03:00"), zones
)
weeks = st.builds(
    WeeklyPartitions,
    st.just("2024-03-01"),
    st.sampled_from(ENDS),
    zones,
    week_start=st.sampled_from((0, 6)),
)
months = st.builds(
    MonthlyPartitions, st.just("2024-02-01"), st.sampled_from(("2024-04-01", "2024-05-01"))
)
ticks = st.builds(
    CronPartitions,
    st.sampled_from(("30 5 * * *", "0 */9 * * *", "15 0 * * MON")),
    st.sampled_from(STARTS),
    st.sampled_from(ENDS),
    zones,
)
times = st.one_of(days, hours, weeks, months, ticks)
lists = st.sampled_from(
    (
        StaticPartitions(["eu", "us"]),
        StaticPartitions(["us", "asia", "2024-03-30"]),
        StaticPartitions(["ada", "eu"]),
        DynamicPartitions("customers"),
        DynamicPartitions("shops"),
        DynamicPartitions("nothing"),
    )
)
flat: st.SearchStrategy[Partitions] = st.one_of(times, lists)
names = st.lists(st.sampled_from(("date", "region", "c", "d")), unique=True, max_size=4)


@st.composite
def products(draw: st.DrawFn) -> ProductPartitions:
    """Return a product of two to four dimensions that is small enough to enumerate."""
    called = draw(names.filter(lambda found: len(found) >= 2))
    few: st.SearchStrategy[FlatPartitions] = st.one_of(
        st.builds(DailyPartitions, st.just("2024-03-30"), st.just("2024-04-02"), zones),
        st.builds(MonthlyPartitions, st.just("2024-02-01"), st.just("2024-04-01")),
        lists,
    )
    sides = {name: draw(few) for name in called}
    return ProductPartitions(**sides)


kinds: st.SearchStrategy[Partitions] = st.one_of(flat, products())


def keys_of(partitions: Partitions) -> Keys:
    """Return all keys of a definition."""
    if isinstance(partitions, DynamicPartitions):
        return partitions.keys(known=KNOWN[partitions.dynamic])
    if isinstance(partitions, ProductPartitions):
        return partitions.keys(FAR, KNOWN)
    return partitions.keys(FAR)

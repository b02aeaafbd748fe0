"""What a mapping names is what comparing every pair of partitions finds."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets_core import DefinitionError, Upstream, asset
from assets_core.model.graph import build_graph
from assets_core.model.mappings import (
    All,
    Dimension,
    Identity,
    Last,
    Overlap,
    PartitionMapping,
    Specific,
    StaticMap,
    Window,
    links,
)
from assets_core.model.partitions import (
    DailyPartitions,
    DynamicPartitions,
    HourlyPartitions,
    ListedKeys,
    Partitions,
    ProductKeys,
    ProductPartitions,
    StaticPartitions,
    TimeKeys,
)
from tests.properties.partitions.comparing import (
    by_default,
    check_every,
    endless,
    fits_with,
    named,
    overlapping,
    sides_of,
)
from tests.properties.partitions.kinds import FAR, flat, keys_of, kinds, products, times


def problem(
    mapping: PartitionMapping | None, own: Partitions | None, above: Partitions | None
) -> str:
    """Return what loading a project says of two assets; empty when it is content."""
    read = {"above": Upstream("above", mapping=mapping)}
    upper = asset(key="above", partitions=above)(lambda: None)
    lower = asset(key="own", partitions=own, inputs=read)(lambda above: None)
    try:
        build_graph([upper, lower])
    except DefinitionError as error:
        return f"{error.problem}; {error.fix}" if error.fix else "without a fix"
    return ""


# What is allowed, and what it names.


@settings(max_examples=120)
@given(kinds, kinds)
def test_without_a_mapping_time_meets_time_and_lists_meet_themselves(
    own: Partitions, above: Partitions
) -> None:
    """Whatever is allowed names what overlaps or has the same key, and nothing else."""
    wrong = problem(None, own, above)
    mine, theirs = sides_of(own), sides_of(above)
    fits = [[name for name, one in mine if fits_with(one, other)] for _, other in theirs]
    if not any(fits):
        assert wrong
    if wrong:
        assert "mapping=" in wrong
        unclear = any(len(found) > 1 for found in fits)
        assert unclear or not any(fits)
        return
    check_every(None, own, above, lambda at: by_default(own, at, above))


@settings(max_examples=60)
@given(st.one_of(st.none(), kinds), kinds, st.data())
def test_all_last_and_specific_are_the_same_for_every_partition(
    own: Partitions | None, above: Partitions, data: st.DataObject
) -> None:
    """Between any two kinds, and for an asset without partitions."""
    count = len(keys_of(above))
    listed = list(keys_of(above))
    some = data.draw(st.lists(st.sampled_from([*listed[:50], "nowhere"]), min_size=1))
    for mapping, wanted in (
        (All(), (list(range(count)), bool(count))),
        (Last(), ([count - 1] if count else [], bool(count))),
        (Specific(some), named(list(dict.fromkeys(some)), keys_of(above))),
    ):
        assert not problem(mapping, own, above)
        check_every(mapping, own, above, lambda _, found=wanted: found)  # type: ignore[misc]


@settings(max_examples=60)
@given(kinds, kinds, st.data())
def test_identity_maps_and_functions_go_by_the_key(
    own: Partitions, above: Partitions, data: st.DataObject
) -> None:
    """A key that is named and not there is reported, and nothing is read for it."""
    keys, others = keys_of(own), keys_of(above)
    listed = list(keys)[:120]
    choices = st.lists(
        st.sampled_from([*list(others)[:50], "nowhere"]), max_size=3, unique=True
    )
    pairs = {key: data.draw(choices) for key in listed[:5]}
    for mapping, wanted in (
        (Identity(), lambda at: named([keys[at]], others)),
        (StaticMap(pairs), lambda at: named(pairs.get(keys[at], []), others)),
        (lambda key: pairs.get(key, ()), lambda at: named(pairs.get(keys[at], []), others)),
    ):
        assert not problem(mapping, own, above)
        check_every(mapping, own, above, wanted)


@settings(max_examples=80)
@given(times, times, st.integers(-9, 3), st.integers(0, 5))
def test_a_window_reaches_from_one_neighbour_to_another(
    own: Partitions, above: Partitions, first: int, length: int
) -> None:
    """Also across kinds and zones, and beyond the first and last partition."""
    mapping = Window(first, first + length)
    assert not problem(mapping, own, above)
    keys, row = keys_of(own), endless(own)
    assert isinstance(keys, TimeKeys)

    def wanted(at: int) -> tuple[list[int], bool]:
        here = list(row.boundaries).index(keys.window(at)[0])
        start = row.boundaries[here + first]
        end = row.boundaries[here + first + length + 1]
        return overlapping(start, end, keys_of(above))

    check_every(mapping, own, above, wanted)


@settings(max_examples=60)
@given(products(), flat, st.booleans())
def test_one_dimension_stands_for_the_whole_other_side(
    many: ProductPartitions,
    one: Partitions,
    up: bool,  # noqa: FBT001
) -> None:
    """In both directions; the other dimensions of an upstream are read entirely."""
    own, above = (one, many) if up else (many, one)
    for name, side in many.dimensions:
        wrong = problem(Dimension(name), own, above)
        if not fits_with(side, one):
            assert "mapping=" in wrong
            continue
        assert not wrong
        check_every(
            Dimension(name),
            own,
            above,
            lambda at, name=name: by_default(own, at, above, name),  # type: ignore[misc]
        )


@pytest.mark.parametrize(
    "mapping",
    [
        Overlap(),
        Identity(),
        StaticMap({"a": "b"}),
        Window(-1, 0),
        Dimension("d"),
        str.upper,
    ],
)
def test_an_asset_without_partitions_has_none_to_map(mapping: PartitionMapping) -> None:
    """Nothing is made per key there, so there is no key to start from."""
    wrong = problem(mapping, None, DailyPartitions("2024-01-01"))
    assert "is not made partition by partition itself" in wrong
    assert "mapping=" in wrong


@pytest.mark.parametrize("mapping", [All(), Last(), Identity(), Window(-1, 0), str.upper])
def test_a_mapping_to_what_has_no_partitions_is_refused(mapping: PartitionMapping) -> None:
    """A typing error in a key must not pass as a mapping of nothing."""
    assert "take that away" in problem(mapping, DailyPartitions("2024-01-01"), None)


@settings(max_examples=40)
@given(kinds, kinds, st.sampled_from((Overlap(), Window(-1, 0))))
def test_windows_and_overlaps_are_for_time_on_both_sides(
    own: Partitions, above: Partitions, mapping: PartitionMapping
) -> None:
    """A name has no neighbours."""
    both = isinstance(keys_of(own), TimeKeys) and isinstance(keys_of(above), TimeKeys)
    wrong = problem(mapping, own, above)
    assert bool(wrong) == (not both)
    assert both or "mapping=" in wrong


def test_a_dimension_that_is_not_there_is_told_with_those_that_are() -> None:
    """The fix can be read off the message."""
    both = ProductPartitions(date=DailyPartitions("2024-01-01"), r=StaticPartitions(["a"]))
    assert "date, r" in problem(Dimension("day"), both, DailyPartitions("2024-01-01"))


def test_two_dimensions_that_could_be_meant_are_both_named() -> None:
    """Guessing one of two dates would be wrong half of the time."""
    two = ProductPartitions(
        seen=DailyPartitions("2024-01-01"), paid=DailyPartitions("2024-01-01")
    )
    wrong = problem(None, two, DailyPartitions("2024-01-01"))
    assert "seen, paid" in wrong
    assert not problem(Dimension("paid"), two, DailyPartitions("2024-01-01"))


@pytest.mark.parametrize(("day", "hours"), [("2024-03-31", 23), ("2024-10-27", 25)])
def test_a_day_of_a_changed_clock_rolls_up_all_its_hours(day: str, hours: int) -> None:
    """The hour that is missing, and the one that comes twice."""
    of_day = DailyPartitions(day, timezone="Europe/Berlin").keys(FAR)
    for zone in ("Europe/Berlin", "UTC"):
        of_hour = HourlyPartitions("2024-03-01", "2024-12-01", zone).keys(FAR)
        found = links(None, of_day, of_hour)(0)
        assert len(found.positions) == hours
        assert not found.undefined
        windows = [of_hour.window(position) for position in found.positions]
        assert (windows[0][0], windows[-1][1]) == of_day.window(0)


def test_two_growing_lists_are_never_one_because_they_hold_the_same() -> None:
    """What is read would change with every key that only one of them gets."""
    above = ProductKeys((("d", _day()), ("shop", DynamicPartitions("s").keys(known="ab"))))
    own = ProductKeys((("d", _day()), ("person", DynamicPartitions("p").keys(known="ab"))))
    assert list(links(None, own, above)(0).positions) == [0, 1]
    assert ListedKeys(("a",)) == ListedKeys(("a",))


def _day() -> TimeKeys:
    return DailyPartitions("2024-01-01", "2024-01-02").keys(FAR)


@pytest.mark.parametrize("answer", [5, [5], None, ["a", None]])
def test_a_function_that_returns_no_keys_is_named(answer: object) -> None:
    """With the key that it was asked about."""
    keys = ListedKeys(("a",))
    with pytest.raises(DefinitionError, match="'a'"):
        links(lambda _: answer, keys, keys)(0)  # type: ignore[arg-type]

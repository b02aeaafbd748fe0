"""Which stored bytes are needed: what is shown, the latest of each cell, what is young."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assets_core.model.garbage import KeptResult
from assets_core.model.keys import AssetKey, Cell
from assets_core.upkeep.retention import needed

ORDERS, TOTAL = Cell(AssetKey("orders")), Cell(AssetKey("total"))


def result(number: int, cell: Cell = ORDERS, bytes_of: int | None = None) -> KeptResult:
    """Return a result of that moment; its bytes are its own, or those of another one."""
    place = ("data", f"object {number if bytes_of is None else bytes_of}")
    return KeptResult(str(number), cell, place, 10 * number, float(number))


def kept(
    results: list[KeptResult], *shown: str, latest: int = 0, since: float = 1e9
) -> set[int]:
    """Return the numbers of the objects that are needed."""
    found = needed(results, shown, latest=latest, since=since)
    return {int(location.removeprefix("object ")) for _, location in found}


FIVE = [result(number) for number in range(1, 6)]


def test_what_a_head_names_is_needed_however_old() -> None:
    """Also if it is not the latest: somebody rolled back to it."""
    assert kept(FIVE, "2") == {2}


def test_the_latest_of_a_cell_are_needed() -> None:
    """So many as the settings say, or as there are."""
    assert kept(FIVE, latest=2) == {4, 5}
    for many in (5, 6, 7, 9, 10, 99):
        assert kept(FIVE, latest=many) == {1, 2, 3, 4, 5}


def test_none_of_them_is_needed_if_the_settings_say_so() -> None:
    """Zero is none, and not all."""
    assert kept(FIVE, latest=0) == set()


def test_what_is_younger_than_a_moment_is_needed() -> None:
    """What is exactly as old is not."""
    assert kept(FIVE, since=3.0) == {4, 5}


def test_each_cell_has_its_own_latest() -> None:
    """A table that is made each minute does not push out one that is made each year."""
    results = [result(1, TOTAL), *(result(number) for number in range(2, 9))]

    assert kept(results, latest=2) == {1, 7, 8}


def test_bytes_that_two_results_share_are_needed_if_one_is() -> None:
    """Equal tables lie in one file, of whatever cell and age."""
    results = [result(1), result(2, TOTAL), result(3, TOTAL, bytes_of=1)]

    assert kept(results, "3") == {1}


def test_the_same_name_in_two_storages_is_two_places() -> None:
    """What was moved may be deleted where it was."""
    old = KeptResult("1", ORDERS, ("data", "x"), 10, 1.0)
    new = KeptResult("2", ORDERS, ("lake", "x"), 10, 2.0)

    assert needed([old, new], {"2"}, latest=0, since=9.0) == {("lake", "x")}


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[KeptResult], set[str]]:
    """Return results of a few cells over a few objects, oldest first, and what is shown."""
    count = draw(st.integers(0, 12))
    cells = st.sampled_from([ORDERS, TOTAL, Cell(AssetKey("raw/orders"))])
    results = [
        result(number, draw(cells), draw(st.integers(0, 6))) for number in range(count)
    ]
    ids = [one.id for one in results]
    shown = set(draw(st.lists(st.sampled_from(ids), unique=True))) if ids else set()
    return results, shown


LATEST, SINCE = st.integers(0, 14), st.floats(-1, 14)


@given(histories(), LATEST, SINCE)
def test_the_bytes_of_a_head_are_always_needed(
    history: tuple[list[KeptResult], set[str]], latest: int, since: float
) -> None:
    """Whatever the settings are."""
    results, shown = history

    found = needed(results, shown, latest=latest, since=since)

    assert {one.place for one in results if one.id in shown} <= found


@given(histories(), LATEST, LATEST, SINCE, SINCE)
def test_more_generous_settings_never_keep_less(
    history: tuple[list[KeptResult], set[str]],
    latest: int,
    more: int,
    since: float,
    earlier: float,
) -> None:
    """Nobody who asks for more loses anything by it."""
    results, shown = history
    latest, more = sorted([latest, more])
    earlier, since = sorted([earlier, since])

    small = needed(results, shown, latest=latest, since=since)
    great = needed(results, shown, latest=more, since=earlier)

    assert small <= great

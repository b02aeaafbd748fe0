"""Which tables of a run are held for its later steps."""

from __future__ import annotations

import pyarrow as pa

from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import StoredData
from assets_core.running.recent import Recent

TABLE = pa.table({"n": pa.array(range(1000), pa.int64()), "m": pa.array(range(1000))})
A, B, C = (Cell(AssetKey("parts"), name) for name in "abc")
OTHER = Cell(AssetKey("other"))


def stored(location: str) -> StoredData:
    """Return where a table was stored."""
    return StoredData("parquet:data", location, 1, location)


def holding(*cells: Cell, limit: int = 1 << 20) -> Recent:
    """Return what holds the same table for some cells."""
    recent = Recent(limit)
    for cell in cells:
        recent.keep(cell, stored("x"), TABLE)
    return recent


def held(recent: Recent) -> list[Cell]:
    """Return for which cells a table is held."""
    return [cell for cell in (A, B, C, OTHER) if recent.find(cell, stored("x"), None)]


def test_what_is_held_is_a_copy() -> None:
    """The function may go on changing what it returned."""
    found = holding(A).find(A, stored("x"), None)

    assert found is not None
    assert found.equals(TABLE)
    assert (
        found["n"].chunk(0).buffers()[1].address != TABLE["n"].chunk(0).buffers()[1].address
    )


def test_the_oldest_are_dropped_where_there_is_no_room() -> None:
    """They are read back from where they are stored."""
    assert held(holding(A, B, C, limit=2 * TABLE.nbytes)) == [B, C]


def test_a_table_that_does_not_fit_drops_no_other() -> None:
    """It would not be held anyway."""
    recent = holding(A, limit=TABLE.nbytes)

    recent.keep(B, stored("x"), pa.concat_tables([TABLE, TABLE]))

    assert held(recent) == [A]


def test_nothing_is_held_where_there_is_no_room_at_all() -> None:
    """As outside of runs."""
    assert held(holding(A, limit=0)) == []


def test_what_nobody_reads_is_not_held() -> None:
    """Nor is it copied."""
    recent = Recent(1 << 20)
    recent.expect(lambda cell: cell == B)
    for cell in (A, B):
        recent.keep(cell, stored("x"), TABLE)

    assert held(recent) == [B]


def test_what_was_read_last_is_dropped() -> None:
    """One cell, or all cells of an asset that somebody has read as a whole."""
    recent = holding(A, B, C, OTHER)
    recent.expect(lambda cell: cell == C)

    recent.let_go([A])
    assert held(recent) == [B, C, OTHER]

    recent.let_go([AssetKey("parts")])
    assert held(recent) == [C, OTHER]


def test_what_was_dropped_leaves_room() -> None:
    """Otherwise less and less would be held."""
    recent = holding(A, B, limit=2 * TABLE.nbytes)
    recent.expect(lambda cell: cell != A)
    recent.let_go([A])

    recent.keep(C, stored("x"), TABLE)

    assert held(recent) == [B, C]


def test_only_what_a_cell_shows_is_found() -> None:
    """An attempt that was given up stored other bytes under the same cell."""
    recent = holding(A)

    recent.keep(A, stored("y"), TABLE)

    assert recent.find(A, stored("x"), None) is None
    assert recent.find(A, stored("y"), None) is not None


def test_columns_are_found_if_all_of_them_are_there() -> None:
    """Whoever reads the store says what is wrong with one that is not."""
    recent = holding(A)
    found = recent.find(A, stored("x"), ("m",))

    assert found is not None
    assert found.column_names == ["m"]
    assert recent.find(A, stored("x"), ("m", "gone")) is None

"""How much memory a run takes, as the system tells it of a process of its own."""

from __future__ import annotations

from pathlib import Path

from tests.flows.wide_project import CHAIN, WIDE, run_tables

TABLES = 40
SIZE = 16 << 20
LIMIT = 64_000_000
WORKING = 200 << 20
"""What two steps may take that make or read a table each, generously."""


def test_tables_that_wait_for_their_readers_stay_within_the_limit(tmp_path: Path) -> None:
    """All of them are made before the first is read, ten times as much as there is room."""
    found = run_tables(tmp_path, WIDE, TABLES, SIZE, "64 MB")

    assert sorted(found["rows"]) == [1] * TABLES + [SIZE // 8] * TABLES
    assert found["grown"] < LIMIT + WORKING


def test_a_table_is_dropped_once_its_last_reader_has_ended(tmp_path: Path) -> None:
    """A long chain needs no more memory than a short one, however much it may take."""
    found = run_tables(tmp_path, CHAIN, TABLES, SIZE, "8 GB")

    assert found["rows"] == [SIZE // 8] * TABLES
    assert found["grown"] < WORKING + 2 * SIZE

"""What is in the file, what else may be in it, and what happens when it is damaged."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from assets_core.errors import (
    AssetsError,
    CorruptDataError,
    MissingDataError,
    PublishError,
    StoreError,
    UnsupportedDataError,
)
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import StoredData
from assets_core.testing.io_suite import ORDERS, OTHER_ROWS, ROWS, assert_same, keep, show
from assets_core.testing.samples import samples
from assets_core.versioning.canonical import canonical_table
from io_managers.duckdb import make_duckdb

FILE = Path("data", "warehouse.duckdb")
SAMPLES = samples()
STEP = 4096 if os.environ.get("ASSETS_TEST_SIZE") == "nightly" else 98_304
NOT_HELD = ("float16", "decimal256", "duration")
KNOWN_TO_ALL = {
    *("BOOLEAN", "TINYINT", "SMALLINT", "INTEGER", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL"),
    *("UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "VARCHAR", "BLOB", "JSON", "UUID"),
    *("DATE", "TIME", "TIME_NS", "TIMESTAMP", "TIMESTAMP_MS", "TIMESTAMP_NS"),
    *("WITH", "ZONE", "STRUCT", "MAP"),
}
TOO_MUCH = """
import resource, sys
import numpy as np
import pyarrow as pa
from assets_core.errors import StoreError
from assets_core.testing.io_suite import keep
from io_managers.duckdb import make_duckdb

resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))
rows = pa.table({"x": np.random.default_rng(1).random(1_000_000)})
try:
    keep(make_duckdb(sys.argv[1], {}), rows)
except StoreError as error:
    print(error)
"""
LEAVE_LOG = """
import os, sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("CREATE TABLE theirs AS SELECT 42 AS answer")
os._exit(0)
"""


def ask(folder: Path, query: str) -> list[tuple[object, ...]]:
    """Return what a reader from outside is told."""
    with duckdb.connect(folder / FILE, read_only=True) as connection:
        return connection.sql(query).fetchall()


def test_a_view_has_the_types_that_people_expect(tmp_path: Path) -> None:
    """Not what would have been easiest to store."""
    moments = pa.array([0], pa.int64())
    table = pa.table(
        {
            "id": pa.array([1], pa.int16()),
            "price": pa.array([1], pa.decimal128(12, 2)),
            "day": pa.array([0], pa.date32()),
            "at": moments.cast(pa.timestamp("us", "Europe/Paris")),
            "exactly": moments.cast(pa.timestamp("ns", "UTC")),
            "local": moments.cast(pa.timestamp("ms")),
            "tags": pa.array([["a"]], pa.large_list(pa.string())),
            "place": pa.array([{"x": 1.5}]),
            "Id": pa.array(["x"]),
        }
    )
    manager = make_duckdb(str(tmp_path), {})
    show(manager, keep(manager, table))

    types = {name: kind for name, kind, *_ in ask(tmp_path, "DESCRIBE orders")}

    assert types == {
        "id": "SMALLINT",
        "price": "DECIMAL(12,2)",
        "day": "DATE",
        "at": "TIMESTAMP WITH TIME ZONE",
        "exactly": "TIMESTAMP_NS",
        "local": "TIMESTAMP_MS",
        "tags": "VARCHAR[]",
        "place": "STRUCT(x DOUBLE)",
        "Id_1": "VARCHAR",
    }


@pytest.mark.parametrize("storage", ["tables", "views"])
def test_no_view_has_a_type_that_the_oldest_duckdb_does_not_know(
    tmp_path: Path, storage: str
) -> None:
    """One column of such a type makes the whole file unreadable there."""
    names = [name for name in SAMPLES if not name.startswith(NOT_HELD)]
    table = canonical_table(pa.table({name: SAMPLES[name] for name in names}))
    manager = make_duckdb(str(tmp_path), {"storage": storage})

    show(manager, keep(manager, table))

    types = {str(kind) for _, kind, *_ in ask(tmp_path, "DESCRIBE orders")}
    words = {word for kind in types for word in re.findall(r"[A-Z][A-Z_]+", kind)}
    assert words <= KNOWN_TO_ALL


@pytest.mark.parametrize("storage", ["tables", "views"])
def test_a_view_can_be_used_under_any_name_of_the_database(
    tmp_path: Path, storage: str
) -> None:
    """Whoever attaches the file calls it as they like."""
    manager = make_duckdb(str(tmp_path), {"storage": storage})
    show(manager, keep(manager))

    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{tmp_path / FILE}' AS \"the warehouse\" (READ_ONLY)")
        query = 'SELECT count(*) FROM "the warehouse".main.orders'
        assert connection.sql(query).fetchall() == [(3,)]


def test_fields_that_differ_in_case_are_kept(tmp_path: Path) -> None:
    """DuckDB would take one for the other."""
    inside = pa.array([{"a": 1, "A": "x"}, None, {"a": 2, "A": None}])
    table = canonical_table(
        pa.table({"s": inside, "l": pa.array([[], [{"b": 1, "B": 2}], None])})
    )
    manager = make_duckdb(str(tmp_path), {})

    stored = keep(manager, table)

    assert_same(manager.read(ORDERS, stored, table.schema), table)


def test_a_value_that_would_change_is_refused_by_name(tmp_path: Path) -> None:
    """DuckDB's maps have each key once."""
    twice = pa.array([[("a", 1), ("a", 2)]], pa.map_(pa.string(), pa.int64()))
    manager = make_duckdb(str(tmp_path), {})

    with pytest.raises(UnsupportedDataError, match="column 'pairs'"):
        keep(manager, pa.table({"n": [1], "pairs": twice}))

    assert manager.leftovers() == {}


def test_a_slice_of_nested_rows_is_stored_as_what_it_shows(tmp_path: Path) -> None:
    """DuckDB 1.5 would read other rows from it."""
    rows = canonical_table(
        pa.table({"l": pa.array([[{"n": 1}], [{"n": 2}], None, [{"n": 3}]])})
    ).slice(1, 2)
    manager = make_duckdb(str(tmp_path), {})

    assert_same(manager.read(ORDERS, keep(manager, rows), rows.schema), rows)


def test_what_others_keep_in_the_file_stays(tmp_path: Path) -> None:
    """Their tables and views are none of our business."""
    for storage in ("tables", "views"):
        folder = tmp_path / storage
        manager = make_duckdb(str(folder), {"storage": storage})
        show(manager, keep(manager))
        with duckdb.connect(folder / FILE) as connection:
            connection.execute("CREATE TABLE notes AS SELECT 'keep me' AS text")
            connection.execute("CREATE VIEW totals AS SELECT sum(total) AS t FROM orders")

        show(manager, keep(manager, OTHER_ROWS))

        assert ask(folder, "SELECT text FROM notes") == [("keep me",)]
        assert ask(folder, "SELECT t FROM totals") == [(2.5,)]


def test_a_view_that_somebody_replaced_is_theirs(tmp_path: Path) -> None:
    """It shows something else, on purpose."""
    manager = make_duckdb(str(tmp_path), {})
    stored = keep(manager)
    show(manager, stored)
    with duckdb.connect(tmp_path / FILE) as connection:
        connection.execute("CREATE OR REPLACE VIEW orders AS SELECT 1 AS mine")

    with pytest.raises(PublishError, match="something else is at its stable name"):
        manager.may_publish(ORDERS, how=None, ours=True, env="main")
    with pytest.raises(PublishError):
        show(manager, stored)
    assert ask(tmp_path, "SELECT mine FROM orders") == [(1,)]


@pytest.mark.parametrize(
    "comment", ["{", "[]", '"assets"', '{"assets": 1}', "Sales by day"]
)
def test_a_view_with_a_comment_of_its_own_is_theirs(tmp_path: Path, comment: str) -> None:
    """Whatever the comment says, and in whatever form."""
    manager = make_duckdb(str(tmp_path), {})
    keep(manager)
    with duckdb.connect(tmp_path / FILE) as connection:
        connection.execute("CREATE VIEW orders AS SELECT 1 AS mine")
        connection.execute(f"COMMENT ON VIEW orders IS '{comment}'")

    with pytest.raises(PublishError):
        manager.may_publish(ORDERS, how=None, ours=True, env="main")
    assert manager.published(ORDERS, env="main") is None


def test_an_environment_does_not_take_the_place_of_a_key(tmp_path: Path) -> None:
    """The asset `dev/orders`, and `orders` in the environment `dev`."""
    manager = make_duckdb(str(tmp_path), {})
    cell = Cell(AssetKey("dev/orders"))
    show(manager, keep(manager, ROWS, cell), cell)

    with pytest.raises(PublishError, match="'dev/orders' in 'main' is at its stable name"):
        manager.may_publish(ORDERS, how=None, ours=False, env="dev")


@pytest.mark.parametrize("location", ["_versions", "", "x", "staged " + "0" * 32])
def test_a_record_leads_to_no_other_table(tmp_path: Path, location: str) -> None:
    """Records may come from a store that others write into."""
    manager = make_duckdb(str(tmp_path), {})
    keep(manager)

    with pytest.raises(StoreError, match="no version"):
        manager.verify(ORDERS, StoredData(manager.storage, location, 1, "0" * 64))


def test_reading_without_a_file_makes_none(tmp_path: Path) -> None:
    """The data is gone; an empty database in its place would not bring it back."""
    stored = keep(make_duckdb(str(tmp_path / "here"), {}))

    with pytest.raises(MissingDataError):
        make_duckdb(str(tmp_path / "there"), {}).verify(ORDERS, stored)
    assert not (tmp_path / "there").exists()


def test_a_damaged_file_gives_named_errors_wherever_it_is_damaged(tmp_path: Path) -> None:
    """Cut off, overwritten, or with one bit turned: never other rows, never a crash."""
    manager = make_duckdb(str(tmp_path), {})
    stored = keep(manager)
    show(manager, stored)
    file = tmp_path / FILE
    whole = file.read_bytes()
    damaged = [b"", b"PAR1 is no database", whole[:100], whole[: len(whole) // 2]]
    places = {0, 8, 4096, 8192, *range(12288, len(whole), STEP)}
    damaged += [_flipped(whole, at) for at in sorted(places)]

    noticed = [_notices(tmp_path, stored, data) for data in damaged]

    assert all(noticed[:4])
    assert noticed.count(True) > 4  # part of the file is not in use


def _notices(folder: Path, stored: StoredData, data: bytes) -> bool:
    """Return whether reading a damaged file says so; it gives the right rows if not."""
    file, manager = folder / FILE, make_duckdb(str(folder), {})
    errors = []
    for call in (
        lambda: assert_same(manager.read(ORDERS, stored, ROWS.schema), ROWS),
        lambda: keep(manager, OTHER_ROWS),
        lambda: manager.absent([stored]),
        lambda: manager.published(ORDERS, env="main"),
        manager.leftovers,
        lambda: list(manager.objects()),
    ):
        file.write_bytes(data)
        try:
            call()
        except AssetsError as error:
            errors.append(error)
    assert all(str(file) in str(error) for error in errors)
    damages = [
        one for one in errors if isinstance(one, CorruptDataError | MissingDataError)
    ]
    assert all("'orders'" in error.problem for error in damages)
    return bool(damages)


def _flipped(data: bytes, at: int) -> bytes:
    changed = bytearray(data)
    changed[at] ^= 1
    return bytes(changed)


def test_a_disk_that_is_full_costs_nothing_but_the_new_version(tmp_path: Path) -> None:
    """The version before is there, nothing is left over, and the next attempt works."""
    manager = make_duckdb(str(tmp_path), {})
    stored = keep(manager)
    show(manager, stored)

    done = subprocess.run(
        [sys.executable, "-c", TOO_MUCH, str(tmp_path)],
        check=True,
        capture_output=True,
        text=True,
    )

    assert "'orders' cannot be stored" in done.stdout
    assert manager.leftovers() == {}
    assert_same(manager.read(ORDERS, stored, ROWS.schema), ROWS)
    show(manager, keep(manager, OTHER_ROWS))
    assert ask(tmp_path, "SELECT count(*) FROM orders") == [(2,)]


def test_the_log_of_a_process_that_was_killed_is_kept(tmp_path: Path) -> None:
    """What it holds is committed; only DuckDB may put it into the file."""
    manager = make_duckdb(str(tmp_path), {})
    stored = keep(manager)
    subprocess.run([sys.executable, "-c", LEAVE_LOG, tmp_path / FILE], check=True)
    log = tmp_path / "data" / "warehouse.duckdb.wal"
    assert log.exists()

    manager.verify(ORDERS, stored)
    assert log.exists()
    show(manager, stored)

    assert ask(tmp_path, "SELECT answer FROM theirs") == [(42,)]


@pytest.mark.parametrize("storage", ["tables", "views"])
def test_a_log_without_its_database_is_not_put_into_a_new_one(
    tmp_path: Path, storage: str
) -> None:
    """Somebody moved the file away and forgot the other half of it."""
    manager = make_duckdb(str(tmp_path), {"storage": storage})
    stored = keep(manager)
    show(manager, stored)
    subprocess.run([sys.executable, "-c", LEAVE_LOG, tmp_path / FILE], check=True)
    log = tmp_path / "data" / "warehouse.duckdb.wal"
    before = log.read_bytes()
    if storage == "tables":
        (tmp_path / FILE).unlink()

    with pytest.raises(StoreError, match=r"log of changes|not in its file yet"):
        show(manager, keep(manager, OTHER_ROWS))
    assert log.read_bytes() == before


def test_readers_of_views_see_old_or_new_and_block_nobody(tmp_path: Path) -> None:
    """Whoever has the file open goes on seeing what it showed."""
    manager = make_duckdb(str(tmp_path), {"storage": "views", "lock_timeout": 5})
    show(manager, keep(manager))

    with duckdb.connect(tmp_path / FILE, read_only=True) as reader:
        assert reader.sql("SELECT count(*) FROM orders").fetchall() == [(3,)]
        newer = keep(manager, OTHER_ROWS)
        show(manager, newer)
        assert manager.published(ORDERS, env="main") == newer.location
        assert reader.sql("SELECT count(*) FROM orders").fetchall() == [(3,)]

    assert ask(tmp_path, "SELECT count(*) FROM orders") == [(2,)]
    left = {path.name for path in (tmp_path / "data").iterdir()}
    assert left == {".objects", "warehouse.duckdb", "warehouse.duckdb.lock"}


def test_views_are_made_in_a_folder_whose_name_is_a_pattern(tmp_path: Path) -> None:
    """A folder may be called almost anything."""
    folder = tmp_path / "it's [a] *"
    manager = make_duckdb(str(folder), {"storage": "views"})

    show(manager, keep(manager))

    assert ask(folder, "SELECT count(*) FROM orders") == [(3,)]

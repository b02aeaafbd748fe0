"""Somebody edited the database by hand: that is told, and never read as something else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets_core.backends.metadata.store import SQLStore
from assets_core.backends.process_owner import is_alive, this_process
from assets_core.backends.sqlite import open_sqlite
from assets_core.errors import StoreError
from assets_core.model.keys import AssetKey
from assets_core.model.records import (
    FileIdentity,
    Observation,
    RunRequest,
    StepError,
    StepRecord,
)
from assets_core.testing.examples import (
    CODE,
    CUSTOMERS,
    ORDERS,
    make_check,
    make_result,
    show_result,
    take_claim,
)

MADE = make_result(1)
RUN = "f" * 32
IDENTITY = FileIdentity(1, 2, 3, 4, 5)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Give the bytes of a store that has something in every table."""
    path = tmp_path_factory.mktemp("template") / "metadata.db"
    store = open_sqlite(path, is_alive)
    owner = this_process()
    checks = (make_check("gaps", passed=False),)
    show_result(store, owner, MADE, checks=checks, publish=True)
    take_claim(store, owner, "c" * 32, CUSTOMERS)
    store.begin_run(RUN, "main", RunRequest(("orders",)), owner, 1.0)
    step = StepRecord(ORDERS, "failed", error=StepError("E", "no"), checks=checks)
    store.record_step(RUN, "main", step, 2.0)
    store.end_run(RUN, "failed", {"failed": 1}, 3.0)
    store.observe([Observation(AssetKey("rates"), "rates.csv", IDENTITY, "0" * 32)])
    store.close()
    return path.read_bytes()


@pytest.fixture
def path(template: bytes, tmp_path: Path) -> Path:
    """Give the path of such a store."""
    path = tmp_path / "metadata.db"
    path.write_bytes(template)
    return path


def edit(path: Path, table: str, column: str, change: Callable[[Any], Any]) -> None:
    """Change one column of every row of a table."""
    with sqlite3.connect(path) as raw:
        longest = f"SELECT {column} FROM {table} ORDER BY length({column}) DESC"  # noqa: S608
        (before,) = raw.execute(longest).fetchone()
        raw.execute(f"UPDATE {table} SET {column} = ?", [change(before)])  # noqa: S608
    raw.close()


def put(*place: str | int, value: Any) -> Callable[[str], str]:
    """Return a change of one value inside of JSON."""

    def change(body: str) -> str:
        data = json.loads(body)
        inner = data
        for step in place[:-1]:
            inner = inner[step]
        inner[place[-1]] = value
        return json.dumps(data)

    return change


def leave_out(name: str) -> Callable[[str], str]:
    """Return a change that takes a name out of JSON."""

    def change(body: str) -> str:
        data = json.loads(body)
        del data[name]
        return json.dumps(data)

    return change


def read_everything(store: SQLStore) -> list[Any]:
    """Ask a store for all that it remembers."""
    return [
        store.heads("main"),
        store.head("main", ORDERS),
        store.materializations([MADE.id]),
        store.stored([MADE.id]),
        store.reusable([ORDERS]),
        store.history(ORDERS),
        store.code_versions([CODE.digest]),
        store.observations(),
        store.failures("main"),
        store.claims(),
        store.runs(),
        store.run(RUN),
        store.checks(MADE.id),
        store.pending_publications("main"),
    ]


def test_what_nobody_edited_is_read(path: Path) -> None:
    """The tests below are worth nothing if reading fails anyway."""
    store = open_sqlite(path, is_alive)

    assert all(read_everything(store))
    store.close()


@pytest.mark.parametrize(
    ("table", "column", "change"),
    [
        ("heads", "body", lambda body: body[:-1]),
        ("heads", "body", lambda body: b""),
        ("heads", "body", lambda body: bytes([*body[:-30], body[-30] ^ 1, *body[-29:]])),
        ("heads", "body", lambda body: "text"),
        ("heads", "body", lambda body: 7),
        ("heads", "count", lambda count: count + 1),
        ("heads", "count", lambda count: 0),
        ("heads", "count", lambda count: -count),
        ("heads", "count", lambda count: "many"),
        ("materializations", "body", lambda body: "{"),
        ("materializations", "body", lambda body: "[]"),
        ("materializations", "body", lambda body: "[" * 100_000),
        ("materializations", "body", lambda body: b"\xff\xfe"),
        ("materializations", "body", leave_out("rows")),
        ("materializations", "body", put("rows", value="3")),
        ("materializations", "body", put("rows", value=3.5)),
        ("materializations", "body", put("rows", value=True)),
        ("materializations", "body", put("columns", value="abc")),
        ("materializations", "body", put("columns", 0, value="abc")),
        ("materializations", "body", put("columns", 0, 1, value=None)),
        ("materializations", "body", put("inputs", 0, value=["customers"])),
        ("materializations", "body", put("inputs", 0, 5, value="id")),
        ("materializations", "body", put("reasons", value="one reason")),
        ("materializations", "body", put("config", value=["limit"])),
        ("materializations", "body", put("metadata", value=None)),
        ("materializations", "recipe", lambda recipe: recipe.encode()),
        ("materializations", "committed_at", lambda at: "yesterday"),
        ("materializations", "bytes", lambda size: "many"),
        ("materializations", "checksum", lambda checksum: b"\x00"),
        ("code_versions", "body", put("components", 0, value="abcd")),
        ("code_versions", "body", put("packages", 0, value=["pandas"])),
        ("code_versions", "body", put("opaque", value="because")),
        ("claims", "owner", put("pid", value="1")),
        ("claims", "owner", leave_out("boot")),
        ("runs", "status", lambda status: "fine"),
        ("runs", "started_at", lambda at: "noon"),
        ("runs", "counts", lambda counts: "[1]"),
        ("runs", "counts", put("failed", value="one")),
        ("runs", "request", put("selection", value="orders")),
        ("runs", "request", put("force", value="no")),
        ("steps", "body", put("status", value="done")),
        ("steps", "body", put("error", value={"type": "E"})),
        ("steps", "body", put("error", value="E")),
        ("steps", "body", put("checks", 0, "passed", value="no")),
        ("checks", "body", put("blocking", value=0)),
        ("checks", "body", put("message", value=None)),
        ("observations", "identity", lambda identity: "[1, 2, 3, 4]"),
        ("observations", "identity", lambda identity: '["1", 2, 3, 4, 5]'),
    ],
)
def test_a_row_that_was_edited_by_hand_is_an_error_and_no_value(
    path: Path, table: str, column: str, change: Callable[[Any], Any]
) -> None:
    """The file is not trusted; a wrong value would become a wrong decision."""
    edit(path, table, column, change)
    store = open_sqlite(path, is_alive)

    with pytest.raises(StoreError) as told:
        read_everything(store)

    assert "restore a backup" in str(told.value)
    store.close()


def test_an_edited_head_is_not_built_upon(path: Path) -> None:
    """A commit compares with the head; it must not do so with what nobody wrote."""
    edit(path, "heads", "body", lambda body: bytes([*body[:-30], 1, *body[-29:]]))
    store = open_sqlite(path, is_alive)

    with pytest.raises(StoreError, match="a head that cannot be read"):
        show_result(store, this_process(), make_result(2), MADE)

    store.close()


def test_what_is_no_json_is_kept_as_its_text(path: Path) -> None:
    """`context.metadata(at=…)` takes what the user has at hand."""
    store = open_sqlite(path, is_alive)
    made = make_result(2, metadata={"where": Path("data/x"), "half": "a\udcff"})

    show_result(store, this_process(), made, MADE)

    kept = store.materializations([made.id])[made.id].metadata
    assert kept == {"where": "data/x", "half": "a\udcff"}
    store.close()


def test_the_message_of_a_check_is_kept_as_text(path: Path) -> None:
    """`CheckResult(False, 3)` is what a user writes; it must not make a row unreadable."""
    store = open_sqlite(path, is_alive)
    check = make_check("gaps")
    odd = type(check)(check.asset, None, "gaps", passed=False, blocking=False, message=3)  # type: ignore[arg-type]

    store.record_checks(MADE.id, RUN, [odd], 4.0)

    assert store.checks(MADE.id)[0].message == "3"
    store.close()

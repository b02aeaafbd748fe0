"""`assets gc`, `rollback` and `verify`: what they say, in text and as documents."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.flows.cli.program import SETTINGS, Ended, MakeProject, Project, ask

CODE = """
import pyarrow as pa
from assets_core import asset

@asset
def orders() -> pa.Table:
    return pa.table({"n": [VALUE]})

@asset
def total(orders: pa.Table) -> pa.Table:
    return pa.table({"total": [sum(orders["n"].to_pylist())]})
"""
AT_ONCE = SETTINGS + "[retention]\nversions = 0\ndays = 0\ngrace_hours = 0\n"
AFTER_AN_HOUR = AT_ONCE.replace("grace_hours = 0", "grace_hours = 1")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z\Z")


@pytest.fixture
def shop(project: MakeProject, capfd: pytest.CaptureFixture[str]) -> Project:
    """Return a project with two versions of each table."""
    made = project(CODE.replace("VALUE", "1"), AFTER_AN_HOUR)
    assert ask(capfd, made, "materialize").code == 0
    made.write("assets.py", CODE.replace("VALUE", "20"))
    assert ask(capfd, made, "materialize").code == 0
    return made


@pytest.fixture
def run(shop: Project, capfd: pytest.CaptureFixture[str]) -> Any:
    """Return what runs `assets` in the project."""

    def call(*words: str) -> Ended:
        return ask(capfd, shop, *words)

    return call


def first_version(run: Any, key: str = "orders") -> str:
    """Return the id of the first version of a table."""
    found: str = run("show", key, "--json").document["history"][-1]["id"]
    return found


def stored(shop: Project) -> set[Path]:
    """Return all stored files."""
    return {*(shop.folder / "data").glob(".objects/*/*.parquet")}


def damage(shop: Project, name: str) -> None:
    """Put other bytes at the end of what a stable path shows."""
    path = (shop.folder / "data" / name).resolve()
    path.chmod(0o644)
    path.write_bytes(path.read_bytes() + b"oops")


# gc


def test_gc_tells_what_it_condemns_and_when_that_goes(run: Any) -> None:
    """In a few lines, also when there are thousands of files."""
    done = run("gc")

    assert done.code == 0
    lines = done.out.splitlines()
    assert re.fullmatch(r"2 files \(.* kB\) condemned", lines[0])
    assert re.fullmatch(r"'assets gc' after .* UTC deletes them", lines[1])
    assert lines[2:] == ["2 files needed"]


def test_gc_tells_what_it_deletes(shop: Project, run: Any) -> None:
    """At once, if the settings say so."""
    shop.write("assets.toml", AT_ONCE)

    lines = run("gc").out.splitlines()

    assert re.fullmatch(r"2 files \(.* kB\) deleted", lines[0])
    assert lines[1:] == ["2 files needed"]
    assert run("gc").out == "Nothing to delete: all stored data is needed (2 files)\n"


def test_a_dry_run_lists_every_file(shop: Project, run: Any) -> None:
    """And deletes none."""
    shop.write("assets.toml", AT_ONCE)
    before = stored(shop)

    lines = run("gc", "--dry-run").out.splitlines()

    assert all("parquet:data" in line and ".objects/" in line for line in lines[:2])
    assert "would be deleted" in lines[3]
    assert stored(shop) == before


def test_the_document_of_gc_has_every_file(shop: Project, run: Any) -> None:
    """The same in both phases and when nothing is changed."""
    told = run("gc", "--json", "--dry-run").document
    document = run("gc", "--json").document

    assert document == {**told, "dry_run": False, "condemned": document["condemned"]}
    assert told["dry_run"] is True
    assert document["deleted"] == []
    assert document["counts"] == {"deleted": 0, "condemned": 2, "kept": 2}
    for one in document["condemned"]:
        path = shop.folder / "data" / one["location"]
        assert one["storage"] == "parquet:data"
        assert one["bytes"] == path.stat().st_size
        assert TIME.match(one["due_at"])
    total = sum(one["bytes"] for one in document["condemned"])
    assert document["bytes"] == {"deleted": 0, "condemned": total}

    shop.write("assets.toml", AT_ONCE)
    document = run("gc", "--json").document
    assert document["counts"] == {"deleted": 2, "condemned": 0, "kept": 2}
    assert document["bytes"] == {"deleted": total, "condemned": 0}


def test_a_wrong_retention_is_named(shop: Project, run: Any) -> None:
    """Before anything is deleted."""
    shop.write("assets.toml", SETTINGS + "[retention]\nversions = -1\n")

    done = run("gc")

    assert done.code == 2
    assert "retention.versions must be a whole number from 0 on, not -1" in done.err


# rollback


def test_a_rollback_says_what_is_shown_now(run: Any) -> None:
    """And how it stands."""
    done = run("rollback", "orders", "--to", first_version(run)[:18])

    assert done.code == 0
    assert re.fullmatch(
        r"'orders' shows the version of .* \(1 row\) and is held there\n", done.out
    )
    assert run("list", "--json").document[0]["status"] == "held"


def test_a_release_says_how_it_stands_then(run: Any) -> None:
    """The code of today made something else."""
    run("rollback", "orders", "--to", first_version(run))

    done = run("rollback", "orders", "--release")

    assert (done.code, done.out) == (0, "'orders' is no longer held; it is stale\n")


def test_the_document_of_a_rollback_has_what_is_shown(run: Any) -> None:
    """Before and after the release."""
    version = first_version(run)
    document = run("rollback", "orders", "--to", version, "--json").document
    released = run("rollback", "orders", "--release", "--json").document

    assert document == {
        "asset": "orders",
        "partition": None,
        "partitions": [],
        "status": "held",
        "materialization": version,
        "data_version": run("show", "orders", "--json").document["data_version"],
        "held": True,
    }
    assert released == {**document, "status": "stale", "held": False}


def test_a_plan_names_what_is_held_and_how_to_let_go(run: Any) -> None:
    """Or somebody wonders for a week why nothing changes."""
    run("rollback", "orders", "--to", first_version(run))

    done = run("plan")
    document = run("plan", "--json").document

    assert "held        orders\n" in done.out
    assert "assets rollback orders --release" in done.out
    assert document["held"] == [{"asset": "orders", "partition": None}]
    assert [step["asset"] for step in document["steps"]] == ["total"]


def test_why_of_what_is_held_says_how_to_let_go(run: Any) -> None:
    """Not that nothing changed."""
    run("rollback", "orders", "--to", first_version(run))

    assert run("why", "orders").out.splitlines() == [
        "orders is held",
        "it was rolled back; let go: assets rollback orders --release",
    ]


def test_a_run_says_what_it_left_alone(run: Any) -> None:
    """Nothing is fresh by mistake."""
    run("rollback", "orders", "--to", first_version(run))

    assert "1 held" in run("materialize").out.splitlines()[-1]
    assert run("materialize").out == "Everything is fresh, but for 1 held\n"
    assert run("materialize", "orders").out == "1 held\n"
    assert run("plan").out.splitlines()[-1] == "Everything is fresh, but for 1 held"


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (["orders"], "Name a version with --to, or let go with --release"),
        (["orders", "--to", "0", "--release"], "Name a version with --to"),
        (["orders", "--to", "zzz"], "'orders' has no version 'zzz'"),
        (["orders", "--release"], "'orders' is not held"),
        (["order", "--to", "0"], "There is no asset 'order'"),
    ],
)
def test_a_mistake_in_a_rollback_is_named(run: Any, words: list[str], problem: str) -> None:
    """The exit code is 2, and nothing moved."""
    done = run("rollback", *words)

    assert done.code == 2
    assert problem in done.err
    assert "Fix: " in done.err


def test_a_rollback_to_what_is_gone_is_named(shop: Project, run: Any) -> None:
    """It does not show what is not there."""
    version = first_version(run)
    shop.write("assets.toml", AT_ONCE)
    run("gc")

    done = run("rollback", "orders", "--to", version, "--json")

    assert done.code != 0
    assert done.error["type"] == "MissingDataError"
    assert "collected or deleted" in done.error["message"]
    assert done.error["fix"] == "choose another version: assets show orders"


# verify


def test_verify_says_that_everything_is_all_right(run: Any) -> None:
    """And how much was read."""
    for words, count in (((), 2), (("--deep",), 4), (("total",), 1)):
        done = run("verify", *words)

        many = "version" if count == 1 else "versions"
        said = f"Everything is as it should be (read {count} {many})\n"
        assert (done.code, done.out) == (0, said)


def test_verify_ends_with_one_if_something_differs(shop: Project, run: Any) -> None:
    """With what, where, and the fix."""
    damage(shop, "total.parquet")

    done = run("verify")

    assert done.code == 1
    assert "total: The stored data of 'total' was damaged" in done.out
    assert "Fix: assets materialize total --force" in done.out
    assert done.out.splitlines()[-1] == "1 finding (read 2 versions)"
    assert run("verify", "orders").code == 0


def test_the_document_of_verify_has_every_finding(shop: Project, run: Any) -> None:
    """In the shape that `doctor` has."""
    damage(shop, "total.parquet")
    path = (shop.folder / "data" / "orders.parquet").resolve()
    path.unlink()

    done = run("verify", "--json")

    assert done.code == 1
    assert done.document["checked"] == 2
    found = done.document["findings"]
    assert [(one["asset"], one["kind"]) for one in found] == [
        ("orders", "output_missing"),
        ("total", "output_damaged"),
    ]
    keys = {"kind", "asset", "partition", "path", "text", "fix", "repaired", "env"}
    assert all(one.keys() == keys for one in found)
    assert found[0]["path"] == str(path)


def test_verify_of_what_does_not_exist_is_a_mistake(run: Any) -> None:
    """Not a success that looked at nothing."""
    done = run("verify", "ordrs")

    assert done.code == 2
    assert "'ordrs'" in done.err


def test_what_is_repaired_is_told_and_ends_with_zero(shop: Project, run: Any) -> None:
    """What is left to the next run counts as repaired."""
    damage(shop, "orders.parquet")

    done = run("verify", "--repair", "--json")

    assert done.code == 0
    (finding,) = done.document["findings"]
    assert finding["repaired"].startswith("the next run computes it")
    assert run("verify", "--repair").out.startswith("orders: The stored data of 'orders'")


def test_pins_are_made_listed_and_released(run: Any) -> None:
    """By their names."""
    version = first_version(run)
    made = run("pin", "orders", "--version", version, "--as", "paper")

    assert made.out == f"Version {version[:12]} of 'orders' is kept as 'paper'\n"
    (pin,) = run("pin", "--json").document["pins"]
    assert (pin["name"], pin["asset"], pin["version"]) == ("paper", "orders", version)
    assert run("pin", "orders", "--as", "paper", "--release").code == 0
    assert run("pin").out == "Nothing is pinned\n"


def test_a_lost_store_is_rebuilt_by_a_command(shop: Project, run: Any) -> None:
    """The plan then says that everything is fresh."""
    for path in (shop.folder / ".assets").glob("metadata.db*"):
        path.unlink()

    done = run("metadata", "rebuild", "--json")

    assert done.document == {"dry_run": False, "results": 4, "heads": 2, "problems": []}
    assert run("plan").out == "Everything is fresh\n"


@pytest.mark.parametrize(
    "words",
    [
        ("metadata", "restore"),
        ("metadata", "backup"),
        ("metadata", "rebuild", "file"),
        ("metadata", "journal", "--check"),
        ("pin", "--as", "paper"),
    ],
    ids=" ".join,
)
def test_what_makes_no_sense_is_a_mistake(run: Any, words: tuple[str, ...]) -> None:
    """With exit code 2 and a fix."""
    done = run(*words)

    assert done.code == 2
    assert "Fix: " in done.err

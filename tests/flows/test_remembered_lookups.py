"""What is looked for while a project is loaded, and is found somewhere else later."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest

from tests.flows.remembered_project import (
    ASSETS,
    HELPERS,
    QUERY,
    SETTINGS,
    new_project,
    remembered_project,
)

ZONES = Path("/usr/share/zoneinfo")
RAM = Path("/dev/shm")  # noqa: S108 - that it is there is the matter
PARTITIONED = """\


@asset(partitions=DailyPartitions("2024-01-01", "2024-01-04", timezone="Europe/Berlin"))
def daily() -> pa.Table:
    return pa.table({"n": [1]})
"""
TABLES = '[io.data]\ntype = "duckdb"\ndatabase = "lake.duckdb"\n'


def test_a_folder_beside_a_module_may_become_a_package(tmp_path: Path) -> None:
    """Python takes the package then, and the folder above looks as it did."""
    project = remembered_project(tmp_path, {"helpers/notes.txt": "of the helpers"})
    assert project.is_answered()
    project.write("helpers/__init__.py", HELPERS.replace("LIMIT = 3", "LIMIT = 4"))

    assert project.plan_as_it_is()["steps"]


def test_what_a_link_points_to_may_come(tmp_path: Path) -> None:
    """A module that was not found is there, and no folder of modules was changed."""
    there = tmp_path / "disk" / "extra.py"
    there.parent.mkdir()
    project = new_project(tmp_path, {})
    (project.library / "extra.py").symlink_to(there)
    project.run("materialize")
    project.settle()
    assert project.is_answered()
    there.write_text("FACTOR = 7\n")

    assert project.plan_as_it_is()["steps"]


def test_a_package_may_be_upgraded_in_place(tmp_path: Path) -> None:
    """Its file has the name, the size and the time that it had."""
    files = {"helpers.py": HELPERS.replace("LIMIT = 3", "from installed import LIMIT")}
    project = new_project(tmp_path, files)
    installed = project.library / "installed.py"
    installed.write_text("LIMIT = 3\n")
    project.run("materialize")
    project.settle()
    before = installed.stat()
    installed.write_text("LIMIT = 9\n")
    os.utime(installed, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert not project.is_answered()
    project.plan_as_it_is()


def test_what_is_imported_when_a_function_is_called_counts(tmp_path: Path) -> None:
    """It is part of the code though nothing loads it."""
    late = "    from later import MORE\n\n    return pa.table({'n': [MORE]})\n"
    text = f"{ASSETS}\n\n@asset\ndef late() -> pa.Table:\n{late}"
    project = remembered_project(tmp_path, {"assets.py": text, "later.py": "MORE = 1\n"})
    assert project.is_answered()
    project.write("later.py", "MORE = 2\n")

    assert project.plan_as_it_is()["steps"]


def test_a_time_zone_may_be_found_in_a_place_before(tmp_path: Path) -> None:
    """Days begin at other times by the clock of another database of time zones."""
    first, last = tmp_path / "first" / "Europe", tmp_path / "last" / "Europe"
    for folder in (first, last):
        folder.mkdir(parents=True)
    shutil.copy(ZONES / "Europe" / "Berlin", last / "Berlin")
    text = ASSETS.replace("import asset,", "import DailyPartitions, asset,") + PARTITIONED
    project = remembered_project(
        tmp_path, {"assets.py": text}, PYTHONTZPATH=f"{first.parent}:{last.parent}"
    )
    assert project.is_answered()
    shutil.copy(ZONES / "Asia" / "Tokyo", first / "Berlin")

    assert project.plan_as_it_is()["steps"]
    assert not project.is_answered(TZ="Asia/Tokyo")


def test_settings_may_name_any_variable(tmp_path: Path) -> None:
    """Those of the terminal, too, though no module is asked what it reads of them."""
    root = '[io.data]\ntype = "parquet"\nroot = "data-${TERM}"\n'
    project = remembered_project(tmp_path, {"assets.toml": SETTINGS + root}, TERM="one")
    assert project.is_answered()
    project.more["TERM"] = "two"

    assert project.plan_as_it_is()["steps"]


def test_a_source_may_be_a_link_to_another_file(tmp_path: Path) -> None:
    """Which is as old and as large as the one before."""
    project = new_project(tmp_path, {"old/a": "one", "old/b": "two"})
    names = project.folder / "names.txt"
    for target in ("old/b", "old/a"):
        os.utime(project.folder / target, (1e9, 1e9))
        names.unlink()
        names.symlink_to(target)
    project.run("materialize")
    project.settle()
    assert project.is_answered()
    names.unlink()
    names.symlink_to("old/b")

    assert project.plan_as_it_is()["steps"]


@pytest.mark.skipif(not RAM.is_dir(), reason="no files are kept in memory here")
def test_a_project_may_lie_among_devices() -> None:
    """Where Linux keeps files in memory, they are files as any."""
    with tempfile.TemporaryDirectory(dir=RAM) as folder:
        project = remembered_project(Path(folder))
        assert project.is_answered()
        project.replace("assets.py", "2 * n", "3 * n")

        assert project.plan_as_it_is()["steps"]


def test_a_database_of_tables_may_lie_beside_the_modules(tmp_path: Path) -> None:
    """Its lock has another content after each command; that is no change of the project."""
    project = remembered_project(tmp_path, {"assets.toml": SETTINGS + TABLES})
    assert project.is_answered()
    shutil.copy(project.folder / "lake.duckdb", tmp_path / "kept")
    shutil.copy(tmp_path / "kept", project.folder / "lake.duckdb")

    assert not project.is_answered()
    project.plan_as_it_is()


def test_a_query_may_be_called_as_the_database_is(tmp_path: Path) -> None:
    """What lies beside a database and begins with its name is not the database's."""
    tables = TABLES.replace("lake.duckdb", "queries/plus")
    project = remembered_project(tmp_path, {"assets.toml": SETTINGS + tables})
    assert project.is_answered()
    project.write("queries/plus.sql", QUERY.replace("+ 1", "+ 2"))

    assert project.plan_as_it_is()["steps"]


def test_a_metadata_store_beside_the_modules_costs_the_memory(tmp_path: Path) -> None:
    """Each command changes the folder of the modules: nothing there is trusted."""
    store = '[metadata]\nurl = "sqlite:///kept.db"\n'
    project = new_project(tmp_path, {"assets.toml": SETTINGS + store})
    project.run("materialize")

    with pytest.raises(AssertionError, match=f"{project.folder} was changed just now"):
        project.settle()
    project.replace("assets.py", "2 * n", "3 * n")
    assert project.plan_as_it_is()["steps"]


def test_a_database_of_the_user_beside_the_modules_only_costs_a_look(
    tmp_path: Path,
) -> None:
    """Files that come and go beside modules are a reason to load the project again."""
    project = remembered_project(tmp_path)
    with closing(sqlite3.connect(project.folder / "shop.db")) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("CREATE TABLE orders (id)")
        assert not project.is_answered()
        project.settle()
        database.execute("INSERT INTO orders VALUES (1)")
        database.commit()
        assert project.is_answered()
    assert not project.is_answered()

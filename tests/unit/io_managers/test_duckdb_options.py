"""Options of `type = "duckdb"`, names, and the one way into SQL."""

from __future__ import annotations

import ast
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

import assets_core
import io_managers.duckdb
from assets_core.errors import ConfigurationError
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.quoting import Literal, quoted_name, statement
from assets_core.testing.keys import asset_keys
from io_managers.duckdb import make_duckdb
from io_managers.duckdb.names import is_version_name, place_of, shown_names, version_name

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
WRONG: dict[str, Any] = {
    "database": "",
    "storage": "rows",
    "publish": "link",
    "lock_timeout": "long",
    "compression": "most",
    "folder": "x",
}
ENVIRONMENTS = ("main", "dev", "prod")


def test_all_wrong_options_are_told_at_once(tmp_path: Path) -> None:
    """Whoever mends a file of settings wants to do it once."""
    with pytest.raises(ConfigurationError) as raised:
        make_duckdb(str(tmp_path), WRONG)

    for name in WRONG:
        assert f"'{name}'" in raised.value.problem


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"database": "s3://bucket/x.duckdb"}, "must be a file of this machine"),
        ({"database": 3}, "must be the name of a file"),
        ({"storage": "views", "root": "s3://bucket"}, "must be a folder of this machine"),
        ({"lock_timeout": True}, "must be a number of seconds"),
        ({"lock_timeout": -1}, "must be a number of seconds"),
        ({"root": "data"}, 'is for storage = "views"'),
        ({"path": "x"}, "it has database, storage, publish"),
    ],
)
def test_a_wrong_option_is_named(
    tmp_path: Path, options: dict[str, Any], problem: str
) -> None:
    """And what it may be."""
    with pytest.raises(ConfigurationError, match=problem):
        make_duckdb(str(tmp_path), options)


def test_opening_makes_nothing(tmp_path: Path) -> None:
    """A plan of a new project leaves no files."""
    manager = make_duckdb(str(tmp_path), {})

    assert manager.leftovers() == {}
    assert manager.published(Cell(AssetKey("orders")), env="main") is None
    assert list(tmp_path.iterdir()) == []


@given(name=TEXTS.filter(bool), text=TEXTS)
def test_any_name_and_any_text_is_quoted(name: str, text: str) -> None:
    """What DuckDB understands is what was meant, whatever it holds."""
    with duckdb.connect() as connection:
        query = statement("SELECT {text} AS {name}", text=Literal(text), name=name)
        found = connection.sql(query)

        assert found.columns == [name]
        assert found.fetchall() == [(text,)]


def test_a_text_that_sql_would_cut_off_is_no_name() -> None:
    """SQL ends at a NUL; what comes after it would be lost."""
    with pytest.raises(ValueError, match="NUL"):
        quoted_name("a\0b")


def test_no_statement_is_put_together_in_another_place() -> None:
    """Every statement is a constant text, and goes through `statement` if it has parts."""
    folders = {
        Path(str(io_managers.duckdb.__file__)).parent: "*.py",
        Path(str(assets_core.__file__)).parent / "backends": "*[dq]u*.py",
    }
    calls = [
        (path.name, node.lineno, node.args[0])
        for folder, names in folders.items()
        for path in folder.glob(names)
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"execute", "sql", "query"}
    ]

    assert len(calls) > 10
    assert [(name, line) for name, line, sql in calls if not _is_safe(sql)] == []


def _is_safe(sql: ast.expr) -> bool:
    if isinstance(sql, ast.Call):
        return isinstance(sql.func, ast.Name) and sql.func.id == "statement"
    # What a user asks is the text of a query, and never put together.
    if isinstance(sql, ast.Attribute):
        return ast.unparse(sql) == "question.text"
    return isinstance(sql, ast.Constant | ast.Name)


@given(keys=st.lists(asset_keys(), min_size=2, max_size=20, unique_by=str.casefold))
def test_no_two_cells_have_one_name(keys: list[AssetKey]) -> None:
    """Neither in one environment nor, unless a key begins with its name, in two."""
    places = [place_of(Cell(key), env) for key in keys for env in ENVIRONMENTS]

    assert len({str(place).casefold() for place in places}) == len(places)


@pytest.mark.parametrize(
    ("key", "env", "name"),
    [
        ("orders", "main", "main.orders"),
        ("raw/orders", "main", "raw.orders"),
        ("shop/raw/orders", "main", '"shop.raw".orders'),
        ("orders", "dev", "dev.orders"),
        ("raw/orders", "dev", '"dev.raw".orders'),
        ("main/orders", "main", '"main.".orders'),
        ("_assets/orders", "main", '"_assets.".orders'),
        ("pg_catalog/x", "main", '"pg_catalog.".x'),
        ("Größe-2", "main", 'main."Größe-2"'),
    ],
)
def test_a_key_is_a_name_in_sql(key: str, env: str, name: str) -> None:
    """One that can be pasted into a query."""
    assert str(place_of(Cell(AssetKey(key)), env)) == name


@given(key=asset_keys(), description=TEXTS)
def test_versions_are_told_from_everything_else(key: AssetKey, description: str) -> None:
    """A record that names another table of the database is not followed."""
    assert is_version_name(version_name(Cell(key), description))
    assert not is_version_name("_versions")
    assert not is_version_name("staged " + "0" * 32)
    assert not is_version_name(key)


@given(names=st.lists(st.text(max_size=3), unique=True))
def test_columns_get_names_that_duckdb_tells_apart(names: list[str]) -> None:
    """Those that it tells apart anyway keep theirs."""
    shown = shown_names(names)

    assert len({name.lower() for name in shown}) == len(names)
    alone = [name for name in names if name and "\0" not in name]
    if len({name.lower() for name in names}) == len(names) == len(alone):
        assert shown == names


def test_the_state_of_a_file_with_a_log_beside_it_cannot_be_told(tmp_path: Path) -> None:
    """What somebody has dropped may stand in the log alone."""
    manager = make_duckdb(str(tmp_path), {"database": "x.duckdb"})
    file = tmp_path / "x.duckdb"
    later = time.time() + 60
    assert manager.state(later) == "nothing"
    file.write_bytes(b"")
    alone = manager.state(later)
    (tmp_path / "x.duckdb.wal").write_bytes(b"")

    assert alone is not None
    assert manager.state(later) is None

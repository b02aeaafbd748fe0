"""No SQL is put together from values: they are bound, or quoted by a module for it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SQL = re.compile(
    r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s.+\sSET|DELETE\s+FROM|DROP\s+(TABLE|VIEW)"
    r"|CREATE\s+(TABLE|VIEW|SCHEMA)|ALTER\s+TABLE|ATTACH|COPY\s.+\sTO)\b",
    re.DOTALL,
)

# file: why it is safe there
QUOTED = "all that is put in was quoted by the dialect of the database"
ALLOWED: dict[str, str] = {
    "io_managers/sql/views.py": QUOTED,
    "assets_core/backends/postgres/schema.py": "a schema's name is checked when it is read",
    "assets_core/versioning/canonical_order.py": "numbers of columns, which are ours",
}


def texts_in(tree: ast.AST) -> list[str]:
    """Return the SQL with something put into it, by an f-string, `%`, `+` or `format`."""
    found: list[str] = []
    for node in ast.walk(tree):
        match node:
            case ast.JoinedStr(values=values):
                fixed = [one.value for one in values if isinstance(one, ast.Constant)]
                if len(fixed) < len(values):
                    found.append("{}".join(map(str, fixed)))
            case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
                found.append(text)
            case ast.Call(
                func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")
            ):
                found.append(text)
            case _:
                pass
    return [text for text in found if SQL.search(text)]


def found() -> set[str]:
    """Return where SQL is put together."""
    return {
        path.relative_to(ROOT).as_posix()
        for package in ("assets_core", "io_managers")
        for path in sorted((ROOT / package).rglob("*.py"))
        if texts_in(ast.parse(path.read_text(encoding="utf-8")))
    }


def test_no_value_is_put_into_sql() -> None:
    """A name of a partition stays a name."""
    assert found() - ALLOWED.keys() == set()


def test_the_list_of_exceptions_is_not_longer_than_needed() -> None:
    """An exception that nothing uses would let the next one in unseen."""
    assert ALLOWED.keys() - found() == set()


@pytest.mark.parametrize(
    "code",
    [
        'f"SELECT a FROM {table}"',
        '"DELETE FROM %s" % table',
        '"DROP TABLE {}".format(table)',
        "f'CREATE SCHEMA \"{name}\"'",
    ],
)
def test_each_way_to_do_it_is_seen(code: str) -> None:
    """The test itself is tested."""
    assert texts_in(ast.parse(code))

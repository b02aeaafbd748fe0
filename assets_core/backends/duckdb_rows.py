"""Finds the rows in which two tables differ, with DuckDB, which spills to disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple

import duckdb
import pyarrow as pa

from assets_core.errors import DataError, UsageError
from assets_core.model.quoting import Definition, statement
from assets_core.model.quoting import Literal as Quoted

FEW = 5
"""How many examples there are of each kind, those with the least keys."""


class Example(NamedTuple):
    """A row that differs, as it was and as it is, by the names of its columns."""

    change: Literal["added", "removed", "changed"]
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None


class Compared(NamedTuple):
    """How many rows differ, and some of them.

    Attributes:
        columns: For each column that is no key, in how many changed rows it differs.
    """

    added: int
    removed: int
    changed: int
    columns: Mapping[str, int]
    examples: tuple[Example, ...]


def compare(
    sides: tuple[pa.Table | str, pa.Table | str],
    columns: Mapping[str, bool],
    key: tuple[str, ...],
    where: tuple[str, str, str],
) -> Compared:
    """Return how many rows were added, removed and changed, with examples.

    Args:
        sides: What is new, and what it is compared with: a table, or the path of a
            Parquet file no two columns of which differ only in case.
        columns: Those that both have, and whether each is compared as it is, not as text.
        key: The columns that say which rows are the same; if empty, rows are compared as
            a whole and as often as they are there, and none is changed.
        where: What is compared, and the names of the two sides, for errors.

    Raises:
        UsageError: Several rows have the same key.
        DataError: DuckDB cannot compare what is there.
    """
    with (
        tempfile.TemporaryDirectory(prefix="assets-diff-") as spill,
        duckdb.connect(
            ":memory:",
            config={"temp_directory": spill, "autoinstall_known_extensions": "false"},
        ) as connection,
    ):
        try:
            for name, side in zip(("new", "old"), sides, strict=True):
                _show(connection, name, side, columns)
            if key:
                return _by_key(connection, columns, key, where)
            return _by_row(connection, _aliases(columns))
        except duckdb.Error as error:
            raise DataError(
                f"The rows of '{where[0]}' cannot be compared: {error}",
                fix="select other assets, or compare by a key: --key COLUMN",
            ) from error


def _show(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    side: pa.Table | str,
    columns: Mapping[str, bool],
) -> None:
    """Show one side as a view; columns of different types are compared as text.

    Its columns are called by where they stand: DuckDB does not tell `a` from `A`.
    """
    aliases = _aliases(columns)
    if isinstance(side, str):
        names = list(columns)
        path = "".join(f"[{one}]" if one in "*?[" else one for one in side)
        source = statement("read_parquet({path})", path=Quoted(path))
    else:
        names = [*aliases.values()]
        renamed = side.select(list(columns)).rename_columns(names)
        if not columns:  # DuckDB takes no table without one
            renamed = pa.table({"nothing": pa.nulls(side.num_rows)})
        connection.register(f"{name} table", renamed)
        source = statement("{table}", table=f"{name} table")
    selected = [
        statement(
            "{column} AS {alias}" if same else "CAST({column} AS VARCHAR) AS {alias}",
            column=column,
            alias=alias,
        )
        for column, alias, same in zip(
            names, aliases.values(), columns.values(), strict=True
        )
    ]
    connection.execute(
        statement(
            "CREATE VIEW {name} AS SELECT {columns} FROM {source}",
            name=name,
            columns=selected or [Definition("1 AS nothing")],
            source=source,
        )
    )


def _aliases(columns: Iterable[str]) -> dict[str, str]:
    return {name: f"c{number}" for number, name in enumerate(columns)}


def _by_row(connection: duckdb.DuckDBPyConnection, aliases: Mapping[str, str]) -> Compared:
    (added, here), (removed, there) = (
        connection.execute(
            statement(
                "SELECT count(*), min(r, {few}) FROM"
                " (FROM {one} EXCEPT ALL FROM {other}) r",
                one=one,
                other=other,
                few=Definition(str(FEW)),
            )
        ).fetchall()[0]
        for one, other in (("new", "old"), ("old", "new"))
    )
    examples = [
        *(Example("added", None, _named(row, aliases)) for row in here or ()),
        *(Example("removed", _named(row, aliases), None) for row in there or ()),
    ]
    return Compared(int(added), int(removed), 0, {}, tuple(examples if aliases else ()))


def _named(row: Mapping[str, Any], aliases: Mapping[str, str]) -> dict[str, Any]:
    return {name: row[alias] for name, alias in aliases.items()}


def _by_key(
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, bool],
    key: tuple[str, ...],
    where: tuple[str, str, str],
) -> Compared:
    aliases = _aliases(columns)
    for view, env in zip(("new", "old"), where[1:], strict=True):
        ((rows, keys),) = connection.execute(
            statement(
                "SELECT count(*), (SELECT count(*) FROM (SELECT DISTINCT {key}"
                " FROM {view})) FROM {view}",
                key=[aliases[name] for name in key],
                view=view,
            )
        ).fetchall()
        if rows != keys:
            raise UsageError(
                f"{rows - keys:,} rows of '{where[0]}' in '{env}' have a key that another"
                f" row has, too: {', '.join(key)}",
                fix="name columns that tell all rows apart: --key A,B",
            )
    return _joined(connection, aliases, key)


def _joined(
    connection: duckdb.DuckDBPyConnection, aliases: Mapping[str, str], by: tuple[str, ...]
) -> Compared:
    key = [aliases[name] for name in by]
    others = {name: alias for name, alias in aliases.items() if name not in by}
    there = statement("n.{mark} AND o.{mark}", mark="is there")
    differs = [
        statement("n.{name} IS DISTINCT FROM o.{name}", name=name)
        for name in others.values()
    ]
    kinds = {
        "added": statement("o.{mark} IS NULL", mark="is there"),
        "removed": statement("n.{mark} IS NULL", mark="is there"),
        "changed": f"{there} AND ({' OR '.join(differs) or 'false'})",
    }
    found = connection.execute(
        statement(
            "SELECT {counts}, {examples} {each}"
            " FROM (SELECT *, true AS {mark} FROM {new}) n"
            " FULL JOIN (SELECT *, true AS {mark} FROM {old}) o ON {on}",
            mark="is there",
            counts=[Definition(f"count(*) FILTER ({one})") for one in kinds.values()],
            examples=[Definition(_some(kind, one, key)) for kind, one in kinds.items()],
            each=Definition(
                "".join(f", count(*) FILTER ({there} AND {one})" for one in differs)
            ),
            new="new",
            old="old",
            on=Definition(
                " AND ".join(
                    statement("n.{name} IS NOT DISTINCT FROM o.{name}", name=name)
                    for name in key
                )
            ),
        )
    ).fetchall()[0]
    added, removed, changed = (int(one) for one in found[:3])
    examples = [
        Example(
            kind,
            None if kind == "added" else _named(row["o"], aliases),
            None if kind == "removed" else _named(row["n"], aliases),
        )
        for kind, rows in zip(_KINDS, found[3:6], strict=True)
        for row in rows or ()
    ]
    columns = dict(zip(others, map(int, found[6:]), strict=True))
    return Compared(added, removed, changed, columns, tuple(examples))


def _some(kind: str, which: str, key: list[str]) -> str:
    """Return an expression for the few rows of a kind with the least keys."""
    side = "o" if kind == "removed" else "n"
    by = ", ".join(statement("{side}.{name}", side=side, name=name) for name in key)
    return f"arg_min(struct_pack(n := n, o := o), row({by}), {FEW}) FILTER ({which})"


_KINDS: tuple[Literal["added", "removed", "changed"], ...] = ("added", "removed", "changed")

"""Counts the rows in which two tables differ, with DuckDB, which spills to disk."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping

import duckdb
import pyarrow as pa

from assets_core.errors import DataError, UsageError
from assets_core.model.quoting import Definition, Literal, statement


def compare(
    sides: tuple[pa.Table | str, pa.Table | str],
    columns: Mapping[str, bool],
    key: tuple[str, ...],
    where: tuple[str, str, str],
) -> tuple[int, int, int, dict[str, int]]:
    """Return how many rows were added, removed and changed, and of each column.

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
            return _by_row(connection)
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
        source = statement("read_parquet({path})", path=Literal(path))
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


def _by_row(
    connection: duckdb.DuckDBPyConnection,
) -> tuple[int, int, int, dict[str, int]]:
    counts = [
        connection.execute(
            statement(
                "SELECT count(*) FROM (FROM {one} EXCEPT ALL FROM {other})",
                one=one,
                other=other,
            )
        ).fetchall()[0][0]
        for one, other in (("new", "old"), ("old", "new"))
    ]
    return int(counts[0]), int(counts[1]), 0, {}


def _by_key(
    connection: duckdb.DuckDBPyConnection,
    columns: Mapping[str, bool],
    key: tuple[str, ...],
    where: tuple[str, str, str],
) -> tuple[int, int, int, dict[str, int]]:
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
    others = {name: alias for name, alias in aliases.items() if name not in key}
    return _joined(connection, others, [aliases[name] for name in key])


def _joined(
    connection: duckdb.DuckDBPyConnection, others: Mapping[str, str], key: list[str]
) -> tuple[int, int, int, dict[str, int]]:
    there = statement("n.{mark} AND o.{mark}", mark="is there")
    differs = [
        statement("n.{name} IS DISTINCT FROM o.{name}", name=name)
        for name in others.values()
    ]
    found = connection.execute(
        statement(
            "SELECT count(*) FILTER (o.{mark} IS NULL),"
            " count(*) FILTER (n.{mark} IS NULL),"
            " count(*) FILTER ({there} AND ({any})) {each}"
            " FROM (SELECT *, true AS {mark} FROM {new}) n"
            " FULL JOIN (SELECT *, true AS {mark} FROM {old}) o ON {on}",
            mark="is there",
            there=there,
            any=Definition(" OR ".join(differs) or "false"),
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
    added, removed, changed, *each = (int(one) for one in found)
    return added, removed, changed, dict(zip(others, each, strict=True))

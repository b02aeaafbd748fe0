"""Where the values of each column of a query come from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope, traverse_scope

from assets_core.backends.sqlglot.dialect import AssetsSQL
from assets_core.model.queries import ColumnOrigin, Name


def find_origins(
    text: str, tables: Mapping[Name, Mapping[str, str]], columns: Sequence[str]
) -> tuple[ColumnOrigin, ...] | None:
    """Return where the values of each column come from; None where it cannot be told."""
    numbers = {f"t{place}": name for place, name in enumerate(tables)}
    schema: Any = {number: dict(tables[name]) for number, name in numbers.items()}
    try:
        tree = sqlglot.parse_one(text, read=AssetsSQL)
        _number_tables(tree, {_small(name): one for one, name in numbers.items()})
        _write_windows_out(tree)
        _refuse_the_unclear(tree)
        whole = qualify(tree, dialect=AssetsSQL, schema=schema, identify=False)
        _refuse_rows(whole)
        found: Any = lineage(
            None,
            whole,
            schema,
            dialect=AssetsSQL,
            scope=build_scope(whole),
            trim_selects=False,
            copy=False,
        )
        if whole.find(exp.Columns) or len(found) != len(columns):
            return None
        origins = [
            ColumnOrigin(column, ".".join(table), name)
            for column, node in zip(columns, found.values(), strict=True)
            for table, name in sorted(set(_leaves(node, numbers, tables)))
        ]
    except (SqlglotError, ValueError, LookupError, RecursionError):
        return None
    return tuple(dict.fromkeys(origins))


def _number_tables(tree: exp.Expr, numbers: Mapping[Name, str]) -> None:
    """Give the tables that are read names of one part, which a schema can have."""
    read = {
        id(source): source
        for scope in traverse_scope(tree)
        for source in scope.sources.values()
        if isinstance(source, exp.Table)
    }
    for table in read.values():
        number = numbers.get(_small(tuple(part.name for part in table.parts)))
        if number is None:
            continue
        alias = table.alias_or_name
        for part in ("db", "catalog"):
            table.set(part, None)
        table.set("this", exp.to_identifier(number))
        if not table.args.get("alias"):
            table.set("alias", exp.TableAlias(this=exp.to_identifier(alias)))
    for column in tree.find_all(exp.Column):
        for part in ("db", "catalog"):
            column.set(part, None)


def _refuse_the_unclear(tree: exp.Expr) -> None:
    """Refuse what sqlglot follows to other columns than DuckDB does.

    Raises:
        LookupError: There is something of that kind.
    """
    if tree.find(exp.PositionalColumn):
        raise LookupError("#")
    for union in tree.find_all(exp.SetOperation):
        if union.args.get("by_name"):
            raise LookupError("by name")
    for table in tree.find_all(exp.Table):
        alias = table.args.get("alias")
        renames = alias is not None and alias.args.get("columns")
        if renames and not isinstance(table.this, exp.Func):
            raise LookupError(table.alias)


def _refuse_rows(tree: exp.Expr) -> None:
    """Refuse tables that are named as one value: their columns are not followed.

    Raises:
        LookupError: There is one.
    """
    for scope in traverse_scope(tree):
        names = {name.lower() for name in scope.sources}
        for column in scope.columns:
            if not column.table and column.name.lower() in names:
                raise LookupError(column.name)
    if tree.find(exp.TableColumn):
        raise LookupError("row")


def _write_windows_out(tree: exp.Expr) -> None:
    """Put what `window w as (…)` says where `over w` stands."""
    for select in tree.find_all(exp.Select):
        named = {one.name: one for one in select.args.get("windows") or ()}
        for window in select.find_all(exp.Window):
            says = named.get(window.alias)
            if says is not None:
                for key in ("partition_by", "order", "spec"):
                    if says.args.get(key):
                        window.set(key, _copy(says.args[key]))
                window.set("alias", None)


def _copy(value: Any) -> Any:
    return [one.copy() for one in value] if isinstance(value, list) else value.copy()


def _small(name: Name) -> Name:
    return tuple(part.lower() for part in name)


def _as_stored(written: str, columns: Mapping[str, str]) -> str:
    """Return a column as it is called where it is stored, from `table.column` in SQL.

    Raises:
        LookupError: There is no such column.
    """
    name = exp.to_column(written).name.lower()
    for one in columns:
        if one.lower() == name:
            return one
    raise LookupError(written)


def _leaves(
    node: Any, numbers: Mapping[str, Name], tables: Mapping[Name, Mapping[str, str]]
) -> Iterator[tuple[Name, str]]:
    """Yield the tables and columns at which a column begins.

    Raises:
        LookupError: It cannot be told.
    """
    for one in node.walk():
        found = one.expression
        if one.downstream:
            continue
        if isinstance(found, exp.Table):
            table = numbers[found.name]
            yield table, _as_stored(one.name, tables[table])
        elif _is_unknown(found):
            raise LookupError(one.name)


def _is_unknown(found: exp.Expr) -> bool:
    if isinstance(found, exp.Placeholder):
        return not found.this
    stars = found.find_all(exp.Star)
    return found.find(exp.Column) is not None or any(
        not isinstance(one.parent, exp.Count) for one in stars
    )

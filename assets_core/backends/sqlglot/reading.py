"""What there is to know of a query before it is carried out."""

from __future__ import annotations

from collections.abc import Iterator

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from assets_core.backends.sqlglot.dialect import AssetsSQL
from assets_core.backends.sqlglot.normal_form import components
from assets_core.backends.sqlglot.tables import read_tables
from assets_core.model.queries import Reading

_LIMITS = ("limit", "offset", "fetch")
_BY_CHANCE = {"GEN_RANDOM_UUID", "RANDOM", "UUID", "UUIDV4", "UUIDV7"}
_BY_CLOCK = {
    *("CURRENT_DATE", "CURRENT_LOCALTIME", "CURRENT_LOCALTIMESTAMP", "CURRENT_TIME"),
    *("CURRENT_TIMESTAMP", "GET_CURRENT_TIME", "GET_CURRENT_TIMESTAMP", "LOCALTIME"),
    *("LOCALTIMESTAMP", "NOW", "TODAY", "TRANSACTION_TIMESTAMP"),
}
_BY_PLACE = {
    *("CURRENT_CATALOG", "CURRENT_CONNECTION_ID", "CURRENT_DATABASE", "CURRENT_QUERY"),
    *("CURRENT_QUERY_ID", "CURRENT_SCHEMA", "CURRENT_SCHEMAS", "CURRENT_SETTING"),
    *("CURRENT_TRANSACTION_ID", "CURRENT_VERSION", "CURRVAL", "GETVARIABLE"),
    *("IN_SEARCH_PATH", "NEXTVAL", "SETVAL", "STATS", "TXID_CURRENT", "VECTOR_TYPE"),
}
"""What depends on the connection, on the program or on how the query is written."""
_SHOWN = {"CURRENT_VERSION": "VERSION"}
_UNSURE = _BY_CHANCE | _BY_CLOCK | _BY_PLACE
_HIDING = ("READ_", "PARQUET_", "SNIFF_", "GLOB", "QUERY", "DUCKDB_", "PRAGMA_")
"""How table functions begin that read files, tables that they are told by a text, or
what DuckDB knows of itself.
"""


def read(text: str) -> Reading:
    """Return what there is to know of a query; what is wrong with it is in it."""
    try:
        trees = [one for one in sqlglot.parse(text, read=AssetsSQL) if one is not None]
    except SqlglotError as error:
        return _unreadable(error)
    except RecursionError:
        return Reading(problem="it is nested too deeply")
    problem = _problem(trees)
    if problem:
        return Reading(problem=problem)
    (tree,) = trees
    return Reading(
        tables=read_tables(tree),
        parameters=tuple(sorted({one.name for one in tree.find_all(exp.Placeholder)})),
        components=components(tree),
        ordered=bool(tree.args.get("order")),
        unsure=tuple(dict.fromkeys(_unsure(tree))),
    )


def _unreadable(error: SqlglotError) -> Reading:
    """Return where a text stops being SQL."""
    found = getattr(error, "errors", None)
    if not found:
        return Reading(problem=f"it cannot be read: {str(error).splitlines()[0]}")
    first = found[0]
    near = f" near '{first['highlight']}'" if first.get("highlight") else ""
    said = str(first["description"]).rstrip(".")
    return Reading(problem=f"it cannot be read{near}: {said}", line=first.get("line") or 0)


def _problem(trees: list[exp.Expr]) -> str:
    if len(trees) != 1:
        return f"it has {len(trees)} statements" if trees else "it is empty"
    (tree,) = trees
    if not isinstance(tree, exp.Query | exp.Pivot | exp.Values):
        return f"it is no query but {type(tree).__name__.upper()}"
    for function in tree.find_all(exp.Func):
        name = _function(function)
        if isinstance(function.parent, exp.Table) and name.startswith(_HIDING):
            return f"what {name.lower()}() reads has no version"
    for parameter in tree.find_all(exp.Placeholder, exp.Parameter):
        if not parameter.name.isidentifier():
            return "its parameters have no names, or a text stands in dollars"
    return ""


def _unsure(tree: exp.Expr) -> Iterator[str]:
    """Yield what may give other rows another time, though nothing has changed."""
    for node in tree.walk():
        if isinstance(node, exp.Query) and not node.args.get("order"):
            yield from _unordered(node)
        elif isinstance(node, exp.TableSample) and not node.args.get("seed"):
            yield "a sample without REPEATABLE"
        elif isinstance(node, exp.Func):
            name = _function(node)
            if name in _UNSURE:
                yield f"{_SHOWN.get(name, name).lower()}()"
            elif name == "AGE" and len(node.expressions) == 1:
                yield "age() of one value"


def _unordered(node: exp.Expr) -> Iterator[str]:
    if any(node.args.get(key) for key in _LIMITS):
        yield "LIMIT without ORDER BY"
    distinct = node.args.get("distinct")
    if isinstance(distinct, exp.Distinct) and distinct.args.get("on"):
        yield "DISTINCT ON without ORDER BY"


def _function(node: exp.Func) -> str:
    name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
    aliases = {"RAND": "RANDOM"}
    return aliases.get(name.upper(), name.upper())

"""Which columns a query cannot do without.

`tables` says what may be a column of a table, which is too much where several tables stand
together. Here is too little rather: what has to be a column of one table, whatever the
others have, and without which the query fails.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlglot import exp

from assets_core.model.queries import Name

_NEAREST = (
    *(exp.Select, exp.SetOperation, exp.Subquery, exp.Values, exp.Pivot),
    *(exp.Lambda, exp.Comprehension),
)
_AROUND = (exp.CTE, exp.With, exp.SetOperation, exp.Subquery, exp.From)
_NO_COLUMNS = {"current_role", "rowid", "session_user", "user"}

Sources = list[tuple[str, Name | None]]
"""What stands after `from` and `join`: how it is called, and the table if it is one."""


def named_columns(tree: exp.Expr) -> Mapping[Name, set[str]]:
    """Return columns that tables must have, all in small letters."""
    made = {one.alias.lower() for one in tree.find_all(exp.CTE)}
    found: dict[Name, set[str]] = {}
    for select in tree.find_all(exp.Select):
        sources = _sources(select, made)
        for table, column in (*_told(select, sources), *_alone(select, sources)):
            found.setdefault(table, set()).add(column)
    return found


def _told(select: exp.Select, sources: Sources) -> Iterator[tuple[Name, str]]:
    """Yield columns that are written with their table."""
    names = [name for name, _ in sources]
    tables = {name: table for name, table in sources if names.count(name) == 1}
    for column in _columns(select):
        table = tables.get(column.table.lower())
        if table is not None and len(column.parts) == 2:  # noqa: PLR2004 - table and column
            yield table, column.name.lower()


def _alone(select: exp.Select, sources: Sources) -> Iterator[tuple[Name, str]]:
    """Yield columns without a table, where there is one only that can have them."""
    if len(sources) != 1 or _sees_others(select):
        return
    ((name, table),) = sources
    if table is None:
        return
    others = {one.alias.lower() for one in select.find_all(exp.Alias)} | {name}
    for column in _columns(select):
        own = column.name.lower()
        if len(column.parts) == 1 and own not in others | _NO_COLUMNS:
            yield table, own


def _columns(select: exp.Select) -> Iterator[exp.Column]:
    """Yield what is written like a column, but for what functions call their own."""
    for column in select.find_all(exp.Column):
        if isinstance(column.this, exp.Star):
            continue
        if column.find_ancestor(*_NEAREST) is select:
            yield column


def _sources(select: exp.Select, made: set[str]) -> Sources:
    start = select.args.get("from_")
    items = [] if start is None else [start.this]
    items += [join.this for join in select.args.get("joins") or ()]
    items += select.args.get("laterals") or []
    for item in items:  # grows while it is walked
        items += [join.this for join in item.args.get("joins") or ()]
    return [(item.alias_or_name.lower(), _table(item, made)) for item in items]


def _table(item: exp.Expr, made: set[str]) -> Name | None:
    """Return the name of a table with all of its columns under their own names."""
    if not isinstance(item, exp.Table) or isinstance(item.this, exp.Func):
        return None
    alias = item.args.get("alias")
    renames = alias is not None and alias.args.get("columns")
    name = tuple(part.name.casefold() for part in item.parts)
    hidden = len(name) == 1 and name[0] in made
    return None if renames or hidden or item.args.get("pivots") else name


def _sees_others(select: exp.Select) -> bool:
    """Return whether a name in it may be that of a column of a query around it."""
    node: exp.Expr = select
    while node.parent is not None:
        parent = node.parent
        if isinstance(parent, exp.Select):
            if not isinstance(node, exp.With | exp.From):
                return True
        elif not isinstance(parent, _AROUND):
            return True
        node = parent
    return False

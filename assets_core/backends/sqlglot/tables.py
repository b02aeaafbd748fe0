"""Which tables a query reads, and which of their columns.

No schema is asked: what is unknown is decided so that too much is named and never too
little. A name without a table may be a column of any table around it; `select *` reads
every column, unless it is read itself by something that says which.

The data that a query sees holds only the columns that are found here, so that one that
was missed would be an error and not a wrong answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from sqlglot import exp

from assets_core.backends.sqlglot.named import named_columns
from assets_core.model.queries import Name, ReadTable

Parts = tuple[str, ...]
"""A column as it is written, in small letters: `t.a` is `("t", "a")`."""

_QUERIES = (exp.Select, exp.SetOperation, exp.Pivot, exp.Values)


@dataclass(slots=True, eq=False)
class Wish:
    """What is read of a table, a `with` or a subquery: some columns, or all.

    Attributes:
        name: Of an upstream table; None for what the query makes itself.
    """

    name: Name | None = None
    columns: set[str] = field(default_factory=set)
    all: bool = False

    def want(self, names: Iterable[str] | None) -> None:
        """Add columns; None for all."""
        if names is None:
            self.all = True
        else:
            self.columns |= set(names)


_EVERYTHING = Wish(all=True)
_NOTHING = Wish()
Known = Mapping[str, Wish]
"""The `with` that can be named somewhere, by name in small letters."""


def read_tables(tree: exp.Expr) -> tuple[ReadTable, ...]:
    """Return the tables that a query reads, apart from what it makes itself."""
    look = _Look()
    look.query(tree, {}, _EVERYTHING)
    named = named_columns(tree)
    return tuple(
        ReadTable(
            wish.name or (),
            None if wish.all else tuple(sorted(wish.columns)),
            tuple(sorted(named.get(key, ()))),
        )
        for key, wish in sorted(look.tables.items())
    )


class _Look:
    """One walk over a query, from what is wanted to what is read."""

    def __init__(self) -> None:
        self.tables: dict[Name, Wish] = {}

    def query(self, node: exp.Expr, known: Known, wish: Wish) -> set[Parts]:
        """Look at a query of which something is wanted.

        Returns:
            The columns it names that may be those of a query around it.
        """
        own = dict(known)
        made: list[tuple[exp.Expr, Known, Wish]] = []
        head = node.args.get("with_")
        recursive = head is not None and bool(head.args.get("recursive"))
        for cte in head.expressions if head is not None else ():
            renamed = bool(cte.args["alias"].args.get("columns"))
            result = Wish(all=renamed or recursive)
            before = dict(own)
            own[cte.alias.lower()] = result
            made.append((cte.this, dict(own) if recursive else before, result))
        free = self._body(node, own, wish)
        for body, seen, result in reversed(made):
            free |= self.query(body, seen, result)
        return free

    def _body(self, node: exp.Expr, known: Known, wish: Wish) -> set[Parts]:
        if isinstance(node, exp.Select):
            return _Scope(self, node, known, wish).look()
        if isinstance(node, exp.Subquery | exp.Paren) and not _is_from_item(node):
            return self.query(node.this, known, wish)
        free: set[Parts] = set()
        for part in _outermost(node):
            if isinstance(part, exp.Table):
                self.table(part, known).want(None)
            else:
                free |= self.query(part, known, _EVERYTHING)
        return free | set(_columns(node))

    def table(self, node: exp.Table, known: Known) -> Wish:
        """Return what is wanted of a table so far."""
        name = _name(node)
        if len(name) == 1 and name[0].lower() in known:
            return known[name[0].lower()]
        key = tuple(part.casefold() for part in name)
        return self.tables.setdefault(key, Wish(name))


class _Scope:
    """One `select` with the tables that it names."""

    def __init__(self, look: _Look, node: exp.Select, known: Known, wish: Wish) -> None:
        self._look, self._node, self._known, self._wish = look, node, known, wish
        self._sources: dict[str, Wish] = {}
        self._nameless: list[Wish] = []
        self._derived: list[tuple[exp.Expr, Wish]] = []
        self._seen: set[int] = set()  # what stands where tables stand, looked at already

    @property
    def _all(self) -> list[Wish]:
        return [*self._sources.values(), *self._nameless]

    def look(self) -> set[Parts]:
        """Look at it, and at all that is inside."""
        start = self._node.args.get("from_")
        if start is not None:
            self._item(start.this)
        for join in self._node.args.get("joins") or ():
            self._join(join)
        for lateral in self._node.args.get("laterals") or ():
            self._item(lateral)
        named = set(_columns(self._node))
        self._name(named)
        self._stars()
        free = set(named)
        # Subqueries may name our tables; what they name and do not have may be ours.
        for part in _outermost(self._node):
            if id(part) not in self._seen:
                free |= self._inner(part)
        for part, wish in self._derived:
            inside = self._look.query(part, self._known, wish)
            self._name(inside)
            free |= inside
        return {one for one in free if one[0] not in self._sources or len(one) == 1}

    def _inner(self, part: exp.Expr) -> set[Parts]:
        if isinstance(part, exp.Table):  # as in `where x in t`
            self._look.table(part, self._known).want(None)
            return set()
        wish = _NOTHING if isinstance(part.parent, exp.Exists) else _EVERYTHING
        inside = self._look.query(part, self._known, wish)
        self._name(inside)
        return inside

    # What stands after `from` and `join`.

    def _join(self, join: exp.Join) -> None:
        self._item(join.this)
        self._name({(one.name.lower(),) for one in join.args.get("using") or ()})
        if join.args.get("method") == "NATURAL":
            self._want_all()

    def _item(self, node: exp.Expr) -> None:
        if not isinstance(node, exp.Values):  # its values may be subqueries
            self._seen.add(id(node))
        if isinstance(node, exp.Table) and isinstance(node.this, exp.Func):
            return  # what it is given are columns or values
        if isinstance(node, exp.Table):
            self._add(node, self._look.table(node, self._known))
        elif isinstance(node, exp.Subquery | exp.Lateral):
            self._nested(node, _without_parentheses(node.this))
        for join in node.args.get("joins") or ():
            self._join(join)

    def _nested(self, node: exp.Expr, inner: exp.Expr) -> None:
        """Note a subquery, or tables that stand in parentheses."""
        if isinstance(inner, exp.Table):
            self._item(inner)
            if node.alias:
                self._want_all()
            return
        self._seen |= {id(one) for one in (inner, *_outermost(node))}
        wish = Wish()
        self._derived.append((inner, wish))
        self._add(node, wish)

    def _add(self, node: exp.Expr, wish: Wish) -> None:
        alias = node.args.get("alias")
        if node.args.get("pivots") or (alias is not None and alias.args.get("columns")):
            wish.want(None)  # the other columns become groups; columns are counted
        name = node.alias_or_name.lower()
        if name and self._sources.get(name, wish) is wish:
            self._sources[name] = wish
        else:
            self._nameless.append(wish)

    # What is said about it.

    def _want_all(self) -> None:
        for wish in self._all:
            wish.want(None)

    def _name(self, named: Iterable[Parts]) -> None:
        """Want the columns of our tables that somebody names."""
        for parts in named:
            if len(parts) == 1 and parts[0] in self._sources:
                self._sources[parts[0]].want(None)  # a row as one value
            if parts[0] not in self._sources:
                for wish in self._all:
                    wish.want(parts[:1])
            for table, column in pairwise(parts):
                if table in self._sources:
                    self._sources[table].want([column])

    def _stars(self) -> None:
        for star in _own(self._node, exp.Star, exp.Columns, exp.PositionalColumn):
            table = _table_of(star)
            asked = [self._sources[table]] if table in self._sources else self._all
            names = self._wanted_of(star) if len(asked) == 1 else None
            if not _counts_rows(star):
                for wish in asked:
                    wish.want(names)

    def _wanted_of(self, star: exp.Expr) -> set[str] | None:
        """Return what is wanted of a star: all, or what somebody reads of this query."""
        holder = star.parent if isinstance(star.parent, exp.Column) else star
        if self._wish.all or holder.parent is not self._node or _depends_on_all(self._node):
            return None
        if not isinstance(star, exp.Star):
            return None
        names = {
            name.name.lower()
            for key in ("except_", "rename", "replace")
            for part in star.args.get(key) or ()
            for name in part.find_all(exp.Identifier)
        }
        return self._wish.columns | names


def _is_from_item(node: exp.Expr) -> bool:
    return isinstance(node.this, exp.Table)


def _without_parentheses(node: exp.Expr) -> exp.Expr:
    while isinstance(node, exp.Subquery) and not node.args.get("with_"):
        node = node.this
    return node


def _name(table: exp.Table) -> Name:
    """Return the parts of a table's name."""
    return tuple(part.name for part in table.parts)


def _outermost(node: exp.Expr) -> Iterator[exp.Expr]:
    """Yield the queries and tables inside a node that are in no other of these."""
    for child in node.iter_expressions():
        if isinstance(child, exp.With):
            continue
        if isinstance(child, exp.Table) and not isinstance(child.this, exp.Func):
            yield child
            for join in child.args.get("joins") or ():
                yield from _outermost(join)
        elif isinstance(child, _QUERIES) and not _is_operator(child):
            yield child
        else:
            yield from _outermost(child)


def _is_operator(node: exp.Expr) -> bool:
    """Return whether a pivot belongs to the table that it stands behind."""
    return isinstance(node, exp.Pivot) and node.arg_key == "pivots"


def _own(node: exp.Expr, *kinds: type[exp.Expr]) -> Iterator[exp.Expr]:
    """Yield what is inside a query and in no query inside it."""
    for child in node.iter_expressions():
        if isinstance(child, kinds):
            yield child
        if not isinstance(child, (exp.With, *_QUERIES)) or _is_operator(child):
            yield from _own(child, *kinds)


def _columns(node: exp.Expr) -> Iterator[Parts]:
    """Yield the columns that a query names itself."""
    for column in _own(node, exp.Column):
        parts = tuple(part.name.lower() for part in column.parts)  # type: ignore[attr-defined]
        if not isinstance(column.this, exp.Star):
            yield parts


def _table_of(star: exp.Expr) -> str:
    holder = star.parent
    return holder.table.lower() if isinstance(holder, exp.Column) else ""


def _counts_rows(star: exp.Expr) -> bool:
    return isinstance(star, exp.Star) and isinstance(star.parent, exp.Count)


def _depends_on_all(node: exp.Select) -> bool:
    """Return whether rows or their order depend on every column of a star."""
    if node.args.get("distinct"):
        return True
    clauses = [node.args[key] for key in ("group", "order") if node.args.get(key)]
    # A literal may be the position of a column, in parentheses or in `rollup` too.
    return any(
        one.args.get("all") or one.find(exp.Literal, exp.Var) is not None for one in clauses
    )

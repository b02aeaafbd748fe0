"""DuckDB's SQL as sqlglot reads it, with a few differences."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import TokenType, exp
from sqlglot.dialects.duckdb import DuckDB
from sqlglot.parsers.duckdb import DuckDBParser

_JSON = ("EXTRACT", "EXTRACT_PATH", "EXTRACT_PATH_TEXT", "EXTRACT_STRING")
_REWRITTEN = {
    *("DATEDIFF", "DATETRUNC", "DATE_DIFF", "DATE_TRUNC"),
    *(f"JSON_{name}" for name in _JSON),
}
"""Functions that sqlglot understands too well.

It takes a column for the name of a unit, as in `date_trunc(unit, ts)`, and writes the paths
of JSON anew, so that `x.y` and `$.x.y` would be one.
"""


class AssetsSQL(DuckDB):
    """DuckDB's SQL without texts in dollars, and nothing in it is rewritten.

    While sqlglot looks for the end of such a text, it loses its place behind a parameter
    such as `$partition_key` that an empty text follows. `$$texts$$` are refused instead.
    """

    class Tokenizer(DuckDB.Tokenizer):
        """What `$` begins is always a parameter."""

        HEREDOC_STRINGS = []  # noqa: RUF012 - as the class above has it

    class Parser(DuckDBParser):
        """Functions and numbers as they are written, and columns that are called `all`."""

        FUNCTIONS = {  # noqa: RUF012 - as the class above has it
            name: build
            for name, build in DuckDBParser.FUNCTIONS.items()
            if name not in _REWRITTEN
        }

        def _parse_primary(self) -> exp.Expr | None:
            """Read a number such as `.5`, which has another type than `0.5`."""
            start = self._curr.token_type if self._curr else None
            found = super()._parse_primary()
            if start is TokenType.DOT and isinstance(found, exp.Literal):
                return exp.Literal.number(found.name.removeprefix("0"))
            return found

        def _parse_ordered(
            self, parse_method: Callable[[], exp.Expr | None] | None = None
        ) -> exp.Ordered | None:
            """Read an item of `order by`, where only a bare `all` means all columns."""

            def read() -> exp.Expr | None:
                start = self._curr.token_type
                found = parse_method() if parse_method else self._parse_disjunction()
                if found is None or found.name.upper() != "ALL" or start is TokenType.ALL:
                    return found
                return exp.Paren(this=found)

            return super()._parse_ordered(read)

    def to_json_path(self, path: exp.Expr | None) -> exp.Expr | None:
        """Return a path as it is written."""
        return path

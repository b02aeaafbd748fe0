"""Reads queries with sqlglot. See `assets_core.protocols.sql_parser`."""

from assets_core.backends.sqlglot.origins import find_origins
from assets_core.backends.sqlglot.reading import read

__all__ = ["SqlglotParser"]


class SqlglotParser:
    """Queries in DuckDB's dialect."""

    read = staticmethod(read)
    origins = staticmethod(find_origins)

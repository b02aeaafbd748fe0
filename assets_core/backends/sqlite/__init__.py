"""The metadata store in one SQLite file."""

from assets_core.backends.sqlite.opening import open_sqlite

__all__ = ["open_sqlite"]

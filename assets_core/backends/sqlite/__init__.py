"""The metadata store in one SQLite file."""

from assets_core.backends.sqlite.store import SQLiteStore, open_sqlite

__all__ = ["SQLiteStore", "open_sqlite"]

"""The metadata store in a schema of a PostgreSQL database."""

from assets_core.backends.postgres.opening import open_postgres

__all__ = ["open_postgres"]

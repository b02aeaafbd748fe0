"""Looks at sources of every kind: asks the backend of each, and finds the version.

What takes a network or a user's function has a time limit. Secrets come from variables
of the environment and are taken out of all that is told.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from traceback import format_exception
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import unquote

from assets_core.backends.local_files import LocalFiles
from assets_core.errors import ConfigurationError, SourceError
from assets_core.model.assets import Source
from assets_core.model.masking import masked, place_of, variables_in, without
from assets_core.model.origins import (
    DatabaseRows,
    ManyFiles,
    OneFile,
    VersionFunction,
    WebFile,
)
from assets_core.model.records import FileIdentity, Observation
from assets_core.model.versions import Digest, digest
from assets_core.parallel import TooLateError, within
from assets_core.protocols.clock import Clock
from assets_core.workspace.filling_in import filled_in

if TYPE_CHECKING:
    import pyarrow as pa

    from assets_core.backends.web_files import Address, WebFiles

T = TypeVar("T")

UNKNOWN = FileIdentity(-1, 0, 0, 0, 0)
SHORTEST_SECRET = 4
"""Shorter values of variables are left in messages: they are words, not secrets."""

_ORDERED = re.compile(r"\border\s+by\b", re.IGNORECASE)


class Sources:
    """Every kind of source of one project.

    Args:
        environment: The variables that `${NAME}` in a URL stands for.
    """

    def __init__(self, project: Path, clock: Clock, environment: Mapping[str, str]) -> None:
        self._project = project
        self._environment = environment
        self._files = LocalFiles(project, clock)
        self._values: dict[tuple[str, Digest], Any] = {}

    def where(self, source: Source) -> str:
        """Return where a source is, for people to read: without any secrets."""
        origin = source.origin
        if isinstance(origin, OneFile | ManyFiles):
            return self._files.where(origin)
        return masked(origin.url) if isinstance(origin, DatabaseRows) else str(origin)

    def observe(self, source: Source, last: Observation | None) -> Observation:
        """Return the version of a source."""
        match source.origin:
            case OneFile() | ManyFiles() as origin:
                return self._files.observe(source, origin, last)
            case WebFile() as origin:
                address, web = self._address(source, origin), self._web
                return _in_time(
                    source, origin.timeout, lambda: web.observe(source, address, last)
                )
            case DatabaseRows() as origin:
                return self._observe_rows(source, origin)
            case VersionFunction() as origin:
                return self._observe_value(source, origin)

    def read(self, source: Source, seen: Observation) -> Any:
        """Return what a parameter receives of a source, in the version that was seen."""
        match source.origin:
            case OneFile() | ManyFiles() as origin:
                return self._files.read(origin)
            case WebFile() as origin:
                return self._web.download(source, self._address(source, origin), seen)
            case DatabaseRows() as origin:
                return self._read_rows(source, origin, seen)
            case VersionFunction():
                return self._values[source.key, seen.version]

    def close(self) -> None:
        """Throw away what was copied from elsewhere."""
        if "_web" in vars(self):
            self._web.close()

    # Web servers.

    @cached_property
    def _web(self) -> WebFiles:
        found: WebFiles = importlib.import_module(
            "assets_core.backends.web_files"
        ).WebFiles()
        return found

    def _address(self, source: Source, origin: WebFile) -> Address:
        url, secrets = self._filled_in(source, origin.url)
        backend = importlib.import_module("assets_core.backends.web_files")
        address: Address = backend.Address(url, masked(origin.url), origin.timeout, secrets)
        return address

    def _filled_in(self, source: Source, text: str) -> tuple[str, tuple[str, ...]]:
        """Return a URL with its variables, and what of it nobody may be told."""
        names = variables_in(text)
        if missing := [name for name in names if name not in self._environment]:
            raise SourceError(
                f"Source '{source.key}' needs the environment variable {missing[0]},"
                " which is not set",
                fix=f"export {missing[0]}=…",
                where=source.where,
            )
        url = filled_in(text, self._environment)
        secrets = [self._environment[name] for name in names]
        secrets = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET]
        login = url.partition("://")[2].rpartition("@")[0]
        secrets += [login, login.partition(":")[2], unquote(login.partition(":")[2])]
        return url, tuple(filter(None, secrets))

    # Databases.

    def _observe_rows(self, source: Source, origin: DatabaseRows) -> Observation:
        def ask(query: str) -> pa.Table:
            (table,) = _in_time(
                source,
                origin.timeout,
                lambda: self._ask(source, origin, [query], origin.timeout),
            )
            return table

        asked = origin.version or origin.sql
        table = ask(asked)
        if origin.version and _tells_nothing(table):
            asked, table = origin.sql, ask(origin.sql)
        version = self._version_of_rows(source, origin, _in_order(asked, table))
        return Observation(source.key, self.where(source), UNKNOWN, version)

    def _read_rows(
        self, source: Source, origin: DatabaseRows, seen: Observation
    ) -> pa.Table:
        queries = [origin.version, origin.sql] if origin.version else [origin.sql]
        tables = self._ask(source, origin, queries, None)
        ordered = [_in_order(*pair) for pair in zip(queries, tables, strict=True)]
        telling = ordered[-1] if _tells_nothing(ordered[0]) else ordered[0]
        if self._version_of_rows(source, origin, telling) != seen.version:
            raise SourceError(
                f"Source '{source.key}' changed before it was read",
                fix="run again when whatever writes it has finished",
                where=seen.path,
            )
        return ordered[-1]

    def _ask(
        self, source: Source, origin: DatabaseRows, queries: list[str], limit: float | None
    ) -> list[pa.Table]:
        url, secrets = self._filled_in(source, origin.url)
        try:
            backend = importlib.import_module("assets_core.backends.sql_rows")
        except ModuleNotFoundError as error:
            if error.name != "sqlalchemy":
                raise
            raise ConfigurationError(
                f"Source '{source.key}' reads a database, and SQLAlchemy is not installed",
                fix="pip install 'assets-core[sql]'",
                where=source.where,
            ) from error
        try:
            tables: list[pa.Table] = backend.read_rows(self._project, url, queries, limit)
        except backend.QueryError as error:
            raise SourceError(
                f"Source '{source.key}' cannot be read: {without(str(error), secrets)}",
                fix=f"see whether it answers, or mend the query at {source.where}",
                where=self.where(source),
            ) from None
        return tables

    def _version_of_rows(
        self, source: Source, origin: DatabaseRows, rows: pa.Table
    ) -> Digest:
        """Return the version that some rows stand for: also another query is another."""
        url, _ = self._filled_in(source, origin.url)
        versions = importlib.import_module("assets_core.versioning.data_version")
        found = versions.data_version(rows).digest
        return digest(place_of(url), origin.sql, origin.version, found)

    # Functions.

    def _observe_value(self, source: Source, origin: VersionFunction) -> Observation:
        try:
            value = _in_time(source, origin.timeout, origin.function)
        except SourceError:
            raise
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the user's code may raise anything
            said = f"{type(error).__name__}: {error}".strip(": ")
            told = SourceError(
                f"Source '{source.key}' cannot be read: its function raised {masked(said)}",
                fix=f"mend the function given at {source.where}, or what it looks at",
                where=str(origin),
            )
            told.add_note(masked("".join(format_exception(error))))
            raise told from None
        version = digest(*_as_text(source, origin, value))
        self._values[source.key, version] = value
        return Observation(source.key, str(origin), UNKNOWN, version)


def _tells_nothing(table: pa.Table) -> bool:
    """Return whether a watermark is that of no rows: it may stay when some come."""
    return all(column.null_count == table.num_rows for column in table.columns)


def _in_order(sql: str, table: pa.Table) -> pa.Table:
    """Return rows in the order of the query; if it asks for none, in one of ours."""
    canonical = importlib.import_module("assets_core.versioning.canonical")
    table = canonical.canonical_table(table)
    return table if _ORDERED.search(sql) else canonical.in_canonical_order(table)


def _as_text(source: Source, origin: VersionFunction, value: Any) -> tuple[str, str]:
    """Return what makes a version of what a function returned."""
    known = isinstance(value, str | int | float | bytes | date)
    nothing = value != value or value in ("", b"")  # noqa: PLR0124 - NaN and NaT are not equal to themselves
    if isinstance(value, bool) or not known or nothing:
        raise SourceError(
            f"Source '{source.key}' cannot be read: its function returned"
            f" {masked(repr(value)):.60},"
            " which is no version",
            fix="return a text, a number, bytes, a date or a time that is another when the"
            " data is another",
            where=str(origin),
        )
    kind = next(kind for kind in (str, int, float, bytes, date) if isinstance(value, kind))
    shown = value.isoformat() if isinstance(value, date) else kind.__repr__(value)
    return kind.__name__, shown


def _in_time(source: Source, seconds: float, work: Callable[[], T]) -> T:
    try:
        return within(seconds, work)
    except TooLateError:
        raise SourceError(
            f"Source '{source.key}' cannot be read: no answer within {seconds:g} s",
            fix=f"see what it waits for, or give it more time: timeout={seconds * 6:g}",
            where=source.where,
        ) from None

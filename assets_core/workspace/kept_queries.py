"""What was read out of the queries of a project, kept from one process to the next.

So an unchanged project is planned without the library that parses SQL. As with the other
readings, what was kept counts only for the very same text, read by the very same program.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, cast

from assets_core import backends
from assets_core.errors import ConfigurationError
from assets_core.model.queries import ColumnOrigin, Name, Reading, ReadTable
from assets_core.model.versions import Digest, digest
from assets_core.protocols.sql_parser import SqlParser
from assets_core.versioning.installed import distribution
from assets_core.workspace.kept_readings import keep, kept


class KeptQueries:
    """A parser of SQL that remembers in a file what it has read.

    Args:
        folder: Where; it is made when it is first needed.
    """

    def __init__(self, folder: Path) -> None:
        self._place = folder / "queries.json"
        self._used: dict[str, Reading] = {}
        # Partitions of one asset have the same columns.
        self._origins: dict[object, tuple[ColumnOrigin, ...] | None] = {}

    def read(self, text: str) -> Reading:
        """Return what there is to know of a query; what is wrong with it is in it."""
        key = digest(text)
        if key not in self._used:
            self._used[key] = self._kept.get(key) or self._parser.read(text)
        return self._used[key]

    def origins(
        self,
        text: str,
        tables: Mapping[Name, Mapping[str, str]],
        columns: Sequence[str],
    ) -> tuple[ColumnOrigin, ...] | None:
        """Return where the values of each column come from; None where it is not known."""
        key = (text, repr(tables), tuple(columns))
        if key not in self._origins:
            self._origins[key] = self._parser.origins(text, tables, columns)
        return self._origins[key]

    def save(self) -> None:
        """Keep what this project has now, if that is not what was kept."""
        if self._used and self._used.keys() - self._kept.keys():
            body = {key: asdict(reading) for key, reading in self._used.items()}
            keep(self._place, self._reader, json.dumps(body))

    @cached_property
    def _parser(self) -> SqlParser:
        try:
            module = import_module("assets_core.backends.sqlglot")
        except ModuleNotFoundError as error:
            if error.name != "sqlglot":
                raise
            raise ConfigurationError(
                "A query has to be read, and the library 'sqlglot' is not installed",
                fix="pip install 'assets-core[sql]'",
            ) from error
        return cast("SqlParser", module.SqlglotParser())

    @cached_property
    def _kept(self) -> dict[str, Reading]:
        return kept(self._place, self._reader, _readings) or {}

    @cached_property
    def _reader(self) -> Digest:
        """Return a digest of what reads: the library, and our code around it."""
        found = distribution("sqlglot")
        library = "" if found is None else found.version
        folders = [Path(one) / "sqlglot" for one in backends.__path__]
        files = [file for folder in folders for file in sorted(folder.glob("*.py"))]
        return digest("queries 2", library, *(file.read_bytes() for file in files))


def _readings(text: str) -> dict[str, Reading]:
    return {key: _reading(data) for key, data in json.loads(text).items()}


def _reading(data: dict[str, Any]) -> Reading:
    tables = tuple(
        ReadTable(
            tuple(one["name"]),
            None if one["columns"] is None else tuple(one["columns"]),
            tuple(one["named"]),
        )
        for one in data["tables"]
    )
    return Reading(
        tables=tables,
        parameters=tuple(data["parameters"]),
        components=tuple((name, own) for name, own in data["components"]),
        ordered=data["ordered"],
        unsure=tuple(data["unsure"]),
        problem=data["problem"],
        line=data["line"],
    )

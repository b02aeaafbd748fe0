"""Tables in a DuckDB file, for those who ask with SQL."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assets_core.errors import ConfigurationError
from assets_core.protocols.io import IOManager
from io_managers.duckdb.database import open_database
from io_managers.duckdb.tables import TablesIOManager
from io_managers.duckdb.views import ViewFile, ViewsIOManager
from io_managers.parquet import COMPRESSIONS, ParquetIOManager
from io_managers.stores.local import LocalStore

DEFAULTS = {
    "database": "data/warehouse.duckdb",
    "storage": "tables",
    "publish": "view",
    "lock_timeout": 30,
    "root": "data",
    "compression": "snappy",
}
CHOICES = {"storage": ("tables", "views"), "publish": ("view", "none")}
FOR_VIEWS = ("root", "compression")


def make_duckdb(project: str, options: Mapping[str, Any]) -> IOManager:
    """Return the IO manager for an `[io.NAME]` section with `type = "duckdb"`.

    Options: `database`, the file (default `data/warehouse.duckdb`); `storage`,
    where the rows are (`tables` of that file, or Parquet files and `views` on them);
    `publish`, whether other tools find the data (`view` or `none`); `lock_timeout`, how
    many seconds to wait for others who have the file open (30). For `views` also `root`
    and `compression`, as Parquet has them.
    """
    given = {**DEFAULTS, **options}
    problems = [*_unknown(options), *_wrong(given)]
    views = given["storage"] == "views"
    if not views:
        problems += [
            f"'{name}' is for storage = \"views\"" for name in FOR_VIEWS if name in options
        ]
    if problems:
        raise ConfigurationError(
            "; ".join(problems), fix="mend the options of this section"
        )
    path, timeout = Path(project, given["database"]), float(given["lock_timeout"])
    published = given["publish"] == "view"
    if not views:
        return TablesIOManager(
            f"duckdb:{given['database']}",
            open_database(path),
            published=published,
            timeout=timeout,
        )
    return _make_views(project, given, ViewFile(path, timeout), published=published)


def _make_views(
    project: str, given: Mapping[str, Any], file: ViewFile, *, published: bool
) -> IOManager:
    root = Path(project, given["root"]).absolute()
    storage = f"duckdb:{given['database']}:{given['root']}"
    store = LocalStore(storage, root, ".parquet")
    inner = ParquetIOManager(store, given["compression"], "none")
    return ViewsIOManager(storage, inner, root, file, published=published)


def _unknown(options: Mapping[str, Any]) -> list[str]:
    *names, last = DEFAULTS
    return [
        f"there is no option '{name}'; it has {', '.join(names)} and {last}"
        for name in options
        if name not in DEFAULTS
    ]


def _wrong(given: Mapping[str, Any]) -> list[str]:
    problems = []
    for name, what in (("database", "file"), ("root", "folder")):
        value = given[name]
        if not isinstance(value, str) or not value:
            problems.append(f"'{name}' must be the name of a {what}")
        elif "://" in value:
            problems.append(f"'{name}' must be a {what} of this machine, not {value!r}")
    problems += [
        f"'{name}' must be one of {', '.join(known)}, not {given[name]!r}"
        for name, known in {**CHOICES, "compression": COMPRESSIONS}.items()
        if given[name] not in known
    ]
    seconds = given["lock_timeout"]
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        problems.append(f"'lock_timeout' must be a number of seconds, not {seconds!r}")
    return problems

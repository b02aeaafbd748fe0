"""Tables in PostgreSQL or SQLite, through SQLAlchemy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets_core.errors import ConfigurationError
from assets_core.protocols.io import IOManager

if TYPE_CHECKING:
    import sqlalchemy as sa

DEFAULTS = {"url": "", "publish": "view", "lock_timeout": 30}
_DRIVERS = {"postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}
_KNOWN = ("postgresql", "sqlite")


def make_sql(project: str, options: Mapping[str, Any]) -> IOManager:
    """Return the IO manager for an `[io.NAME]` section with `type = "sql"`.

    Options: `url`, the database, as SQLAlchemy writes it; `publish`, whether other tools
    find the tables (`view` or `none`); `lock_timeout`, how many seconds to wait for
    others who change the same (30).
    """
    problems = _wrong({**DEFAULTS, **options}, options)
    if problems:
        raise ConfigurationError(
            "; ".join(problems), fix="mend the options of this section"
        )
    given = {**DEFAULTS, **options}
    try:
        return _open(Path(project), given)
    except ModuleNotFoundError as error:
        extra = "sql" if error.name == "sqlalchemy" else "postgres"
        raise ConfigurationError(
            f"'{error.name}' is not installed: pip install 'assets-core[{extra}]'"
        ) from error


def _open(project: Path, given: Mapping[str, Any]) -> IOManager:
    # They load SQLAlchemy, which only those need who have such a section.
    import sqlalchemy as sa  # noqa: PLC0415

    from io_managers.sql.database import Database  # noqa: PLC0415
    from io_managers.sql.tables import SqlIOManager  # noqa: PLC0415

    try:
        url = sa.make_url(given["url"])
    except sa.exc.ArgumentError:  # which quotes all of it
        raise ConfigurationError(
            "'url' must be like 'postgresql://user@host/database' or 'sqlite:///shop.db'"
        ) from None
    url = url.set(drivername=_DRIVERS.get(url.drivername, url.drivername))
    kind = url.get_backend_name()
    if kind not in _KNOWN or (kind == "sqlite" and url.database in {None, "", ":memory:"}):
        raise ConfigurationError(
            f"'url' must name a database of PostgreSQL or a file of SQLite, not"
            f" {_place(url)!r}"
        )
    if "@" in (url.host or ""):
        raise ConfigurationError(
            "'url' has a password with an '@', '/', '?' or '#' in it, and is misread",
            fix="write these signs as %40, %2F, %3F and %23",
        )
    path = project / str(url.database) if kind == "sqlite" else None
    where = str(path) if path else _place(url)
    database = Database(
        url.set(database=str(path)) if path else url,
        path,
        where,
        float(given["lock_timeout"]),
    )
    return SqlIOManager(
        f"sql:{_place(url)}",
        database,
        published=given["publish"] == "view",
        secrets=(str(url.password),) if url.password else (),
    )


def _place(url: sa.URL) -> str:
    """Return where a database is, without who may use it and how."""
    kind = url.get_backend_name()
    host = url.host or url.query.get("host") or ""
    port = f":{url.port}" if url.port else ""
    return f"{kind}://{host}{port}/{url.database or ''}"


def _wrong(given: Mapping[str, Any], options: Mapping[str, Any]) -> list[str]:
    *names, last = DEFAULTS
    problems = [
        f"there is no option '{name}'; it has {', '.join(names)} and {last}"
        for name in options
        if name not in DEFAULTS
    ]
    if not isinstance(given["url"], str) or not given["url"]:
        problems.append("'url' must name a database: postgresql://… or sqlite:///…")
    if given["publish"] not in ("view", "none"):
        problems.append(f"'publish' must be one of view, none, not {given['publish']!r}")
    seconds = given["lock_timeout"]
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
        problems.append(f"'lock_timeout' must be a number of seconds, not {seconds!r}")
    return problems

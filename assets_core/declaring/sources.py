"""How a user says what others make: `source`. It stores text, and reads nothing."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from assets_core.declaring.options import checked_key, words
from assets_core.errors import AssetsError, DefinitionError
from assets_core.model.assets import Source
from assets_core.model.masking import variables_in
from assets_core.model.origins import (
    TIMEOUT,
    DatabaseRows,
    ManyFiles,
    OneFile,
    Origin,
    VersionFunction,
    WebFile,
    is_pattern,
)

_KINDS = ("path", "http", "sql", "function")
_EACH = "path='in/orders.csv', http='https://…', sql='select …' with url=, or function=…"


def source(  # noqa: PLR0913 - each kind has its own, by name
    key: str,
    *,
    path: str | Path | None = None,
    http: str | None = None,
    sql: str | None = None,
    url: str | None = None,
    version: str | None = None,
    function: Callable[[], Any] | None = None,
    timeout: float | None = None,
    group: str = "",
    tags: Iterable[str] = (),
    owners: Iterable[str] = (),
    description: str = "",
) -> Source:
    """Declare data that others make: a file, files, a web address, a query, or a function.

    Give one of `path`, `http`, `sql` and `function`. What reads it is stale when its
    version is another. In a URL, `${NAME}` is a variable of the environment.

    Args:
        key: Its name among the assets.
        path: A file, or a pattern such as `in/*.csv` for many, relative to the project's
            folder. The version is the content. A parameter annotated `pathlib.Path`
            receives the file, one annotated `list[Path]` the files of a pattern.
        http: A web address. The version is its `ETag`, else its `Last-Modified`, else
            the content. A parameter annotated `pathlib.Path` receives a copy.
        sql: A query. The version is its result; a parameter receives its rows, as any
            kind of frame.
        url: The database of the query, as SQLAlchemy writes it:
            `postgresql://app:${PASSWORD}@host/shop`, or `sqlite:///shop.db`.
        version: Another query, whose result is the version instead, such as
            `select max(updated_at) from orders`.
        function: Returns a version: a text, a number, a date or a time. A parameter
            receives what it returned.
        timeout: After how many seconds without an answer it cannot be read; by default
            10. Files have none.
        group: A word to select and show it by.
        tags: Words to select it by.
        owners: Who answers for it.
        description: What it is.

    >>> source("files/orders", path="in/orders.csv").key
    'files/orders'
    """
    frame = inspect.currentframe()
    caller = frame.f_back if frame else None
    where = f"{caller.f_code.co_filename}:{caller.f_lineno}" if caller else ""
    given: dict[str, Any] = {"path": path, "http": http, "sql": sql, "function": function}
    extra = {"url": url, "version": version, "timeout": timeout}
    problems = [
        DefinitionError(f"Source '{key}' {problem}", fix=fix, where=where)
        for problem, fix in _problems(given, extra)
    ]
    found: list[AssetsError] = [*problems]
    return Source(
        key=checked_key(key, where, found),
        origin=OneFile("") if problems else _origin(given, extra),
        group=group,
        tags=words(tags),
        owners=words(owners),
        description=description,
        where=where,
        problems=tuple(found),
    )


def _origin(given: dict[str, Any], extra: dict[str, Any]) -> Origin:
    seconds = TIMEOUT if extra["timeout"] is None else float(extra["timeout"])
    if given["path"] is not None:
        path = str(given["path"])
        return ManyFiles(path) if is_pattern(path) else OneFile(path)
    if given["http"] is not None:
        return WebFile(given["http"], seconds)
    if given["sql"] is not None:
        return DatabaseRows(given["sql"], extra["url"], extra["version"] or "", seconds)
    return VersionFunction(given["function"], seconds)


def _problems(given: dict[str, Any], extra: dict[str, Any]) -> list[tuple[str, str]]:
    """Return what is wrong with the options, each with its fix."""
    kinds = [kind for kind in _KINDS if given[kind] is not None]
    if len(kinds) != 1:
        said = " and ".join(f"{kind}=" for kind in kinds) or "nothing"
        return [(f"is given {said}, and has to be one of its kinds", f"give {_EACH}")]
    kind = kinds[0]
    problems = [
        (f"has {name}=, which is for sql=", f"take {name}= away, or give sql=")
        for name in ("url", "version")
        if kind != "sql" and extra[name] is not None
    ]
    texts = {**given, **extra}
    problems += [
        (f"has {name}={texts[name]!r}", "give a text that is not empty")
        for name in ("http", "sql", "url", "version")
        if texts[name] is not None and not _is_text(texts[name])
    ]
    problems += [] if problems else _problems_of[kind](given[kind], extra)
    return problems + _time_problems(kind, extra["timeout"])


def _of_path(path: Any, _: dict[str, Any]) -> list[tuple[str, str]]:
    if isinstance(path, Path) or _is_text(path):
        return []
    return [(f"has path={path!r}", "give a text that is not empty, or a pathlib.Path")]


def _of_http(http: str, _: dict[str, Any]) -> list[tuple[str, str]]:
    if http.startswith(("http://", "https://")) or variables_in(http.partition("/")[0]):
        return []
    return [
        ("has an http= that does not begin with http:// or https://", "mend the address")
    ]


def _of_sql(_: str, extra: dict[str, Any]) -> list[tuple[str, str]]:
    if extra["url"] is not None:
        return []
    fix = "say which database: url='postgresql://app:${PASSWORD}@host/shop'"
    return [("has sql=, and no url=", fix)]


def _of_function(function: Any, _: dict[str, Any]) -> list[tuple[str, str]]:
    fix = "give a function without parameters that returns a version"
    if not callable(function):
        return [(f"has function={function!r}, which cannot be called", fix)]
    if inspect.iscoroutinefunction(function):
        return [("has an async function", fix)]
    try:
        inspect.signature(function).bind()
    except TypeError:
        return [("has a function that needs arguments", fix)]
    except ValueError:  # one that is not written in Python does not say
        return []
    return []


_problems_of: dict[str, Callable[[Any, dict[str, Any]], list[tuple[str, str]]]] = {
    "path": _of_path,
    "http": _of_http,
    "sql": _of_sql,
    "function": _of_function,
}


def _time_problems(kind: str, timeout: Any) -> list[tuple[str, str]]:
    if timeout is None:
        return []
    if kind == "path":
        return [("has timeout=, which files do not need", "take timeout= away")]
    number = isinstance(timeout, int | float) and not isinstance(timeout, bool)
    if number and 0 < timeout < float("inf"):
        return []
    return [(f"has timeout={timeout!r}", "give a number of seconds above zero")]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())

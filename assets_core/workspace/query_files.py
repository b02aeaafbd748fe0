"""Folders of `.sql` files: each file is an asset, and begins with what is said of it.

    /* asset
    io = "warehouse"
    description = "Late flights"
    partitions = { daily = "2024-01-01" }
    schema = "project.schemas:Late"
    */
    select …

The header is TOML in a comment, and may be left out. The key is the path of the file
below its folder, unless the header says another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

from assets_core.declaring.queries import sql_asset
from assets_core.errors import AssetsError, DefinitionError, nearest
from assets_core.model.assets import Asset, Upstream
from assets_core.model.partitions import (
    CronPartitions,
    DailyPartitions,
    DynamicPartitions,
    HourlyPartitions,
    MonthlyPartitions,
    StaticPartitions,
    WeeklyPartitions,
)
from assets_core.workspace.settings import Settings

_HEADER = re.compile(r"\s*/\*\s*asset[ \t]*\n(?P<toml>.*?)\*/", re.DOTALL)
_KINDS: Mapping[str, Callable[..., Any]] = {
    "cron": CronPartitions,
    "daily": DailyPartitions,
    "dynamic": DynamicPartitions,
    "hourly": HourlyPartitions,
    "monthly": MonthlyPartitions,
    "static": StaticPartitions,
    "weekly": WeeklyPartitions,
}
_TYPES: Mapping[str, tuple[type, ...]] = {
    "key": (str,),
    "io": (str,),
    "inputs": (dict,),
    "partitions": (str, dict),
    "batch": (int, str),
    "schema": (str,),
    "on_invalid": (str,),
    "config": (dict,),
    "group": (str,),
    "tags": (str, list),
    "owners": (str, list),
    "description": (str,),
    "code_version": (str,),
    "ordered": (bool,),
    "deterministic": (bool,),
    "freshness": (str,),
    "retry": (str,),
    "publish": (str,),
}
_NAMED = ("schema", "freshness", "retry")
"""Options that name an object of a module of the project: `module:NAME`."""


def has_header(text: str) -> bool:
    """Return whether a file says itself what asset it is."""
    return _HEADER.match(text) is not None


def query_files(settings: Settings) -> list[Asset]:
    """Return the assets in the folders of `.sql` files of a project.

    What is wrong with a file is kept with its asset; only a folder that is not there
    raises. Modules that headers name are imported.
    """
    found: list[Asset] = []
    for name in settings.sql:
        folder = settings.root / name
        if not folder.is_dir():
            raise DefinitionError(
                f"The project names the folder '{name}' of queries, which is not there",
                fix="make it, or mend sql = […]; it is relative to the project",
                where=settings.file,
            )
        found += [
            _asset(path, folder, settings.root) for path in sorted(folder.rglob("*.sql"))
        ]
    return found


def _asset(path: Path, folder: Path, root: Path) -> Asset:
    key = path.relative_to(folder).with_suffix("").as_posix()
    problems: list[AssetsError] = []
    options: dict[str, Any] = {}
    text = ""
    try:
        text = path.read_text("utf-8")
        options = dict(_options(text, path))
    except DefinitionError as error:
        problems.append(error)
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or "it is not UTF-8"
        problems.append(
            DefinitionError(
                f"A query cannot be read: {said}", fix="mend the file", where=str(path)
            )
        )
    own = sql_asset(options.pop("key", key), text, **options)
    query = own.query
    assert query is not None  # noqa: S101 - it was made of one
    place = path.relative_to(root) if path.is_relative_to(root) else path
    return replace(
        own,
        function=replace(query, path=str(place)),
        where=str(path),
        problems=tuple(problems or map(_placed(path), own.problems)),
    )


def _placed(path: Path) -> Callable[[AssetsError], AssetsError]:
    def place(error: AssetsError) -> AssetsError:
        error.where = str(path)
        return error

    return place


def _options(text: str, path: Path) -> Iterator[tuple[str, Any]]:
    """Yield what the header of a file says, as `sql_asset` takes it."""
    header = _HEADER.match(text)
    if header is None:
        return
    try:
        given = import_module("tomllib").loads(header["toml"])
    except ValueError as error:
        raise DefinitionError(
            f"The header of a query is no TOML: {error}",
            fix='write lines such as io = "warehouse"',
            where=str(path),
        ) from error
    for name, value in given.items():
        if name not in _TYPES:
            near = nearest(name, _TYPES)
            raise DefinitionError(
                f"The header of a query has '{name}', which is no option",
                fix=f"did you mean '{near[0]}'?" if near else f"use {', '.join(_TYPES)}",
                where=str(path),
            )
        if type(value) not in _TYPES[name]:
            kinds = " or ".join(kind.__name__ for kind in _TYPES[name])
            raise DefinitionError(
                f"The header of a query has {name} = {value!r}, which is no {kinds}",
                fix=f"write {name} as {kinds}",
                where=str(path),
            )
        yield name, _value(name, value, path)


def _value(name: str, value: Any, path: Path) -> Any:
    if name in _NAMED:
        return _named(name, value, path)
    if name == "partitions":
        return _partitions(value, path)
    if name == "inputs":
        return {table: _input(given, path) for table, given in value.items()}
    return value


def _named(name: str, text: str, path: Path) -> Any:
    """Return the object that `module:NAME` is."""
    module, _, own = text.partition(":")
    try:
        return getattr(import_module(module), own)
    except Exception as error:
        raise DefinitionError(
            f"The header of a query has {name} = '{text}', which cannot be had:"
            f" {type(error).__name__}: {error}",
            fix='name an object of a module: "project.schemas:Late"',
            where=str(path),
        ) from error


def _partitions(value: Any, path: Path) -> Any:
    """Return partitions: an object of a module, or a kind with its arguments."""
    if isinstance(value, str):
        return _named("partitions", value, path)
    try:
        ((kind, given),) = value.items()
        make = _KINDS[kind]
        return make(**given) if isinstance(given, dict) else make(given)
    except (AssetsError, LookupError, TypeError, ValueError) as error:
        said = error.problem if isinstance(error, AssetsError) else str(error)
        raise DefinitionError(
            f"The header of a query has partitions that cannot be: {said}",
            fix='write partitions = { daily = "2024-01-01" }, or { daily = { start ='
            ' "2024-01-01", timezone = "Europe/Paris" } }, or "module:NAME"',
            where=str(path),
        ) from error


def _input(given: Any, path: Path) -> Any:
    """Return what is said of one table: its key, or a table of options."""
    if not isinstance(given, dict):
        return given
    options = dict(given)
    if isinstance(options.get("mapping"), str):
        options["mapping"] = _named("mapping", options["mapping"], path)
    try:
        return Upstream(**options)
    except TypeError as error:
        raise DefinitionError(
            f"The header of a query has inputs that cannot be: {error}",
            fix='write [inputs] days = { key = "days", missing = "skip" }',
            where=str(path),
        ) from error

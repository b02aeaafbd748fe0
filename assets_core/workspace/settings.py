"""The settings of a project: `assets.toml`, or `[tool.assets]` in `pyproject.toml`.

Every setting can come from the environment instead (`ASSETS_METADATA__URL`), and a text
may name a variable (`${NAME}`). All that is wrong is told at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import field
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, cast, get_args

from assets_core.errors import ConfigurationError, nearest
from assets_core.frozen import frozen
from assets_core.model.garbage import Retention
from assets_core.model.masking import masked
from assets_core.running.recent import LIMIT
from assets_core.workspace.settings_docs import KEYS as DOCS_KEYS
from assets_core.workspace.settings_docs import DocsSettings, docs_settings
from assets_core.workspace.sizes import as_bytes

FILE = "assets.toml"
STATE = ".assets"
DEFAULT_URL = f"sqlite:///{STATE}/metadata.db"
POSTGRES = ("postgresql://", "postgres://")
DEFAULT_SCHEMA = "assets_metadata"
EXECUTORS = ("inline", "threads", "processes")
Packages = Literal["record", "minor", "exact"]
PACKAGES: tuple[Packages, ...] = get_args(Packages)
KEEP_RUNS = 1000
MANY = 1_000_000

_SECTIONS: Mapping[str, tuple[str, ...]] = {
    "metadata": ("url", "schema", "read_only", "remember"),
    "executor": ("type", "jobs", "memory_limit"),
    "versions": ("packages",),
    "retention": ("runs", "versions", "days", "grace_hours"),
    "secrets": ("variables",),
    "docs": DOCS_KEYS,
}
_PLAIN = ("name", "modules", "sql")
_TOP = (*_PLAIN, "io", *_SECTIONS)
_SCHEMA = re.compile(r"(?!pg_)[a-z_][a-z0-9_]{0,62}")
_VARIABLE = re.compile(r"\$\{(\w+)\}")


@frozen
class IOSettings:
    """One `[io.NAME]` section. Its options may hold secrets and are shown nowhere."""

    type: str
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)


@frozen
class Settings:
    """What a project's settings say.

    Attributes:
        file: Where they stand; empty when there are none and all are defaults.
        is_named: Whether they say what the project is called; else its folder does.
        remember: Whether it is remembered that nothing was to be done.
        sql: Folders of `.sql` files, each of which is an asset.
        io: IO managers by name; the first is the default.
        jobs: How many steps run at once; None leaves it to the machine.
        memory_limit: How many bytes of tables a run holds for its later steps.
        packages: Whether versions of installed packages count as part of the code.
        keep_runs: How many runs are remembered with their steps and logs, and how many
            runs of backfills beside these.
        retention: What garbage collection keeps.
        secrets: Environment variables whose values nobody may see.
        docs: What of the data the catalogue shows.
    """

    root: Path
    file: str = ""
    name: str = ""
    is_named: bool = False
    modules: tuple[str, ...] = ()
    sql: tuple[str, ...] = ()
    metadata_url: str = field(default=DEFAULT_URL, repr=False)  # may hold a password
    metadata_schema: str = DEFAULT_SCHEMA
    read_only: bool = False
    remember: bool = True
    io: Mapping[str, IOSettings] = field(
        default_factory=lambda: {"data": IOSettings("parquet", {"root": "data"})}
    )
    executor: str = "threads"
    jobs: int | None = None
    memory_limit: int = LIMIT
    packages: Packages = "record"
    keep_runs: int = KEEP_RUNS
    retention: Retention = field(default_factory=Retention)
    secrets: tuple[str, ...] = ()
    docs: DocsSettings = field(default_factory=DocsSettings)

    @property
    def state(self) -> Path:
        """Return the folder of the metadata store and the logs."""
        return self.root / STATE


def find_project(start: Path) -> Path | None:
    """Return the nearest folder upward that has settings."""
    for folder in (start, *start.parents):
        if (folder / FILE).is_file() or _has_table(folder / "pyproject.toml"):
            return folder
    return None


def _toml(text: str) -> dict[str, Any]:
    """Read a text of TOML; most programs that ask for settings have none."""
    found: dict[str, Any] = import_module("tomllib").loads(text)
    return found


def _has_table(path: Path) -> bool:
    try:
        tool = _toml(path.read_text("utf-8")).get("tool") if path.is_file() else None
    except (OSError, ValueError):
        return False
    return isinstance(tool, dict) and "assets" in tool


def read_settings(root: Path, environment: Mapping[str, str]) -> Settings:
    """Return the settings of the project in a folder, or raise all that is wrong."""
    file, data = _read_file(root)
    problems: list[str] = []
    data = _with_environment(data, environment, problems)
    data = _with_variables(data, environment, problems, "")
    settings = _checked(root, file, data, problems)
    if problems:
        raise ConfigurationError(
            "\n  - ".join(["The settings are not right:", *problems])
            if len(problems) > 1
            else f"The settings are not right: {problems[0]}",
            fix="see docs/reference/settings.md for every setting",
            where=file or str(root),
        )
    return settings


def _read_file(root: Path) -> tuple[str, dict[str, Any]]:
    path = root / FILE
    if not path.is_file():
        path = root / "pyproject.toml"
        if not _has_table(path):
            return "", {}
    try:
        data = _toml(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"The settings cannot be read: {error}",
            fix="mend the file; it must be TOML in UTF-8",
            where=str(path),
        ) from error
    if path.name != FILE:
        data = data["tool"]["assets"]
    if not isinstance(data, dict):
        raise ConfigurationError(
            "[tool.assets] must be a section", fix="write [tool.assets]", where=str(path)
        )
    return str(path), data


def _with_environment(
    data: dict[str, Any], environment: Mapping[str, str], problems: list[str]
) -> dict[str, Any]:
    """Return the settings with what the environment says put in place."""
    merged = dict(data)
    for variable, text in sorted(environment.items()):
        name = variable.removeprefix("ASSETS_")
        if name == variable or ("__" not in name and name.lower() not in _PLAIN):
            continue
        *sections, last = (part.lower() for part in name.split("__"))
        place = merged
        for section in sections:
            inner = place.get(section, {})
            if not isinstance(inner, dict):
                problems.append(f"variable {variable} names a section that is a value")
                break
            place[section] = dict(inner)
            place = place[section]
        else:
            place[last] = _as_value(text)
    return merged


def _as_value(text: str) -> Any:
    """Read a value as TOML would where it is a number, boolean or list; else as text."""
    if not re.fullmatch(r"\d+(\.\d+)?|true|false|\[.*\]", text):
        return text
    try:
        return _toml(f"value = {text}")["value"]
    except ValueError:
        return text


def _with_variables(
    value: Any, environment: Mapping[str, str], problems: list[str], place: str
) -> Any:
    """Return a value with every `${NAME}` replaced."""
    if isinstance(value, dict):
        return {
            key: _with_variables(
                one, environment, problems, f"{place}.{key}" if place else key
            )
            for key, one in value.items()
        }
    if isinstance(value, list):
        return [_with_variables(one, environment, problems, place) for one in value]
    if not isinstance(value, str):
        return value
    missing = [name for name in _VARIABLE.findall(value) if name not in environment]
    problems += [
        f"{place} needs the environment variable {name}, which is not set"
        for name in missing
    ]
    return _VARIABLE.sub(lambda match: environment.get(match[1], ""), value)


def _checked(root: Path, file: str, data: dict[str, Any], problems: list[str]) -> Settings:
    problems += [_unknown(key, _TOP) for key in data if key not in _TOP]
    sections = {name: _section(data, name, problems) for name in _SECTIONS}
    executor = _one_of(
        sections["executor"], "type", EXECUTORS, "threads", "executor", problems
    )
    packages = _one_of(
        sections["versions"], "packages", PACKAGES, "record", "versions", problems
    )
    jobs = _above_zero(sections["executor"], "jobs", "executor", problems)
    keep_runs = _above_zero(sections["retention"], "runs", "retention", problems)
    url, schema = _metadata(sections["metadata"], problems)
    read_only = sections["metadata"].get("read_only", False)
    if not isinstance(read_only, bool):
        problems.append(f"metadata.read_only must be true or false, not {read_only!r}")
    remember = sections["metadata"].get("remember", True)
    if not isinstance(remember, bool):
        problems.append(f"metadata.remember must be true or false, not {remember!r}")
    folders = data.get("sql", [])
    if not isinstance(folders, list) or not all(isinstance(one, str) for one in folders):
        problems.append('sql must be a list of folders with .sql files, such as ["sql"]')
        folders = []
    modules = data.get("modules", [])
    if not isinstance(modules, list) or not all(isinstance(one, str) for one in modules):
        problems.append('modules must be a list of module names, such as ["assets"]')
        modules = []
    elif file and not modules and not folders:
        problems.append(
            'modules is missing: it names the modules with assets, such as ["assets"]'
        )
    name = data.get("name", root.name)
    if not isinstance(name, str):
        problems.append(f"name must be a text, not {name!r}")
    default = {"data": IOSettings("parquet", {"root": "data"})}
    return Settings(
        root=root,
        file=file,
        name=str(name),
        is_named="name" in data,
        modules=tuple(modules),
        sql=tuple(folders),
        metadata_url=url,
        metadata_schema=schema,
        read_only=read_only is True,
        remember=remember is True,
        io=_io(data, problems) or default,
        executor=executor,
        jobs=jobs,
        memory_limit=_memory_limit(sections["executor"], problems),
        packages=cast("Packages", packages),
        keep_runs=keep_runs or KEEP_RUNS,
        retention=_retention(sections["retention"], problems),
        secrets=_names(sections["secrets"], problems),
        docs=docs_settings(sections["docs"], problems),
    )


def _names(section: dict[str, Any], problems: list[str]) -> tuple[str, ...]:
    given = section.get("variables", [])
    if isinstance(given, list) and all(isinstance(one, str) for one in given):
        return tuple(given)
    problems.append('secrets.variables must be a list of names, such as ["DB_LOGIN"]')
    return ()


def _section(data: dict[str, Any], name: str, problems: list[str]) -> dict[str, Any]:
    section = data.get(name, {})
    if not isinstance(section, dict):
        problems.append(f"[{name}] must be a section")
        return {}
    problems += [
        _unknown(f"{name}.{key}", [f"{name}.{one}" for one in _SECTIONS[name]])
        for key in section
        if key not in _SECTIONS[name]
    ]
    return section


def _io(data: dict[str, Any], problems: list[str]) -> dict[str, IOSettings]:
    given = data.get("io", {})
    if not isinstance(given, dict):
        problems.append("[io] must hold sections such as [io.lake]")
        return {}
    found: dict[str, IOSettings] = {}
    for name, section in given.items():
        if not isinstance(section, dict):
            problems.append(f"io.{name} must be a section: [io.{name}]")
        elif not isinstance(section.get("type"), str):
            problems.append(f'io.{name}.type is missing, such as type = "parquet"')
        else:
            options = {key: value for key, value in section.items() if key != "type"}
            found[name] = IOSettings(section["type"], options)
    return found


def _one_of(
    section: dict[str, Any],
    key: str,
    choices: tuple[str, ...],
    default: str,
    name: str,
    problems: list[str],
) -> str:
    value = section.get(key, default)
    if value not in choices:
        problems.append(f"{name}.{key} must be one of {', '.join(choices)}, not {value!r}")
    return str(value)


def _above_zero(
    section: dict[str, Any], key: str, name: str, problems: list[str]
) -> int | None:
    value = section.get(key)
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool) and value > 0:
        return value
    problems.append(f"{name}.{key} must be a number above zero, not {value!r}")
    return None


def _memory_limit(section: dict[str, Any], problems: list[str]) -> int:
    given = section.get("memory_limit")
    found = LIMIT if given is None else as_bytes(given)
    if found is None:
        problems.append(
            f'executor.memory_limit must be a size such as "2 GB", not {given!r}'
        )
        return LIMIT
    return found


def _retention(section: dict[str, Any], problems: list[str]) -> Retention:
    usual = Retention()
    kinds = {"versions": int, "days": int | float, "grace_hours": int | float}
    found: dict[str, Any] = {}
    for key, kind in kinds.items():
        value = section.get(key, getattr(usual, key))
        if not isinstance(value, kind) or isinstance(value, bool) or not 0 <= value < MANY:
            number = "whole number" if kind is int else "number"
            problems.append(f"retention.{key} must be a {number} from 0 on, not {value!r}")
            value = getattr(usual, key)
        found[key] = value
    return Retention(**found)


def _unknown(key: str, known: tuple[str, ...] | list[str]) -> str:
    near = nearest(key, known)
    return f"there is no setting '{key}'" + (f"; did you mean '{near[0]}'?" if near else "")


def _metadata(section: dict[str, Any], problems: list[str]) -> tuple[str, str]:
    url = section.get("url", DEFAULT_URL)
    known = isinstance(url, str) and url.startswith(("sqlite:///", *POSTGRES))
    if not known or url == "sqlite:///":
        problems.append(
            "metadata.url must be 'sqlite:///PATH' or 'postgresql://USER@HOST/DATABASE',"
            f" not {masked(repr(url))}"
        )
    schema = section.get("schema", DEFAULT_SCHEMA)
    if not isinstance(schema, str) or not _SCHEMA.fullmatch(schema):
        problems.append(
            "metadata.schema must be a name of small letters, digits and '_',"
            f" not {schema!r}"
        )
    return str(url), str(schema)

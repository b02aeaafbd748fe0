"""Options that functions and queries have in common, and what can be wrong with them."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterable, Mapping
from typing import Any, get_args

from assets_core.errors import AssetsError, DefinitionError, UnusableKeyError
from assets_core.model.assets import InvalidWord, Publish
from assets_core.model.hiding import named
from assets_core.model.keys import AssetKey, parse_key
from assets_core.model.policies import Quarantine


def called_from(depth: int) -> str:
    """Return where a declaration is called, some frames up from here."""
    frame = inspect.currentframe()
    for _ in range(depth):
        frame = frame.f_back if frame else None
    return f"{frame.f_code.co_filename}:{frame.f_lineno}" if frame else ""


def checked_key(text: str, where: str, problems: list[AssetsError]) -> AssetKey:
    """Return a key; what is wrong with it is added to the problems."""
    try:
        return parse_key(text, where=where)
    except UnusableKeyError as error:
        problems.append(error)
        return AssetKey(str(text))


def choice_problems(
    label: str, on_invalid: Any, publish: Any, where: str
) -> list[AssetsError]:
    """Return what is wrong with options that are one of a few words."""
    problems: list[AssetsError] = []
    word = "quarantine" if isinstance(on_invalid, Quarantine) else on_invalid
    for name, value, choices in (
        ("on_invalid", word, get_args(InvalidWord)),
        ("publish", publish, (None, *get_args(Publish))),
    ):
        if value not in choices:
            shown = " or ".join(repr(choice) for choice in choices if choice)
            problems.append(
                DefinitionError(
                    f"{label} has {name}={value!r}", fix=f"use {shown}", where=where
                )
            )
    return problems


def aside_problems(
    label: str, schema: Any, on_invalid: Any, where: str
) -> list[AssetsError]:
    """Return what is wrong with rows that are to be put aside."""
    aside = on_invalid == "quarantine" or isinstance(on_invalid, Quarantine)
    if schema is not None or not aside:
        return []
    return [
        DefinitionError(
            f"{label} puts rows in quarantine and has no schema, so none would ever be",
            fix="give it a schema=, or leave on_invalid out",
            where=where,
        )
    ]


def words(given: Iterable[str]) -> tuple[str, ...]:
    """Return words, also when somebody gives a single one."""
    return (given,) if isinstance(given, str) else tuple(given)


def config_problems(label: str, config: Mapping[str, Any], where: str) -> list[AssetsError]:
    """Return what is wrong with configured values."""
    problems: list[AssetsError] = []
    for name, value in config.items():
        try:
            json.dumps(value, allow_nan=True, default=named)
        except (TypeError, ValueError):
            problems.append(
                DefinitionError(
                    f"{label} has config '{name}' of type {type(value).__name__}",
                    fix="config holds text, numbers, booleans, lists and mappings of these,"
                    " and Secret",
                    where=where,
                )
            )
    return problems

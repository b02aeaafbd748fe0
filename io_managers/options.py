"""What can be wrong with the options of an `[io.NAME]` section that keeps files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from assets_core.errors import ConfigurationError

PUBLISH = ("link", "copy", "none")
REMOTE = ("storage_options", "timeout", "cache_gb")
"""Options that only object stores have."""

MANY = 1_000_000


def checked_options(
    options: Mapping[str, Any],
    defaults: Mapping[str, Any],
    choices: Mapping[str, tuple[Any, ...]],
    also: Iterable[str] = (),
) -> dict[str, Any]:
    """Return the options of a section, with those that it does not name.

    Args:
        defaults: Every option that there is.
        choices: The values that an option may have.
        also: What else is wrong.

    Raises:
        ConfigurationError: All that is wrong.
    """
    given = {**defaults, **options}
    *names, last = defaults
    problems = [
        f"there is no option '{name}'; it has {', '.join(names)} and {last}"
        for name in options
        if name not in defaults
    ]
    root = given["root"]
    if not isinstance(root, str) or not root:
        problems.append("'root' must be the name of a folder")
    else:
        problems += _place_problems(root, given, options)
    if given["publish"] not in (None, *PUBLISH):
        shown = ", ".join(PUBLISH)
        problems.append(f"'publish' must be one of {shown}, not {given['publish']!r}")
    problems += [
        f"'{name}' must be one of {', '.join(map(_shown, known))}, not {given[name]!r}"
        for name, known in choices.items()
        if given[name] not in known
    ]
    problems += also
    if problems:
        raise ConfigurationError(
            "; ".join(problems), fix="mend the options of this section"
        )
    return given


def _place_problems(
    root: str, given: Mapping[str, Any], options: Mapping[str, Any]
) -> list[str]:
    """Return what is wrong with the options that a folder or an object store has."""
    problems = []
    if "://" not in root:
        return [
            f"'{name}' is for object stores, and 'root' is a folder"
            for name in REMOTE
            if name in options
        ]
    if given["publish"] == "link":
        problems.append("'publish' must be one of copy, none: object stores have no links")
    start, _, rest = root.partition("://")
    if not start or not rest.strip("/"):
        problems.append("'root' must be like 's3://bucket/folder'")
    if "@" in rest.partition("/")[0] or "?" in rest:
        problems.append("'root' must have no login: that belongs into 'storage_options'")
    if not isinstance(given["storage_options"], Mapping):
        problems.append("'storage_options' must be a section: [io.NAME.storage_options]")
    problems += [
        f"'{name}' must be a number from 0 on, not {given[name]!r}"
        for name in REMOTE[1:]
        if isinstance(given[name], bool)
        or not isinstance(given[name], int | float)
        or not 0 <= given[name] < MANY
    ]
    return problems


def _shown(choice: Any) -> str:
    return choice if isinstance(choice, str) else repr(choice).lower()

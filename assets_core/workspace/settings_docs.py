"""The section `[docs]` of the settings: what of the data the catalogue shows."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any

from assets_core.frozen import frozen
from assets_core.model.hiding import is_telling

KEYS = ("sample", "no_sample", "no_profile", "no_code", "masked")
MOST_SAMPLE = 100


@frozen
class DocsSettings:
    """What of an asset is shown to whoever can read the catalogue.

    Attributes:
        sample: How many of its rows; 0 for none.
        no_sample: Assets of which no row is shown; `*` stands for any letters.
        no_profile: Assets of which no values and counts are shown, nor any row.
        no_code: Assets whose code is not shown.
        masked: Columns whose values are not shown, as `ASSET.COLUMN`.

    >>> docs = DocsSettings(masked=("*.email", "raw/*.name"))
    >>> [docs.masks("raw/people", one) for one in ("email", "name", "age", "api_key")]
    [True, True, False, True]
    """

    sample: int = 5
    no_sample: tuple[str, ...] = ()
    no_profile: tuple[str, ...] = ()
    no_code: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()

    def masks(self, key: str, column: str) -> bool:
        """Return whether the values of a column are not to be seen.

        Those of a column that is called like a secret never are.
        """
        return is_telling(column) or _matches(self.masked, f"{key}.{column}")

    def rows(self, key: str) -> int:
        """Return how many rows of an asset are shown."""
        hidden = _matches(self.no_sample, key) or not self.profiles(key)
        return 0 if hidden else self.sample

    def profiles(self, key: str) -> bool:
        """Return whether it is shown what the values of an asset look like."""
        return not _matches(self.no_profile, key)

    def code(self, key: str) -> bool:
        """Return whether the code of an asset is shown."""
        return not _matches(self.no_code, key)


def docs_settings(section: Mapping[str, Any], problems: list[str]) -> DocsSettings:
    """Return what `[docs]` says, and add what is wrong with it to the problems."""
    found: dict[str, Any] = {}
    sample = section.get("sample", DocsSettings().sample)
    if isinstance(sample, int) and not isinstance(sample, bool):
        found["sample"] = sample
    if not 0 <= found.get("sample", -1) <= MOST_SAMPLE:
        problems.append(
            f"docs.sample must be a whole number from 0 to {MOST_SAMPLE}, not {sample!r}"
        )
        found.pop("sample", None)
    for name in KEYS[1:]:
        given = section.get(name, [])
        if isinstance(given, list) and all(isinstance(one, str) for one in given):
            found[name] = tuple(given)
        else:
            problems.append(f'docs.{name} must be a list of patterns, such as ["raw/*"]')
    wrong = [one for one in found.get("masked", ()) if "." not in one]
    if wrong:
        problems.append(
            "docs.masked names columns as ASSET.COLUMN, such as '*.email',"
            f" not {wrong[0]!r}"
        )
    return DocsSettings(**found)


def _matches(patterns: tuple[str, ...], text: str) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in patterns)

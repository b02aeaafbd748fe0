"""What the oracle remembers and answers, as values."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.properties.histories.components import Identity, Version
from tests.properties.histories.project import Content

UNKNOWN = "known once it has run"
ABSENT = None
ONLY_LOOKING = {"schema_changed"}
NEVER_REUSED = {"forced", "opaque"}

Reason = tuple[str, object]
"""Its kind, and what it names."""


@dataclass(frozen=True)
class Given:
    """One input: by which parameter, from where, in which form, and what it holds."""

    parameter: str
    key: str
    form: str
    columns: tuple[str, ...] | None
    version: object


@dataclass(frozen=True)
class Recipe:
    """What a result was made from."""

    code: Identity
    config: int | None
    given: frozenset[Given]


@dataclass(frozen=True)
class Made:
    """A result that was stored, with all that explains it."""

    recipe: Recipe
    code: Version
    content: Content


@dataclass(frozen=True)
class Head:
    """What an asset shows, and what had looked at it then."""

    made: Made
    looks: Version


@dataclass(frozen=True)
class Wanted:
    """What a run was asked for."""

    selected: frozenset[str]
    force: bool = False
    upstream: bool = True


@dataclass(frozen=True)
class Step:
    """One step of a plan: what is done, why, and the result that is shown again."""

    action: str
    reasons: frozenset[Reason]
    made: Made | None = None


@dataclass
class Ran:
    """How a run ended: the status of each step, and whose functions were called."""

    statuses: dict[str, str] = field(default_factory=dict)
    calls: list[int] = field(default_factory=list)

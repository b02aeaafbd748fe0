"""Why something has to be done: a union of values that say themselves."""

from __future__ import annotations

from assets_core.frozen import frozen
from assets_core.model.keys import AssetKey
from assets_core.model.versions import ComponentChange, Digest

_SHOWN = 5  # names in one sentence

ABSENT: Digest = "absent"
"""The data version of a source that is not there or cannot be read."""


@frozen
class NeverBuilt:
    """There is no result yet."""

    kind = "never_built"

    def __str__(self) -> str:
        return "it was never built"


@frozen
class OutputMissing:
    """The stored bytes are gone."""

    location: str
    kind = "output_missing"

    def __str__(self) -> str:
        return f"its stored data is gone ({self.location})"


@frozen
class CodeChanged:
    """The function, or something of ours that it uses, is another."""

    changes: tuple[ComponentChange, ...]
    kind = "code_changed"

    def __str__(self) -> str:
        if not self.changes:
            return "the way its code is put together changed"
        return "; ".join(str(change) for change in self.changes)


@frozen
class ConfigChanged:
    """Configured values are others."""

    names: tuple[str, ...]
    kind = "config_changed"

    def __str__(self) -> str:
        return f"config {_quoted(self.names)} changed"


@frozen
class InputsAdded:
    """It reads more than before."""

    upstream: tuple[AssetKey, ...]
    kind = "inputs_added"

    def __str__(self) -> str:
        return f"it now reads {_quoted(self.upstream)}"


@frozen
class InputsRemoved:
    """It reads less than before."""

    upstream: tuple[AssetKey, ...]
    kind = "inputs_removed"

    def __str__(self) -> str:
        return f"it no longer reads {_quoted(self.upstream)}"


@frozen
class InputChanged:
    """An upstream holds other data than the last result saw."""

    upstream: AssetKey
    before: Digest
    after: Digest
    columns: tuple[str, ...] = ()
    partitions: tuple[str, ...] = ()
    kind = "input_changed"

    def __str__(self) -> str:
        which = f"[{_listed(self.partitions)}]" if self.partitions else ""
        name = f"'{self.upstream}{which}'"
        if self.after == ABSENT:
            return f"{name} cannot be read"
        if self.columns:
            return f"{name} changed in {_quoted(self.columns)}"
        return f"{name} changed"


@frozen
class StorageChanged:
    """It is kept in another place now: the data is copied, not computed."""

    before: str
    after: str
    kind = "storage_changed"

    def __str__(self) -> str:
        return f"its storage moved from {self.before} to {self.after}"


@frozen
class SchemaChanged:
    """Its schema or its checks are others: the stored data is validated again."""

    changes: tuple[ComponentChange, ...]
    opaque: tuple[str, ...] = ()
    kind = "schema_changed"

    def __str__(self) -> str:
        if self.opaque:
            return "its schema or checks cannot be compared: " + "; ".join(self.opaque)
        if not self.changes:
            return "its schema or checks changed"
        return "schema or checks: " + "; ".join(str(change) for change in self.changes)


@frozen
class TooOld:
    """It is older than its freshness policy allows."""

    seconds: float
    allowed: float
    kind = "too_old"

    def __str__(self) -> str:
        return f"it is {_span(self.seconds)} old and may be {_span(self.allowed)} old"


@frozen
class Opaque:
    """Nobody can know whether its code changed, so it runs."""

    why: tuple[str, ...]
    kind = "opaque"

    def __str__(self) -> str:
        return "its code cannot be compared: " + "; ".join(self.why)


@frozen
class Forced:
    """Somebody asked for it."""

    kind = "forced"

    def __str__(self) -> str:
        return "it was asked for with --force"


@frozen
class UpstreamWillRun:
    """An upstream is going to run and may come out different."""

    upstream: tuple[AssetKey, ...]
    kind = "upstream_will_run"

    def __str__(self) -> str:
        return f"{_quoted(self.upstream)} will run and may change"


@frozen
class MadeTogether:
    """The call that makes it is needed for others, and what is shown is of one call."""

    others: tuple[AssetKey, ...]
    kind = "made_together"

    def __str__(self) -> str:
        return f"the call that makes it also makes {_quoted(self.others)}"


Reason = (
    NeverBuilt
    | OutputMissing
    | CodeChanged
    | ConfigChanged
    | InputsAdded
    | InputsRemoved
    | InputChanged
    | StorageChanged
    | SchemaChanged
    | TooOld
    | Opaque
    | Forced
    | UpstreamWillRun
    | MadeTogether
)

ONLY_LOOKING = frozenset({"schema_changed", "storage_changed"})
"""Reasons for which the stored data still is the right data."""

NEVER_REUSED = frozenset({"too_old", "forced", "opaque"})
"""Reasons that no earlier result can answer."""


def _quoted(names: tuple[str, ...]) -> str:
    return _listed(tuple(f"'{name}'" for name in names))


def _listed(keys: tuple[str, ...]) -> str:
    shown = ", ".join(keys[:_SHOWN])
    return shown if len(keys) <= _SHOWN else f"{shown} and {len(keys) - _SHOWN} more"


def _span(seconds: float) -> str:
    for unit, length in (("days", 86400), ("hours", 3600), ("minutes", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.0f} {unit}"
    return "1 second" if round(seconds) == 1 else f"{seconds:.0f} seconds"

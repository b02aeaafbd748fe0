"""Decide whether a cell's last result still answers for it.

Nothing here reads a clock, a file or a database: what is known comes in as values and
reasons go out. It is asked twice: for the plan, when the versions of inputs may only be
guessed, and once more just before a step, when they are known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import NamedTuple

from assets_core.frozen import frozen
from assets_core.model.assets import Asset
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Head, Materialization
from assets_core.model.versions import (
    CodeVersion,
    ComponentChange,
    Digest,
    InputVersion,
    Window,
    changed_components,
    config_digest,
    digest,
    recipe_digest,
)
from assets_core.planning.reasons import (
    CodeChanged,
    ConfigChanged,
    Forced,
    InputChanged,
    InputsAdded,
    InputsRemoved,
    NeverBuilt,
    Opaque,
    OutputMissing,
    Reason,
    SchemaChanged,
    StorageChanged,
    TooOld,
    UpstreamWillRun,
)

UNKNOWN: Digest = ""
"""The data version of an input that will only be known once its upstream has run."""


class Making(NamedTuple):
    """A cell, and what it would be made from now.

    Attributes:
        windows: The times that its partition stands for, if any.
        inputs: `UNKNOWN` is the version of those whose upstream runs first.
    """

    cell: Cell
    windows: tuple[Window, ...]
    inputs: tuple[InputVersion, ...]


@frozen
class Expected:
    """What the project says of an asset now.

    Attributes:
        validation: The version of its schema and checks.
        storage: The identity of the IO manager that is to hold it.
        stamp: The digest that a head of this asset must carry.
    """

    asset: Asset
    code: CodeVersion
    config: Mapping[str, Digest]
    validation: CodeVersion
    storage: str
    stamp: Digest = field(init=False)
    _config: Digest = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_config", config_digest(self.config))
        object.__setattr__(self, "stamp", stamp(self.validation.digest, self.storage))

    def recipe(self, making: Making) -> Digest:
        """Return the recipe of a cell made from these inputs."""
        return recipe_digest(
            making.cell, making.windows, self.code.digest, self._config, making.inputs
        )

    def answers(self, making: Making, head: Head) -> bool:
        """Return whether a result that is there still answers for a cell.

        It is what `why_stale` finds no reason against, told without looking for any.
        """
        return (
            head.stamp == self.stamp
            and not (self.code.opaque or self.validation.opaque or self.asset.freshness)
            and head.recipe == self.recipe(making)
        )


@frozen
class Last:
    """What is remembered of a cell.

    Attributes:
        missing: Where the stored bytes should be and are not; empty when they are there.
        made: The result that the head shows, with its code; needed only to explain.
    """

    head: Head
    missing: str = ""
    made: Materialization | None = None
    code: CodeVersion | None = None
    validation: CodeVersion | None = None


GONE: Digest = digest("gone 1")
"""The stamp of a head whose data was not there when it was read: no asset asks for it."""


def stamp(validation: Digest, storage: str) -> Digest:
    """Return one digest of what a result has passed and where it lies."""
    return digest("stamp 1", validation, storage)


def why_stale(
    now: Expected,
    making: Making,
    last: Last | None,
    *,
    at: float,
    forced: bool = False,
) -> tuple[Reason, ...]:
    """Return every reason to do something, most basic first; empty when it is fresh.

    Args:
        at: The time now, in seconds since 1970, UTC.
    """
    reasons: list[Reason] = []
    if last is None:
        reasons.append(NeverBuilt())
    else:
        if last.missing:
            reasons.append(OutputMissing(last.missing))
        reasons += _other_recipe(now, making, last)
        reasons += _other_stamp(now, last)
        if now.validation.opaque and not any(
            one.kind == "schema_changed" for one in reasons
        ):
            reasons.append(SchemaChanged((), now.validation.opaque))
        reasons += _age(now, last, at)
    if now.code.opaque:
        reasons.append(Opaque(now.code.opaque))
    if forced:
        reasons.append(Forced())
    waiting = tuple(
        dict.fromkeys(
            given.cell.asset for given in making.inputs if given.data_version == UNKNOWN
        )
    )
    if waiting and last is not None:
        reasons.append(UpstreamWillRun(waiting))
    return tuple(reasons)


def _other_recipe(now: Expected, making: Making, last: Last) -> list[Reason]:
    inputs = making.inputs
    known = all(given.data_version != UNKNOWN for given in inputs)
    if known and now.recipe(making) == last.head.recipe:
        return []
    if last.made is None:
        # The plan only asks which cells need a closer look; it reads records for those.
        return [CodeChanged(())] if known else []
    reasons: list[Reason] = []
    changes = list(_form_changes(inputs, last.made.inputs))
    if now.code.digest != last.made.code and last.code is not None:
        changes = [*changed_components(now.code, last.code), *changes]
    if changes or now.code.digest != last.made.code:
        reasons.append(CodeChanged(tuple(changes)))
    names = {
        name
        for name in now.config.keys() | last.made.config.keys()
        if now.config.get(name) != last.made.config.get(name)
    }
    if names:
        reasons.append(ConfigChanged(tuple(sorted(names))))
    reasons += _input_changes(inputs, last.made.inputs)
    if known and not reasons:
        reasons.append(CodeChanged(()))
    return reasons


def _form_changes(
    now: tuple[InputVersion, ...], last: tuple[InputVersion, ...]
) -> list[ComponentChange]:
    changes = []
    for given in now:
        old = _counterpart(given, last)
        if old is not None and _shape(old) != _shape(given):
            changes.append(
                ComponentChange(
                    "input", given.parameter, "changed", _form(old), _form(given)
                )
            )
    return changes


def _counterpart(
    given: InputVersion, last: tuple[InputVersion, ...]
) -> InputVersion | None:
    """Return what an input was before: of the same name if several read the same cell."""
    same = [old for old in last if old.cell == given.cell] or [
        old for old in last if old.cell.asset == given.cell.asset
    ]
    named = [old for old in same if old.parameter == given.parameter]
    return next(iter(named or same), None)


def _shape(given: InputVersion) -> tuple[object, ...]:
    return (given.parameter, given.form, given.columns)


def _form(given: InputVersion) -> str:
    columns = "" if given.columns is None else f" of {', '.join(given.columns)}"
    return f"{given.parameter} as {given.form}{columns}"


def _input_changes(
    now: tuple[InputVersion, ...], last: tuple[InputVersion, ...]
) -> list[Reason]:
    before = {given.cell.asset for given in last}
    after = {given.cell.asset for given in now}
    reasons: list[Reason] = []
    added = tuple(dict.fromkeys(key for key in _assets(now) if key not in before))
    removed = tuple(dict.fromkeys(key for key in _assets(last) if key not in after))
    if added:
        reasons.append(InputsAdded(added))
    if removed:
        reasons.append(InputsRemoved(removed))
    for given in now:
        old = _counterpart(given, last)
        if old is None or given.data_version in (UNKNOWN, old.data_version):
            continue
        if old.columns == given.columns:
            changed = InputChanged(
                given.cell.asset,
                old.data_version,
                given.data_version,
                given.columns or (),
                changed_parts(given, old),
            )
            # Two parameters may read the same upstream.
            reasons += [] if changed in reasons else [changed]
    return reasons


def _assets(inputs: tuple[InputVersion, ...]) -> list[AssetKey]:
    return [given.cell.asset for given in inputs]


def changed_parts(now: InputVersion, last: InputVersion) -> tuple[str, ...]:
    """Return the partitions of an input that are others, came or went."""
    before, after = dict(_parts(last)), dict(_parts(now))
    return tuple(
        key for key in {**before, **after} if before.get(key) != after.get(key) and key
    )


def _parts(given: InputVersion) -> tuple[tuple[str, Digest], ...]:
    if given.parts is not None:
        return given.parts
    return ((given.cell.partition or "", given.data_version),)


def _other_stamp(now: Expected, last: Last) -> list[Reason]:
    if last.head.stamp in {now.stamp, GONE}:
        return []
    if last.made is None:
        return [SchemaChanged(())]
    reasons: list[Reason] = []
    before = last.made.stored.storage
    if before != now.storage:
        reasons.append(StorageChanged(before, now.storage))
    if last.head.stamp != stamp(now.validation.digest, before):
        # The validation recorded with the result may be older than the one it passed last.
        same = last.validation is None or last.validation.digest == now.validation.digest
        changes = (
            ()
            if same or last.validation is None
            else changed_components(now.validation, last.validation)
        )
        reasons.append(SchemaChanged(tuple(changes)))
    return reasons


def _age(now: Expected, last: Last, at: float) -> list[Reason]:
    if now.asset.freshness is None:
        return []
    allowed = now.asset.freshness.max_age.total_seconds()
    age = at - last.head.at
    return [TooOld(age, allowed)] if age > allowed else []

"""Digests that say what made a result and what the result is. Pure functions of values.

Every digest length-prefixes its parts, so that no two lists of parts are ever written
alike.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Literal

from assets_core.frozen import frozen
from assets_core.model.keys import Cell

Digest = str  # 32 hexadecimal characters, 128 bits

_Place = tuple[str, str]  # the kind and the name of a component

NO_DIGEST: Digest = "0" * 32

Window = tuple[int, int]
"""From one instant up to another, both in seconds since 1970, UTC."""

WHOLE_CALL: Window = (0, 1)
"""What an asset's own cell stands for when one call yields all of its partitions."""


def digest(*parts: str | bytes) -> Digest:
    """Return one digest for a list of parts.

    >>> digest("ab", "c") == digest("a", "bc")
    False
    """
    data = [
        part if isinstance(part, bytes) else part.encode("utf-8", "surrogatepass")
        for part in parts
    ]
    whole = b"".join([b"%d:%b" % (len(part), part) for part in data])
    return hashlib.sha256(whole).hexdigest()[:32]


@frozen
class Component:
    """One thing of ours that makes an asset: its function, a helper, a constant.

    Attributes:
        kind: What it is: function, helper, class, constant, module, object, package.
        name: Its full name for people, such as `flights.cleaning.LIMIT`; not hashed.
        digest: Of its own content, without what it refers to.
        text: A short value to show, for constants that are safe to show.
    """

    kind: str
    name: str
    digest: Digest
    text: str = ""


@frozen
class CodeVersion:
    """What a function is made of, by component, and one digest of it all.

    Attributes:
        opaque: Why the version cannot be known, in sentences; empty when it can.
        packages: Installed distributions that the code reaches, with their versions.
    """

    digest: Digest
    components: tuple[Component, ...] = ()
    opaque: tuple[str, ...] = ()
    packages: tuple[tuple[str, str], ...] = ()


@frozen
class ComponentChange:
    """A component that differs between two code versions."""

    kind: str
    name: str
    change: Literal["changed", "added", "removed"]
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        if self.before and self.after and self.before != self.after:
            return f"{self.kind} {self.name}: {self.before} → {self.after}"
        return f"{self.kind} {self.name} {self.change}"


@frozen
class InputVersion:
    """What one input held when a result was made, and in which form it was read.

    Attributes:
        cell: What was read; of several partitions, the asset alone.
        data_version: Of what was read; of several partitions, one digest of them all.
        parts: The keys and data versions of several partitions; None for one cell.
    """

    parameter: str
    cell: Cell
    form: str
    data_version: Digest
    columns: tuple[str, ...] | None = None
    parts: tuple[tuple[str, Digest], ...] | None = None


@frozen
class DataVersion:
    """The digest of a table's content, and of each of its columns."""

    digest: Digest
    columns: Mapping[str, Digest]


def config_digest(config: Mapping[str, Digest]) -> Digest:
    """Return one digest of configured values, given one for each."""
    return digest(*(part for pair in sorted(config.items()) for part in pair))


def recipe_digest(
    cell: Cell,
    windows: Iterable[Window],
    code: Digest,
    config: Digest,
    inputs: Iterable[InputVersion],
) -> Digest:
    """Return the recipe: the same recipe promises the same result.

    Args:
        windows: The times that the partition stands for, where it stands for time.
    """
    parts = ["recipe 1", cell.asset, _text(cell.partition), code, config]
    parts += [f"window {start} {end}" for start, end in windows]
    for given in sorted(inputs, key=lambda given: (given.parameter, given.cell)):
        columns = NO_DIGEST if given.columns is None else digest(*given.columns)
        parts.append(
            digest(
                given.parameter,
                given.cell.asset,
                _text(given.cell.partition),
                given.form,
                columns,
                given.data_version,
            )
        )
    return digest(*parts)


def changed_components(now: CodeVersion, last: CodeVersion) -> tuple[ComponentChange, ...]:
    """Return what differs between two code versions, functions first, then by name."""
    before = {(part.kind, part.name): part for part in last.components}
    after = {(part.kind, part.name): part for part in now.components}
    for old_place, new_place in _moved(before.keys(), after.keys()):
        before[new_place] = before.pop(old_place)
    changes: list[ComponentChange] = []
    for kind, name in sorted(before.keys() | after.keys(), key=_functions_first):
        old, new = before.get((kind, name)), after.get((kind, name))
        if old is None and new is not None:
            changes.append(ComponentChange(kind, name, "added", after=new.text))
        elif new is None and old is not None:
            changes.append(ComponentChange(kind, name, "removed", before=old.text))
        elif old is not None and new is not None and old.digest != new.digest:
            changes.append(ComponentChange(kind, name, "changed", old.text, new.text))
    return tuple(changes)


def _moved(
    before: AbstractSet[_Place], after: AbstractSet[_Place]
) -> list[tuple[_Place, _Place]]:
    """Return where components were and are that only stand somewhere else now."""
    gone, new = _by_last_name(before - after), _by_last_name(after - before)
    return [
        (gone[name][0], new[name][0])
        for name in sorted(gone.keys() & new.keys())
        if len(gone[name]) == len(new[name]) == 1
    ]


def _by_last_name(places: Iterable[_Place]) -> dict[_Place, list[_Place]]:
    found: dict[_Place, list[_Place]] = {}
    for kind, name in places:
        found.setdefault((kind, name.rpartition(".")[2]), []).append((kind, name))
    return found


def _functions_first(part: tuple[str, str]) -> tuple[bool, str, str]:
    return (part[0] != "function", *part)


def _text(partition: str | None) -> str:
    return "-" if partition is None else f"+{partition}"

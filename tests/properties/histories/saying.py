"""What the product says of its reasons, as the oracle says it."""

from __future__ import annotations

from collections.abc import Iterator

from assets_core.model.versions import ComponentChange
from assets_core.planning import reasons as why
from tests.properties.histories.components import without_module
from tests.properties.histories.records import Reason


def said(reason: why.Reason) -> Reason:
    """Return a reason as the oracle says it."""
    match reason:
        case why.CodeChanged(changes) | why.SchemaChanged(changes):
            return reason.kind, frozenset(map(_said, _ours(changes)))
        case why.ConfigChanged(names):
            return reason.kind, names
        case why.InputsAdded(keys) | why.InputsRemoved(keys) | why.UpstreamWillRun(keys):
            return reason.kind, frozenset(keys)
        case why.InputChanged(key, _, _, columns):
            return reason.kind, (key, columns)
        case _:
            return reason.kind, ()


def _ours(changes: tuple[ComponentChange, ...]) -> Iterator[ComponentChange]:
    """Leave out packages: which are used follows from other changes."""
    return (change for change in changes if change.kind != "package")


def _said(change: ComponentChange) -> tuple[str, str, str, str, str]:
    shown = (change.before, change.after) if change.kind == "constant" else ("", "")
    return (change.kind, without_module(change.name), change.change, *shown)

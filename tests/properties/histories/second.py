"""The second environment of a history: made where it is first run in, promoted, dropped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from assets_core import Workspace
from assets_core.errors import MissingDataError
from assets_core.model.records import Head
from tests.properties.histories import records
from tests.properties.histories.history import DEV, Then

if TYPE_CHECKING:
    from tests.properties.histories.driving import Life


@dataclass
class Second:
    """What is known of it.

    Attributes:
        heads: What each asset shows there, as the oracle knows it.
        shown: The same, as the product tells it.
        base: What each asset showed when it was last the same in both.
    """

    heads: dict[str, records.Head]
    shown: dict[str, Head]
    base: dict[str, Head | None]


@contextmanager
def inside(life: Life) -> Iterator[None]:
    """Let a life go on in its second environment, which is made if there is none."""
    if life.second is None:
        with Workspace.open(life.folder) as workspace:
            workspace.environments.create(DEV)
        shown = dict(life.shown)
        life.second = Second(dict(life.oracle.heads), shown, {**shown})
        life.tally["environment: create"] += 1
    second = life.second
    main = life.oracle.heads, life.shown
    life.oracle.heads, life.shown = second.heads, second.shown
    try:
        yield
    finally:
        second.heads, second.shown = life.oracle.heads, life.shown
        life.oracle.heads, life.shown = main


def go_on(life: Life, then: Then) -> None:
    """Promote the second environment, or drop it."""
    if life.second is None:
        return
    life.tally[f"environment: {then}"] += 1
    with Workspace.open(life.folder) as workspace:
        if then == "drop":
            workspace.environments.drop(DEV)
            life.second = None
        else:
            _promote(life, life.second, workspace)
        life.looks_right(workspace)


def _promote(life: Life, second: Second, workspace: Workspace) -> None:
    """Let all be shown that was changed there, or nothing if some of it is gone."""
    changed = {
        spec.key
        for spec in life.project.assets
        if (head := second.shown.get(spec.key)) != life.shown.get(spec.key)
        and _result(head) != _result(second.base.get(spec.key))
    }
    contents = {second.heads[key].made.content for key in changed}
    try:
        moved = workspace.environments.promote(DEV, force=True).moves
    except MissingDataError:
        assert contents & life.oracle.gone
        life.tally["environment: data is gone"] += 1
        return
    assert not contents & life.oracle.gone
    assert {move.cell.asset for move in moved} == changed
    life.tally["environment: heads promoted"] += len(changed)
    for key in changed:
        life.oracle.heads[key] = second.heads[key]
        life.shown[key] = second.base[key] = second.shown[key]


def _result(head: Head | None) -> tuple[str, str] | None:
    return None if head is None else (head.materialization, head.stamp)

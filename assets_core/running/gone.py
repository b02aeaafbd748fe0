"""Remember that the data of a result is gone, where planning does not look for it.

On another machine a look costs a request for each cell, so that planning asks nothing.
What is found gone when it is read is noted at the heads that show it: they carry a stamp
that no asset asks for, so that their cells are stale until they are computed, wherever
they are looked at. A head that was noted by mistake costs a computation, never the data.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from assets_core.errors import AssetsError, MissingDataError
from assets_core.model.records import Claim, Commit, Head, Materialization
from assets_core.model.versions import Digest
from assets_core.planning.staleness import GONE
from assets_core.running.heads import Rules, is_far, stamp_again
from assets_core.running.tools import Tools


@contextlib.contextmanager
def noted_if_gone(tools: Tools, made: Materialization) -> Iterator[None]:
    """Note at the heads that show a result that its data is gone, if that is raised."""
    try:
        yield
    except MissingDataError:
        note_gone(tools, made)
        raise


def note_gone(tools: Tools, made: Materialization) -> None:
    """Let planning know that the data of a result is gone."""
    _stamp(tools, made, GONE)


def note_there(tools: Tools, made: Materialization, rules: Rules) -> None:
    """Let planning know that the data of a result is there again."""
    _stamp(tools, made, stamp_again(tools, made, rules))


def _stamp(tools: Tools, made: Materialization, wanted: Digest) -> None:
    manager = tools.io_holding(made.stored)
    if manager is None or not is_far(manager):
        return  # planning looks for itself
    # Whoever may not write, or comes while a run has the cell, leaves it as it is.
    with contextlib.suppress(AssetsError):
        for one in tools.store.environments.all():
            head = tools.store.head(one.name, made.cell)
            if head is None or head.materialization != made.id:
                continue
            if (head.stamp == GONE) != (wanted == GONE):
                _stamp_head(tools, one.name, made, wanted)


def _stamp_head(tools: Tools, env: str, made: Materialization, wanted: Digest) -> None:
    claim = tools.store.claim(env, made.cell, tools.new_id(), tools.owner)
    if not isinstance(claim, Claim):
        return
    try:
        head = tools.store.head(env, made.cell)
        if head is None or head.materialization != made.id:
            tools.store.release(claim)
            return
        tools.store.commit(noting(claim, head, made, wanted))
    except BaseException:
        tools.store.release(claim)
        raise


def noting(claim: Claim, head: Head, made: Materialization, wanted: Digest) -> Commit:
    """Return what lets a cell show what it shows, with another stamp."""
    return Commit(
        claim=claim,
        head=head._replace(stamp=wanted),
        before=made.id,
        materialization=None,
        versions=(),
        validated=made.validation,
        checks=(),
        publish=False,
        run_id="",
    )

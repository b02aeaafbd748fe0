"""Show an earlier result of an asset again, and leave it so until somebody lets go.

Everything is looked at under the claim: bytes that are there then cannot be collected
before the commit, and no run can move the head in between.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from assets_core.errors import MissingDataError, PublishError, StoreError, UsageError
from assets_core.model.assets import Asset
from assets_core.model.keys import Cell
from assets_core.model.records import Claim, Commit, Head, Materialization, Publication
from assets_core.model.versions import Window
from assets_core.planning.staleness import GONE, stamp
from assets_core.running.heads import Rules, head_window, stamp_again
from assets_core.running.publishing import lacks_path, publish
from assets_core.running.reading import verify_stored
from assets_core.running.tools import Tools


def roll_back(
    tools: Tools,
    asset: Asset,
    made: Materialization,
    env: str,
    windows: tuple[Window, ...] = (),
) -> None:
    """Let a cell show an earlier result, and hold it there: runs leave it alone.

    Args:
        windows: The times that its partition stands for now.

    Raises:
        MissingDataError: The bytes of that result are gone.
        CorruptDataError: They are not what was written.
        PublishError: What lies at the stable path is not ours.
        StoreError: A run has the cell at this moment.
    """
    head = Head(
        made.id,
        made.recipe,
        made.data_version,
        stamp(made.validation, made.stored.storage),
        made.committed_at,
        held=True,
        window=head_window(windows),
        rows=made.rows,
    )
    with claimed(tools, env, made.cell) as claim:
        before = tools.store.head(env, claim.cell)
        _may_show(tools, asset, made, before, env)
        publication = _move(tools, claim, before, head, made, publish=True)
    if publication is not None:
        publish(tools, asset, publication)


def let_go(tools: Tools, asset: Asset, cell: Cell, env: str, rules: Rules) -> None:
    """Let runs decide again about a cell that was rolled back.

    Args:
        rules: Tells the version of the schema and checks of today.

    Raises:
        UsageError: It is not held.
        StoreError: A run has the cell at this moment.
    """
    with claimed(tools, env, cell) as claim:
        head = tools.store.head(env, claim.cell)
        if head is None or not head.held:
            raise UsageError(
                f"'{cell}' is not held",
                fix=f"only after 'assets rollback {asset.key} --to VERSION' there is"
                " something to release",
            )
        made = tools.store.materializations([head.materialization])[head.materialization]
        same = head.stamp if head.stamp == GONE else stamp_again(tools, made, rules)
        free = head._replace(held=False, stamp=same)
        # What it shows stays the same, so its stable path does.
        _move(tools, claim, head, free, made, publish=False)


def _may_show(
    tools: Tools, asset: Asset, made: Materialization, before: Head | None, env: str
) -> None:
    """Raise what stands in the way of showing a result."""
    manager = tools.io_with(made.cell, made.stored)
    try:
        verify_stored(tools, made)
    except MissingDataError as error:
        raise MissingDataError(
            f"The data of version {made.id[:12]} of '{asset.key}' is gone: it was"
            " collected or deleted",
            fix=f"choose another version: assets show {asset.key}",
            where=error.where,
        ) from error
    if lacks_path(manager, made.stored, asset.publish):
        raise PublishError(
            f"Version {made.id[:12]} of '{made.cell}' lies in a file with others, as"
            " partitions without a stable path do, and the asset has one now",
            fix="choose another version, or set publish='none' again",
            where=made.stored.location,
        )
    shown = tools.store.stored([before.materialization] if before else [])
    ours = any(stored.storage == manager.storage for stored in shown.values())
    manager.may_publish(
        made.cell,
        how=asset.publish,
        ours=ours,
        env=env,
        names=asset.partition_columns,
    )


@contextlib.contextmanager
def claimed(tools: Tools, env: str, cell: Cell) -> Iterator[Claim]:
    """Keep runs away from a cell; a commit gives the claim back.

    Raises:
        StoreError: A run has the cell at this moment.
    """
    claim = tools.store.claim(env, cell, tools.new_id(), tools.owner)
    if not isinstance(claim, Claim):
        raise StoreError(
            f"Process {claim.pid} on {claim.host} is computing '{cell}'",
            fix="wait until it has finished, or stop it; then run the command again",
        )
    try:
        yield claim
    except BaseException:
        tools.store.release(claim)
        raise


def _move(
    tools: Tools,
    claim: Claim,
    before: Head | None,
    head: Head,
    made: Materialization,
    *,
    publish: bool,
) -> Publication | None:
    return tools.store.commit(
        Commit(
            claim=claim,
            head=head,
            before=None if before is None else before.materialization,
            materialization=None,
            versions=(),
            validated=made.validation,
            checks=(),
            publish=publish,
            run_id="",
        )
    )

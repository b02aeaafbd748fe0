"""Try an asset on the real data of a project, and keep nothing of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import field, replace
from typing import TYPE_CHECKING

from assets_core.errors import UsageError
from assets_core.frozen import frozen
from assets_core.model.assets import Asset, Check, Definition, MultiAsset, each_definition
from assets_core.model.keys import Cell
from assets_core.model.records import CheckRecord, Head, Materialization
from assets_core.planning.reads import AllKeys, windows_at
from assets_core.running.attempt import Job
from assets_core.running.heads import head_window
from assets_core.running.trying import Outcome, try_out
from assets_core.shown import shown
from assets_core.workspace.differences import AssetDifference, How, Unstored, difference
from assets_core.workspace.expectations import expect, partition_columns
from assets_core.workspace.finding import find_cell
from assets_core.workspace.previewed import Previewed, counts, previewed, with_previews
from assets_core.workspace.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

Trial = Asset | MultiAsset


@shown
@frozen
class Tried:
    """What an asset would be, of one cell.

    Attributes:
        rows: How many rows it would have.
        table: The rows; None of a stream that is too large for memory.
        checks: What its schema and its checks found.
        refused: How many rows its schema would put aside.
        problem: Why it would not be stored; empty if it would be.
        seconds: What reading and computing took.
        difference: How it differs from what is shown now; None where nothing is shown,
            and where it would not be stored.
        beside: The other assets that the same call makes.
        previews: The cells of which it has read a preview instead of what is shown.
        left_out: Of which previews it has not, and why, in sentences.
        declared: The definitions that it was made from.
        made: What a preview after it reads; None if it would not be stored.
    """

    cell: Cell
    rows: int
    table: pa.Table | None
    checks: tuple[CheckRecord, ...]
    refused: int
    problem: str
    seconds: float
    difference: AssetDifference | None
    beside: tuple[Tried, ...] = ()
    previews: tuple[Cell, ...] = ()
    left_out: tuple[str, ...] = ()
    declared: tuple[Definition, ...] = field(default=(), repr=False)
    made: Previewed | None = field(default=None, repr=False)

    def to_pandas(self) -> pd.DataFrame:
        """Return the rows as a pandas frame."""
        if self.table is None:
            raise UsageError(
                f"'{self.cell}' is a stream that is too large for memory",
                fix="materialize it, and scan what is stored",
            )
        frame: pd.DataFrame = self.table.to_pandas()
        return frame


def preview(
    asset: Trial,
    workspace: Workspace | None = None,
    *,
    partition: str | None = None,
    key: tuple[str, ...] = (),
    beside: Iterable[Definition] = (),
    after: Iterable[Tried] = (),
) -> Tried:
    """Return what an asset would be: computed on what its upstream shows, not committed.

    Args:
        asset: An asset as it is declared here and now; one of the project with the same
            key is left as it is.
        workspace: The project; by default the nearest one upward from here.
        partition: Which, of an asset with partitions; by default the last.
        key: The columns that say which rows are the same as those that are shown now; by
            default those that are unique by its schema.
        beside: Sources and checks that are declared with it.
        after: Previews that it reads in place of what their assets show, as long as
            these show the same as they did then.

    Raises:
        UsageError: One call yields all its partitions; those cannot be tried.
        MissingDataError: An upstream was never built.
    """
    if workspace is None:
        with Workspace.open() as opened:
            return preview(
                asset, opened, partition=partition, key=key, beside=beside, after=after
            )
    new = list(each_definition([asset, *beside]))
    before = [
        each
        for one in after
        for each in (one, *one.beside)
        if each.made is None or counts(workspace.tools, workspace.env, each.made)
    ]
    with _with(workspace, [*_declared(before, new), *new], before) as trial:
        first = next(one for one in new if isinstance(one, Asset))
        jobs = _jobs(trial, trial.asset(first.key), partition)
        outcomes, seconds = try_out(trial.tools, jobs)
        found = [_tried(trial, one, seconds, key) for one in outcomes]
        ids = outcomes[0].reads
        return replace(
            found[0],
            beside=tuple(found[1:]),
            previews=tuple(
                one.cell for one in before if one.made and one.made.made.id in ids
            ),
            left_out=tuple(_left_out(trial.asset(first.key), before)),
            declared=tuple(new),
        )


def _declared(before: list[Tried], new: list[Definition]) -> list[Definition]:
    """Return what previews before this one declared, each thing as it was last."""
    keys = {_name(one) for one in new}
    found = {_name(each): each for one in before for each in one.declared}
    return [one for name, one in found.items() if name not in keys]


def _name(one: Definition) -> tuple[str, ...]:
    return (one.asset, one.name) if isinstance(one, Check) else (one.key,)


def _left_out(asset: Asset, before: list[Tried]) -> Iterable[str]:
    """Yield which previews an asset cannot read, and why."""
    for one in before:
        if one.made is None and one.cell.asset in asset.upstream:
            why = "was refused" if one.problem else "is a file, or a stream too large"
            yield (f"the preview of '{one.cell}' {why}: what the project shows was read")


def _with(workspace: Workspace, new: list[Definition], before: list[Tried]) -> Workspace:
    """Return the project with some definitions, and previews, in place of its own."""
    graph = workspace.graph_of_assets
    keys = {one.key for one in new if not isinstance(one, Check)}
    names = {(one.asset, one.name) for one in new if isinstance(one, Check)}
    kept: list[Definition] = [one for key, one in graph.nodes.items() if key not in keys]
    kept += [
        check
        for checks in graph.checks.values()
        for check in checks
        if (check.asset, check.name) not in names
    ]
    trial = Workspace(workspace.settings, [*kept, *new], env=workspace.env)
    previews = [one.made for one in before if one.made is not None]
    trial.tools = with_previews(trial.tools, trial.env, previews)
    return trial


def _jobs(trial: Workspace, asset: Asset, partition: str | None) -> list[Job]:
    if asset.yields:
        raise UsageError(
            f"One call of '{asset.key}' yields all its partitions, which cannot be tried",
            fix="call the function itself, as any other: it stays callable",
            where=asset.where,
        )
    keys = trial.keys()
    cell = find_cell(asset, partition or _last(asset, keys), keys)
    return [_job(trial, cell._replace(asset=key), keys) for key in asset.made_together]


def _last(asset: Asset, keys: AllKeys) -> str | None:
    own = keys.get(asset.key)
    return own[-1] if own else None


def _job(trial: Workspace, cell: Cell, keys: AllKeys) -> Job:
    graph, tools, asset = trial.graph_of_assets, trial.tools, trial.asset(cell.asset)
    checks = graph.checks.get(asset.key, ())
    columns = partition_columns(asset, graph)
    return Job(
        run_id="preview",
        env=trial.env,
        cell=cell,
        asset=asset,
        expected=expect(
            asset, checks, tools.io, trial.code_versions, tools.validator, columns
        ),
        checks=checks,
        graph=graph,
        forced=True,
        windows=windows_at(keys, cell),
        keys=keys,
    )


def _tried(
    trial: Workspace, outcome: Outcome, seconds: float, key: tuple[str, ...]
) -> Tried:
    return Tried(
        outcome.job.cell,
        outcome.rows,
        outcome.table,
        outcome.checks,
        outcome.refused,
        outcome.problem,
        seconds,
        _difference(trial, outcome, key),
        made=_previewed(outcome),
    )


def _previewed(outcome: Outcome) -> Previewed | None:
    """Return what a preview after this one can read of it."""
    made, table, job = outcome.made, outcome.table, outcome.job
    if made is None or table is None or job.asset.file is not None:
        return None
    head = _head(made)._replace(window=head_window(job.windows))
    return previewed(head, made, table, outcome.shown)


def _difference(
    trial: Workspace, outcome: Outcome, key: tuple[str, ...]
) -> AssetDifference | None:
    made, table, before = outcome.made, outcome.table, outcome.shown
    if made is None or table is None or before is None or outcome.job.asset.file:
        return None
    cell = outcome.job.cell
    sides = {cell: _head(made)}, {cell: _head(before)}
    new = {made.id: Unstored(made, table)}
    how = How(("the preview", "what is shown"), key, trial.settings.docs.masks)
    return difference(trial.tools, outcome.job.asset, sides, how, new)


def _head(made: Materialization) -> Head:
    return Head(
        made.id, made.recipe, made.data_version, "", made.committed_at, rows=made.rows
    )

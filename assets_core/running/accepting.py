"""Check what a call has made, or what an earlier one has, before anyone sees it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from assets_core.model.assets import Input
from assets_core.model.keys import AssetKey
from assets_core.model.records import CheckRecord, Materialization
from assets_core.protocols.frames import StepFrames
from assets_core.running.attempt import Attempt
from assets_core.running.checking import apply_schema, refuse, run_check, seen_by
from assets_core.running.filing import as_argument, head_paths, is_file, path_of
from assets_core.running.previously import check_context
from assets_core.running.quarantine import refused_rows
from assets_core.running.reading import read_head, read_materialization
from assets_core.running.slices import parts_of, with_columns
from assets_core.running.streaming import Written

if TYPE_CHECKING:
    import pyarrow as pa

New = tuple["pa.Table", Path | None]
"""What a call has made and nobody can read yet: a table, or where its files are."""

Beside = Mapping[AssetKey, Callable[[], New]]
"""What everyone is to see of other assets at the same moment."""


class Checked(NamedTuple):
    """A table as it has to be stored, and the rows that its schema refuses, if any."""

    table: pa.Table | Written
    checks: tuple[CheckRecord, ...]
    refused: pa.Table | Written | None = None


def checked(
    attempt: Attempt,
    table: pa.Table,
    path: Path | None = None,
    beside: Beside = MappingProxyType({}),
    made: Materialization | None = None,
) -> Checked:
    """Return the table as it has to be stored; raise if a blocking check does not pass.

    Args:
        path: Where the file is that the table lists, of a file asset.
        beside: What else the same call has made, or is shown again together with it.
        made: The result that it is read from; None for a new one.
    """
    job, tools = attempt.job, attempt.tools
    parts = own_parts(attempt)
    found, records, parted = apply_schema(
        tools.validator, job.asset, job.cell, table, parts
    )
    refuse(job.cell, records)
    if job.checks:
        with tools.frames.opened() as frames:

            def load(given: Input) -> Any:
                if given.upstream == job.asset.key:
                    return _new_argument(frames, given, (with_columns(found, parts), path))
                if given.upstream in beside:
                    return _new_argument(frames, given, beside[given.upstream]())
                if is_file(job.graph, given):
                    paths = head_paths(tools, job.env, job.keys, given)
                    return as_argument(paths, given)
                other = read_head(
                    tools, job.env, job.graph, job.keys, given.upstream, given.columns
                )
                return frames.load(other, given.form, given.parameter)

            context = check_context(tools, parts, made, attempt.shown)
            records += tuple(run_check(one, job.cell, context, load) for one in job.checks)
    refuse(job.cell, records)
    aside = None if parted is None else refused_rows(job.cell, table, parted, job.run_id)
    return Checked(found, records, aside)


def seen_beside(attempt: Attempt, table: pa.Table, path: Path | None) -> New:
    """Return what a call has made as its schema leaves it."""
    job, parts = attempt.job, own_parts(attempt)
    applied = apply_schema(attempt.tools.validator, job.asset, job.cell, table, parts)
    return with_columns(applied.table, parts), path


def kept_beside(attempt: Attempt, made: Materialization) -> New:
    """Return what an earlier call has made as it is stored."""
    path = None if attempt.job.asset.file is None else path_of(attempt.tools, made)
    table = read_materialization(attempt.tools, made)
    return with_columns(table, own_parts(attempt)), path


def _new_argument(frames: StepFrames, given: Input, new: New) -> Any:
    """Return what a parameter of a check receives of what a call has made."""
    table, path = new
    if path is not None:
        return as_argument({"": path}, given)
    return frames.load(seen_by(given, table), given.form, given.parameter)


def own_parts(attempt: Attempt) -> dict[str, str]:
    """Return the value that each partition column has in a cell."""
    job = attempt.job
    keys = job.keys.get(job.asset.key)
    if keys is None or job.cell.partition is None:
        return {}
    return parts_of(job.asset.partition_columns, keys, job.cell.partition)

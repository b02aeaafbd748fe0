"""Carry out a query where other assets call a function, and say what came from where."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assets_core.errors import DataError, MissingDataError
from assets_core.model.assets import Asset
from assets_core.model.hiding import revealed
from assets_core.model.queries import (
    PARTITION_END,
    PARTITION_KEY,
    PARTITION_START,
    ColumnOrigin,
    Name,
    Query,
)
from assets_core.protocols.frames import Frames, QueryTable, Question
from assets_core.running.attempt import Attempt
from assets_core.running.calling import Call
from assets_core.running.context import OwnPartition


def as_query(
    call: Call, tables: Mapping[str, QueryTable | None], frames: Frames
) -> tuple[Call, Mapping[str, Any]]:
    """Return the call of a function that carries out the query of an asset.

    Args:
        tables: What each input holds, by the name of the table in small letters.
    """
    asset, query = call.asset, call.asset.query
    assert query is not None  # noqa: S101 - others are not asked
    question = Question(
        query.text,
        _named(asset, query, tables),
        _values(asset, query, call.partitions),
        query.one_thread,
        asset.ordered,
    )

    def answered() -> Any:
        try:
            return frames.answer(question)
        except DataError as error:
            error.problem = f"The query of '{asset.key}' fails: {error.problem}"
            error.where = error.where or query.path or asset.where
            raise

    if not query.one_thread:
        call.uses["threads"] = "several: sums of doubles may differ in their last digits"
    return replace(call, asset=replace(asset, function=answered)), {}


def _named(
    asset: Asset, query: Query, tables: Mapping[str, QueryTable | None]
) -> dict[Name, QueryTable]:
    """Return the tables by the names that the query has for them."""
    found: dict[Name, QueryTable] = {}
    keys = {one.parameter: one.upstream for one in asset.inputs}
    for table in query.reading.tables if query.reading else ():
        data = tables[table.parameter]
        if data is None:
            raise MissingDataError(
                f"The query of '{asset.key}' reads partitions of"
                f" '{keys[table.parameter]}', and none of them is there",
                fix=f"assets materialize {keys[table.parameter]}",
            )
        found[table.name] = data
    return found


def _values(
    asset: Asset, query: Query, partitions: Sequence[OwnPartition]
) -> dict[str, Any]:
    """Return the values of the parameters that a query names."""
    known = {name: revealed(value) for name, value in asset.config.items()}
    starts = [one.start for one in partitions if one.start is not None]
    ends = [one.end for one in partitions if one.end is not None]
    if starts and ends:
        known |= {PARTITION_START: min(starts), PARTITION_END: max(ends)}
    if len(partitions) == 1:
        (own,) = partitions
        known |= {f"partition_{name}": key for name, key in own.keys.items()}
        known[PARTITION_KEY] = own.key
    named = query.reading.parameters if query.reading else ()
    return {name: known[name] for name in named}


def origins_of(attempt: Attempt, columns: Sequence[str]) -> tuple[ColumnOrigin, ...] | None:
    """Return where the values of the columns of a result come from.

    None for a function, and for a query of which that cannot be told.
    """
    job, parser = attempt.job, attempt.tools.queries
    query = job.asset.query
    if query is None or query.reading is None or parser is None:
        return None
    by_parameter = {read.given.parameter: read for read in attempt.reads}
    tables: dict[Name, dict[str, str]] = {}
    keys: dict[str, str] = {}
    for table in query.reading.tables:
        read = by_parameter[table.parameter]
        node = job.graph.nodes[read.given.upstream]
        parts = node.partition_columns if isinstance(node, Asset) else ()
        stored = {
            one.name: one.type
            for cell in read.cells[:1]
            for one in attempt.made[cell].columns
        }
        tables[table.name] = {**stored, **dict.fromkeys(parts, "string")}
        keys[".".join(table.name)] = read.given.upstream
    found = parser.origins(query.text, tables, columns)
    return found and tuple(replace(one, upstream=keys[one.upstream]) for one in found)

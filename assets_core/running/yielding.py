"""Carry out the one call that yields all partitions of an asset.

What is kept of the call is a table of the keys and their data versions: with it the call is
a cell like any other, and what it has made can be shown again.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import pyarrow as pa

from assets_core.errors import AssetsError, DataError, SchemaError, UnsupportedDataError
from assets_core.model.partitions import ListedKeys, Partition
from assets_core.model.partitions.listed import key_problem
from assets_core.model.records import Materialization, StepRecord, StepStatus
from assets_core.planning.plan import Action
from assets_core.planning.yielded import partition_of
from assets_core.protocols.metadata import Reusable
from assets_core.running.accepting import Checked, checked
from assets_core.running.attempt import Attempt, may_publish
from assets_core.running.committing import (
    Made,
    Result,
    Showing,
    new_result,
    record_of,
    store_table,
    store_tables,
)
from assets_core.running.computing import call_of, called
from assets_core.running.reading import (
    read_head,
    read_materialization,
    read_quarantined,
    verify_stored,
)
from assets_core.running.slices import own_rows
from assets_core.running.together import Together, moved
from assets_core.versioning.canonical import canonical_table, in_canonical_order

STORED_AT_ONCE = 64
"""How many partitions are stored at once; they are kept in memory until then."""

STORED_BYTES = 64 << 20
"""How many bytes of them are, at most."""

KEY, VERSION = "partition", "data_version"
"""The columns of what is kept of a call."""


def act_on_call(
    attempt: Attempt,
    action: Action | None,
    earlier: Materialization | None,
    reasons: tuple[str, ...],
) -> StepRecord:
    """Do what a verdict asks for: call the function, or show what it made before.

    Args:
        earlier: The call that is to be shown again, unless the action is to compute.
    """
    if action is None:
        return record_of(attempt.job.cell, "skipped", None, reasons)
    together = Together(attempt, reasons)
    try:
        call = None
        if action != "compute" and earlier is not None:
            status: StepStatus = "revalidated" if action == "revalidate" else "reused"
            call = _again(together, earlier, status)
        return together.commit(call or _Yielding(together).compute())
    finally:
        together.release()


class _Part(NamedTuple):
    """One partition that was yielded, checked, and not stored yet."""

    key: str
    found: Checked


@dataclass(slots=True)
class _Yielding:
    """What a call has yielded until now.

    Attributes:
        waiting: The partitions that are to be stored next.
    """

    together: Together
    keys: set[str] = field(default_factory=set)
    waiting: list[_Part] = field(default_factory=list)

    def compute(self) -> Showing:
        """Call the function and store all that it yields; nobody sees it yet."""
        together, attempt = self.together, self.together.attempt
        started = attempt.tools.clock.elapsed()
        call = call_of(attempt, (), self._previous)
        called([attempt], call, self._take_all)
        together.refuse()
        versions = {key: one.made.data_version for key, one in together.shown.items()}
        versions |= {key: head.data_version for key, head in together.held().items()}
        seconds = (attempt.tools.clock.elapsed() - started) / (len(together.shown) + 1)
        packages = dict(attempt.job.expected.code.packages)

        def finished(made: Materialization) -> Materialization:
            return replace(
                made,
                seconds=seconds,
                metadata=dict(call.metadata),
                made_with={**attempt.tools.made_with, **packages, **call.uses},
            )

        for key, one in together.shown.items():
            together.shown[key] = one._replace(made=finished(one.made))
        table = _table_of(versions)
        made = finished(new_result(attempt, table, together.reasons))
        made = replace(made, origins=())  # of the call; those of its rows are with these
        return store_table(attempt, Result(table, made, ()), "computed")

    def _take_all(self, yielded: Any) -> None:
        together = self.together
        # A call may be repeated: what the last one has yielded counts.
        for kept in (self.keys, self.waiting, together.shown, together.refused):
            kept.clear()
        with closing(yielded):
            for number, one in enumerate(yielded):
                self._take(number, one)
                size = sum(part.found.table.nbytes for part in self.waiting)
                if len(self.waiting) >= STORED_AT_ONCE or size >= STORED_BYTES:
                    self._store()
        self._store()

    def _take(self, number: int, yielded: Any) -> None:
        if not isinstance(yielded, Partition):
            asset = self.together.attempt.job.asset.key
            raise UnsupportedDataError(
                f"Part {number} that '{asset}' yielded is a {_name(yielded)}, and no"
                " Partition",
                fix="yield Partition(key, rows) for each key; to make one partition a call"
                " in several batches, return a generator of them",
            )
        key = self._key(yielded.key)
        part = self.together.part(key)
        try:
            found = checked(part, _rows(part, key, yielded.rows))
        except SchemaError as error:
            self.together.refused.append(error)
        except AssetsError as error:
            if f"'{part.job.cell}'" not in error.problem:
                error.problem = f"'{part.job.cell}': {error.problem}"
            raise
        else:
            self.waiting.append(_Part(key, found))

    def _key(self, key: Any) -> str:
        """Return a key as plain text, or raise what is wrong with it."""
        asset = self.together.attempt.job.asset.key
        problem = key_problem(key)
        if problem:
            raise DataError(
                f"'{asset}' yielded the key {key!r}, which cannot be used: {problem}",
                fix="yield Partition(str(key), rows), with text such as 'eu' or 'New York'"
                " that has no ',', '=', '..' and line break",
            )
        plain = str.__str__(key)
        if plain in self.keys:
            raise DataError(
                f"'{asset}' yielded the key '{plain}' twice",
                fix="yield all rows of a key together, in one Partition",
            )
        self.keys.add(plain)
        return plain

    def _store(self) -> None:
        """Store the partitions that wait; nobody sees them yet."""
        waiting, self.waiting = self.waiting, []
        together = self.together
        if together.refused or not waiting:
            return  # nothing will be shown, or nothing is left
        together.claim([part.key for part in waiting])

        objects: list[list[Made]] = []
        for part in waiting:
            attempt = together.part(part.key)
            may_publish(attempt)
            table, checks, refused = part.found
            made = new_result(attempt, table, together.reasons)
            objects.append([(attempt, Result(table, made, checks, refused))])
        stored = store_tables(objects, "computed")
        together.shown |= {part.key: one for part, one in zip(waiting, stored, strict=True)}

    def _previous(self) -> Any:
        tools, job = self.together.attempt.tools, self.together.attempt.job
        if all(cell.partition is None for cell in self.together.heads()):
            return None
        return read_head(tools, job.env, job.graph, job.keys, job.asset.key).to_pandas()


def _rows(part: Attempt, key: str, rows: Any) -> pa.Table:
    """Return the rows of one partition as they are checked."""
    cell, asset = part.job.cell, part.job.asset
    table = canonical_table(part.tools.frames.to_arrow(rows, part=True))
    parts = dict.fromkeys(asset.partition_columns, key)
    try:
        table = own_rows(cell, table, parts, ListedKeys((key,)))
    except DataError as error:
        name = next(iter(parts))
        error.fix = (
            f"column '{name}' holds the key of the partition: drop it, or call the"
            " partition column otherwise: DynamicPartitions(…, name=…)"
        )
        raise
    return table if asset.ordered else in_canonical_order(table)


def _again(
    together: Together, earlier: Materialization, status: StepStatus
) -> Showing | None:
    """Take all that an earlier call has made; None if it is not all there."""
    attempt, tools = together.attempt, together.attempt.tools
    try:
        table = read_materialization(tools, earlier)
    except AssetsError:
        return None
    keys, recorded = (table[name].to_pylist() for name in (KEY, VERSION))
    together.claim(keys)
    if not together.held().keys() <= set(keys):
        return None
    kept = tools.store.reusable(map(together.cell, keys))
    for key, version in zip(keys, recorded, strict=True):
        recipe = attempt.job.expected.recipe(partition_of(attempt.making, key))
        found = kept.get((together.cell(key), recipe))
        if found is None or found.materialization.data_version != version:
            return None
        one = _part_again(together, key, found)
        if one is not None:
            together.shown[key] = one
    together.refuse()
    if len(together.shown) < len(keys):
        return None
    if earlier.stored.storage == attempt.manager.storage:
        return Showing(attempt, earlier, status, (), new=False)
    made = moved(attempt, earlier, together.reasons)
    return store_table(attempt, Result(table, made, ()), status)


def _part_again(together: Together, key: str, kept: Reusable) -> Showing | None:
    """Return an earlier result of one partition, as it is to be shown now."""
    part, made = together.part(key), kept.materialization
    elsewhere = made.stored.storage != part.manager.storage
    try:
        may_publish(part)
        if not elsewhere and part.job.expected.validation.digest in kept.validated:
            verify_stored(part.tools, made)
            return Showing(part, made, "reused", (), new=False)
        table = read_materialization(part.tools, made)
        found = checked(part, table, made=made)
        aside = read_quarantined(part.tools, made)
    except SchemaError as error:
        together.refused.append(error)
        return None
    except DataError:
        return None  # it is damaged or gone
    if found.refused is not None:
        return None  # what is stored has no place for more of these
    if not elsewhere:
        return Showing(part, made, "revalidated", found.checks, new=False)
    made = moved(part, made, together.reasons)
    return store_table(part, Result(found.table, made, found.checks, aside), "reused")


def _table_of(versions: dict[str, str]) -> pa.Table:
    """Return what is kept of a call."""
    keys = sorted(versions)
    columns = {KEY: keys, VERSION: [versions[key] for key in keys]}
    return pa.table(columns, pa.schema([(name, pa.string()) for name in columns]))


def _name(value: Any) -> str:
    kind = type(value)
    home = kind.__module__.partition(".")[0]
    return kind.__qualname__ if home == "builtins" else f"{home}.{kind.__qualname__}"

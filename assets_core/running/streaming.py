"""Take a stream batch by batch: check it, hash it and write it, with little in memory.

A stream that turns out to be small is a table like any other. A larger one is looked at in
blocks, each by itself: what can be said of a block alone is checked, and a rule that is
found to need all rows at once is named and refused. It is found by asking it about the
first block, in several ways; a check of the user's own that compares rows in none of them
is asked block by block.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from assets_core.errors import DataError, UnsupportedDataError
from assets_core.frozen import frozen
from assets_core.model.records import CheckRecord, refused_attempt
from assets_core.model.versions import DataVersion
from assets_core.protocols.io import Staged, StagingStream, StreamingIOManager
from assets_core.running.checking import (
    Tally,
    part_by_schema,
    refuse,
    schema_record,
)
from assets_core.running.quarantine import Places, refused_rows
from assets_core.running.slices import own_rows, parts_of
from assets_core.versioning.canonical import canonical_table
from assets_core.versioning.data_version import ContentHasher

if TYPE_CHECKING:
    from assets_core.running.attempt import Attempt

HELD = 32 << 20
"""Up to how many bytes a stream is a table like any other."""

BLOCK = 8 << 20
"""How many bytes of a larger one are looked at at once."""


@frozen
class Written:
    """A table that was written while it was made, and is in memory no more.

    Attributes:
        checks: What its schema found.
        refused: The rows that were put aside, if some were.
    """

    schema: pa.Schema
    num_rows: int
    nbytes: int
    staged: Staged
    version: DataVersion
    checks: tuple[CheckRecord, ...] = ()
    refused: Written | None = None

    @property
    def column_names(self) -> list[str]:
        """Return the names of its columns."""
        return list(self.schema.names)


@dataclass(slots=True)
class _Writing:
    """One table that is being written."""

    stream: StagingStream
    hasher: ContentHasher
    schema: pa.Schema
    rows: int = 0
    bytes: int = 0

    @classmethod
    def begin(cls, attempt: Attempt, schema: pa.Schema, name: str) -> _Writing:
        manager = attempt.manager
        assert isinstance(manager, StreamingIOManager)  # noqa: S101 - nothing else is asked
        stream = manager.stage_stream(attempt.job.cell, schema, name)
        return cls(stream, ContentHasher(schema), schema)

    def write(self, rows: pa.Table) -> None:
        if rows.schema != self.schema:
            raise UnsupportedDataError(
                "The schema gives batches of one stream other columns than the first:"
                f" {rows.schema.names} of {rows.schema.types}",
                fix="let it give each column one type, whatever a batch holds",
            )
        self.hasher.update(rows)
        self.stream.write(rows)
        self.rows += rows.num_rows
        self.bytes += rows.nbytes

    def end(self, **others: Any) -> Written:
        staged, version = self.stream.staged(), self.hasher.result()
        return Written(self.schema, self.rows, self.bytes, staged, version, **others)


@dataclass(slots=True)
class Taking:
    """What was taken of the stream that a function returned for one cell."""

    attempt: Attempt
    tally: Tally = field(default_factory=Tally)
    good: _Writing | None = None
    bad: _Writing | None = None

    def take(self, value: Any) -> pa.Table | Written:
        """Return the table that a function returned, or what was written of a stream."""
        frames = self.attempt.tools.frames
        stream = frames.to_stream(value) if self._streams() else None
        if stream is None:
            return frames.to_arrow(value)
        held: list[pa.Table] = []
        size = 0
        for part in stream:
            held.append(part)
            size += part.nbytes
            if size > HELD:
                break
        else:
            return pa.concat_tables(held)
        try:
            return self._write(_blocks(itertools.chain(_emptied(held), stream)))
        except BaseException:
            self.discard()
            raise

    def discard(self) -> None:
        """Throw away what was written."""
        for one in (self.good, self.bad):
            if one is not None:
                one.stream.discard()
        self.good, self.bad, self.tally = None, None, Tally()

    def _streams(self) -> bool:
        asset, manager = self.attempt.job.asset, self.attempt.manager
        alone = asset.batch == 1 and not asset.outputs
        return alone and isinstance(manager, StreamingIOManager)

    def _write(self, blocks: Iterator[pa.Table]) -> Written:
        job = self.attempt.job
        own = job.keys.get(job.asset.key)
        names = job.asset.partition_columns
        parts = {} if own is None else parts_of(names, own, job.cell.partition or "")
        for number, block in enumerate(blocks):
            table = canonical_table(block)
            if own is not None:
                table = own_rows(job.cell, table, parts, own)
            if number == 0:
                _refuse_whole(self.attempt, table, parts)
            self._take(table, parts)
        found: tuple[CheckRecord, ...] = ()
        if job.asset.schema is not None:
            found = (schema_record(job.asset, job.cell, self.tally),)
        refuse(job.cell, found)
        assert self.good is not None  # noqa: S101 - there is at least one block
        refused = None if self.bad is None else self.bad.end()
        return self.good.end(checks=found, refused=refused)

    def _take(self, table: pa.Table, parts: dict[str, str]) -> None:
        """Check a block and write what passes and what does not, each to its place."""
        job = self.attempt.job
        name = self.attempt.claim.attempt
        passed, parted = part_by_schema(
            self.attempt.tools.validator, job.asset, table, parts
        )
        self.tally.add(parted, table.num_rows)
        if self.good is None:
            self.good = _Writing.begin(self.attempt, passed.schema, name)
        self.good.write(passed)
        if parted is not None and parted.broken:
            aside = refused_rows(job.cell, table, parted, job.run_id)
            if self.bad is None:
                self.bad = _Writing.begin(self.attempt, aside.schema, refused_attempt(name))
            self.bad.write(aside)


def _emptied(tables: list[pa.Table]) -> Iterator[pa.Table]:
    """Yield tables, and keep none of them."""
    tables.reverse()
    while tables:
        yield tables.pop()


def _blocks(parts: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """Yield the rows of parts of any size in blocks of about one size."""
    waiting: list[pa.Table] = []
    size = 0
    for part in parts:
        step = max(1, part.num_rows * BLOCK // max(BLOCK, part.nbytes))
        for start in range(0, part.num_rows, step):
            piece = part.slice(start, step)
            waiting.append(piece)
            size += piece.nbytes
            if size >= BLOCK // 2:
                yield pa.concat_tables(waiting)
                waiting, size = [], 0
    if waiting:
        yield pa.concat_tables(waiting)


def _compares_rows(attempt: Attempt, table: pa.Table, parts: dict[str, str]) -> list[str]:
    """Return the rules that say something else of a row among other rows.

    They are asked about a block, its halves, the block backwards, and twice in a row.
    """
    validator = attempt.tools.validator
    asset = replace(attempt.job.asset, on_invalid="warn")

    def broken(places: Places) -> dict[tuple[str, str], Places | None]:
        _, parted = part_by_schema(validator, asset, table.take(pa.array(places)), parts)
        failures = parted.left.failures if parted else ()
        return {(one.column, one.check): one.rows for one in failures}

    rows = np.arange(table.num_rows)
    alone, rules = broken(rows), set()
    for places in (*np.array_split(rows, 2), rows[::-1], np.concatenate([rows, rows])):
        found = broken(places)
        for rule in alone.keys() | found.keys():
            known, told = alone.get(rule, rows[:0]), found.get(rule, rows[:0])
            if known is None or told is None:
                continue  # it is about no single rows
            if not np.array_equal(np.flatnonzero(np.isin(places, known)), np.sort(told)):
                rules.add(rule)
    return [
        f"check {check} of column '{column}', which compares rows"
        for column, check in sorted(rules)
    ]


def _refuse_whole(attempt: Attempt, table: pa.Table, parts: dict[str, str]) -> None:
    """Name what needs all rows of a stream at once."""
    job = attempt.job
    whole = [f"check '{check.name}'" for check in job.checks]
    if not job.asset.ordered:
        whole.append("ordered=False, which sorts")
    if job.asset.schema is not None:
        whole += attempt.tools.validator.whole_rules(job.asset.schema, table)
        whole += [] if whole else _compares_rows(attempt, table, parts)
    if whole:
        raise DataError(
            f"'{job.cell}' is a stream of more than {HELD >> 20} MB, which is looked at"
            f" batch by batch, and this needs all rows at once: {', '.join(whole)}",
            fix="return a table if it fits into memory, such as reader.read_all(), or leave"
            " that out; a check can answer row by row, and another asset may read this one"
            " and be checked as a whole",
        )

"""Lazy Polars frames of many cells: which files are read, and what of them.

Polars asks when somebody collects, and says which columns, which rows and how many it
needs. Cells whose partition columns rule them out are not touched. Of the others the
bytes are compared with what was written; then Polars reads the columns and row groups
that it needs of their files. What is not kept as a plain Parquet file is read through
Arrow, the columns that are needed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate, groupby

import numpy as np
import polars as pl
import pyarrow as pa
from polars.io.plugins import register_io_source

from assets_core.frozen import frozen
from assets_core.parallel import in_parallel
from assets_core.protocols.frames import Piece

MOST = 256
"""How many files are compared and read together. It begins with one, and then twice as
many each time, so that whoever wants a few rows waits for few files."""
MOST_ROWS = 1 << 31
"""How many rows files that are read together have, unless it is a single file."""

_PLAIN = frozenset(
    kind.id
    for kind in (
        *(pa.bool_(), pa.string(), pa.binary(), pa.float32(), pa.float64()),
        *(pa.int8(), pa.int16(), pa.int32(), pa.int64(), pa.date32(), pa.timestamp("us")),
        *(pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64(), pa.decimal128(1)),
    )
)
"""Types that Polars reads from Parquet as it gets them from Arrow."""

ToFrame = Callable[[pa.Table], pl.DataFrame]


def scan(
    pieces: Sequence[Piece], schema: pa.Schema, to_frame: ToFrame, upstream: str = ""
) -> pl.LazyFrame:
    """Return a lazy frame of cells.

    Args:
        schema: The columns of the frame.
        to_frame: Makes a frame of a table.
        upstream: The key of their asset.
    """
    types = to_frame(schema.empty_table()).schema
    cells = _Cells(tuple(pieces), schema, types, to_frame, upstream)
    return register_io_source(cells.read, schema=types, validate_schema=True, is_pure=True)


@frozen
class _Wish:
    """What Polars asks for.

    Attributes:
        stored: The columns that are needed and do not tell partitions from others.
        parts: Those that do.
        below: What rows have to fulfil, as far as stored columns tell.
        above: The rest of it.
        most: How many rows are needed of each file, where that is known before.
    """

    stored: list[str]
    parts: list[str]
    below: list[pl.Expr]
    above: list[pl.Expr]
    most: int | None
    batch_size: int | None


@dataclass(frozen=True)
class _Cells:
    pieces: tuple[Piece, ...]
    schema: pa.Schema
    types: pl.Schema
    to_frame: ToFrame
    upstream: str = ""

    def read(
        self,
        columns: list[str] | None,
        predicate: pl.Expr | None,
        n_rows: int | None,
        batch_size: int | None,
    ) -> Iterator[pl.DataFrame]:
        """Yield what Polars asks for, in the order of the cells."""
        names = list(self.schema.names) if columns is None else columns
        terms = [] if predicate is None else _terms(predicate)
        wish = self._wish(names, terms, n_rows, batch_size)
        rest = n_rows
        for some in _growing(self._left(terms)):
            for frame in self._frames(some, wish):
                taken = frame if rest is None else frame.head(rest)
                yield taken.select(names)
                if rest is not None:
                    rest -= taken.height
                    if rest <= 0:
                        return

    @cached_property
    def _parts(self) -> pa.Schema:
        """Return the columns that tell partitions from others."""
        names = {name for piece in self.pieces for name in piece.parts}
        return pa.schema([field for field in self.schema if field.name in names])

    def _wish(
        self,
        names: list[str],
        terms: list[pl.Expr],
        n_rows: int | None,
        batch_size: int | None,
    ) -> _Wish:
        roots = {root for term in terms for root in term.meta.root_names()}
        needed = [name for name in self.schema.names if name in roots.union(names)]
        parts = [name for name in needed if name in self._parts.names]
        stored = [name for name in needed if name not in parts]
        below = [_only(term, set(stored)) for term in terms]
        return _Wish(
            stored,
            parts,
            [term for term, is_below in zip(terms, below, strict=True) if is_below],
            [term for term, is_below in zip(terms, below, strict=True) if not is_below],
            None if terms else n_rows,
            batch_size,
        )

    def _left(self, terms: list[pl.Expr]) -> list[Piece]:
        """Return the cells that their partition columns do not rule out."""
        only = [term for term in terms if _only(term, set(self._parts.names))]
        if not only:
            return list(self.pieces)
        kept = self._values(self.pieces).select(pl.all_horizontal(only)).to_series()
        pairs = zip(self.pieces, kept, strict=True)
        return [piece for piece, keep in pairs if keep or not self._is_plain(piece, [])]

    def _values(self, pieces: Sequence[Piece]) -> pl.DataFrame:
        """Return the partition columns, a row for each cell."""
        rows = [dict(piece.parts) for piece in pieces]
        return self.to_frame(pa.Table.from_pylist(rows, schema=self._parts))

    def _is_plain(self, piece: Piece, stored: Sequence[str]) -> bool:
        """Return whether Polars can read these columns of its file as they have to be."""
        return len(piece.parts) == len(self._parts) and all(
            (field := self.schema.field(name)).type.id in _PLAIN
            and (name not in piece.schema.names or piece.schema.field(name).equals(field))
            for name in stored
        )

    def _frames(self, pieces: Sequence[Piece], wish: _Wish) -> Iterator[pl.DataFrame]:
        """Yield the rows that are wanted, with all columns that are needed."""

        def file(piece: Piece) -> str | None:
            wanted = wish.stored and self._is_plain(piece, wish.stored)
            return piece.file() if wanted else None

        pairs = zip(pieces, in_parallel(file, pieces), strict=True)
        for is_file, group in groupby(pairs, lambda pair: pair[1] is not None):
            some = list(group)
            if is_file:
                paths = [path for _, path in some if path is not None]
                frames = self._of_files([piece for piece, _ in some], paths, wish)
            else:
                frames = (self._of_one(piece, wish) for piece, _ in some)
            for frame in frames:
                yield frame.filter(*wish.above) if wish.above else frame

    def _of_files(
        self, pieces: Sequence[Piece], paths: list[str], wish: _Wish
    ) -> Iterator[pl.DataFrame]:
        row = "row"
        while row in self.types:
            row += "_"
        lazy = pl.scan_parquet(
            paths,
            schema={name: self.types[name] for name in wish.stored},
            missing_columns="insert",
            extra_columns="ignore",
            row_index_name=row if wish.parts else None,
            glob=False,
            hive_partitioning=False,
        )
        if wish.below:
            lazy = lazy.filter(*wish.below)
        if wish.most is not None:
            lazy = lazy.head(wish.most)
        values = self._values(pieces).select(wish.parts)
        ends = pl.Series(accumulate(piece.rows for piece in pieces), dtype=pl.Int64)
        for frame in lazy.collect_batches(chunk_size=wish.batch_size):
            if not wish.parts:
                yield frame
                continue
            # Which of the files a row is from follows from how many rows each has.
            at = ends.search_sorted(frame[row].cast(pl.Int64), side="right")
            yield frame.drop(row).hstack(values[at])

    def _of_one(self, piece: Piece, wish: _Wish) -> pl.DataFrame:
        if not wish.stored and self._is_plain(piece, []):
            values = self._values([piece]).select(wish.parts)
            return values[np.zeros(piece.rows, np.int64)]
        frame = self.to_frame(piece.read([*wish.stored, *wish.parts]))
        return frame.filter(*wish.below) if wish.below else frame


def _only(term: pl.Expr, names: set[str]) -> bool:
    """Return whether a term says something of these columns and of no others."""
    roots = term.meta.root_names()
    return bool(roots) and names.issuperset(roots)


def _terms(predicate: pl.Expr) -> list[pl.Expr]:
    """Return the terms that all have to be true for a predicate to be true."""
    terms, waiting = [], [predicate]
    while waiting:
        term = waiting.pop()
        inside = term.meta.pop()
        if len(inside) == 2 and term.meta.eq(inside[1] & inside[0]):  # noqa: PLR2004
            waiting += inside
        else:
            terms.append(term)
    return terms


def _growing(pieces: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield cells one, two, four and more at a time."""
    some: list[Piece] = []
    most, rows = 1, 0
    for piece in pieces:
        if some and (len(some) == most or rows + piece.rows > MOST_ROWS):
            yield some
            some, most, rows = [], min(2 * most, MOST), 0
        some.append(piece)
        rows += piece.rows
    if some:
        yield some

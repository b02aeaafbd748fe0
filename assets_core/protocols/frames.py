"""What the core asks of the libraries that users hold their tables in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol

from assets_core.frozen import frozen
from assets_core.model.assets import Form
from assets_core.model.queries import Name

if TYPE_CHECKING:
    import pyarrow as pa


@frozen
class Piece:
    """One cell of a lazy frame: what is known of it, and how to get at its data later.

    Attributes:
        schema: The columns that are stored.
        parts: The value of each partition column that is not stored.
        rows: How many rows it has.
        file: Returns the path of its Parquet file, once its bytes are known to be whole;
            None if it is not kept as one.
        read: Returns some columns, stored or not, in the types of the whole frame.
    """

    schema: pa.Schema
    parts: Mapping[str, Any]
    rows: int
    file: Callable[[], str | None]
    read: Callable[[Sequence[str]], pa.Table]


@frozen
class QueryTable:
    """A table as a query sees it: some columns of some cells of one asset.

    Attributes:
        pieces: The cells, in order; of one that lacks a column, it is null.
        schema: The columns that the query may read.
    """

    pieces: Sequence[Piece]
    schema: pa.Schema


@frozen
class Question:
    """A query with all that it needs.

    Attributes:
        text: One `select` in DuckDB's SQL.
        tables: What it reads, by name.
        values: What its parameters stand for.
        one_thread: Whether every sum has to come out the same, to the last bit.
        ordered: Whether the order of rows means something.
    """

    text: str
    tables: Mapping[Name, QueryTable]
    values: Mapping[str, Any]
    one_thread: bool
    ordered: bool


MadeOf = frozenset[tuple[str, str]] | None
"""The columns that a column is made of, each with the key of its asset; None if unknown."""


class StepFrames(Protocol):
    """The inputs of one step, in the forms that its function wants.

    What shares something, as DuckDB relations share a connection, shares it within one
    step and with nothing else. It is gone when the step is over, so that a lazy result
    has to become a table before.
    """

    def load(self, table: pa.Table, form: Form, name: str) -> Any:
        """Return the table in a form; `name` is the parameter that receives it.

        Whoever gets it may change it in place: nobody else sees that.

        Raises:
            UnsupportedDataError: That form cannot hold one of the columns.
            ConfigurationError: Its library is not installed.
        """
        ...


class Frames(Protocol):
    """Turns what functions return into Arrow tables, and tables into what they want."""

    def to_arrow(self, value: Any, *, part: bool = False) -> pa.Table:
        """Return what a function returned as a table, not yet in canonical form.

        Lazy values are computed and streams are read to their end. No value is changed
        in silence: what cannot become a table as it is, is refused.

        Args:
            part: Whether it is a part of something, which may number its rows as they
                were numbered there: that says nothing.

        Raises:
            UnsupportedDataError: It is no table, or a column has no one type.
        """
        ...

    def to_stream(self, value: Any) -> Iterator[pa.Table] | None:
        """Return what a function returned part by part, None if it is no stream.

        The parts have one schema, and there is at least one. What comes next is computed
        when it is asked for.

        Raises:
            UnsupportedDataError: A part is no table, or has other columns than the first.
        """
        ...

    def from_arrow(self, table: pa.Table, form: Form, name: str) -> Any:
        """Return a canonical table in a form, outside of any step."""
        ...

    def scan(self, pieces: Sequence[Piece], schema: pa.Schema, name: str) -> Any:
        """Return a lazy frame of several cells, which reads nothing before it must.

        Args:
            schema: The columns of the frame; of a piece that lacks one, null.
            name: What it is a frame of.

        Raises:
            UnsupportedDataError: A lazy frame cannot hold one of the columns.
            ConfigurationError: Its library is not installed.
        """
        ...

    def origins(self, value: Any) -> Mapping[str, MadeOf]:
        """Return what the columns of a result are made of that is not computed yet.

        Columns of which nothing is known may be left out; of a result that is there
        already all are.
        """
        ...

    def answer(self, question: Question) -> pa.Table:
        """Return what a query finds.

        Raises:
            UnsupportedDataError: SQL cannot hold one of the columns that it reads.
            DataError: The query does not fit the data.
        """
        ...

    def form_of(self, value: Any) -> Form | None:
        """Return the form that a value has, None if it is no table."""
        ...

    def opened(self) -> AbstractContextManager[StepFrames]:
        """Return a place for the inputs of one step."""
        ...

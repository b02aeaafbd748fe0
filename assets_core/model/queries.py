"""What a query in SQL is, and what has been read out of its text. Values only."""

from __future__ import annotations

from typing import Any, Literal

from assets_core.errors import UsageError
from assets_core.frozen import frozen
from assets_core.model.versions import Digest

PARTITION_START = "partition_start"
PARTITION_END = "partition_end"
PARTITION_KEY = "partition_key"
OF_PARTITION = (PARTITION_START, PARTITION_END, PARTITION_KEY)
"""The parameters that a query of a partitioned asset may name."""

Name = tuple[str, ...]
"""The name of a table, part by part: `raw.flights` is `("raw", "flights")`."""


@frozen
class ReadTable:
    """A table that a query reads.

    Attributes:
        name: As it is written first.
        columns: What may be a column of it that is read, in small letters and sorted; a
            name may be there that turns out to be a column of another table. None for
            all, as for `select *`.
        named: Columns that it must have for the query to make sense, also in small letters
            and sorted.
    """

    name: Name
    columns: tuple[str, ...] | None
    named: tuple[str, ...] = ()

    @property
    def parameter(self) -> str:
        """Return what the input is called: SQL does not tell letter cases apart."""
        return ".".join(self.name).casefold()


@frozen
class Reading:
    """What the project has to know of a query.

    Attributes:
        tables: What it reads, apart from its own `with` and subqueries.
        parameters: The names after `$`, sorted.
        components: The query, and each `with` at its top: name and digest of its normal
            form. The query itself comes first and has no name.
        ordered: Whether it says at its top in which order the rows come.
        unsure: What may give other rows another time, in words.
        problem: Why it is no query; empty when it is one.
        line: Where that is seen, counted from 1; 0 where it is not known.
    """

    tables: tuple[ReadTable, ...] = ()
    parameters: tuple[str, ...] = ()
    components: tuple[tuple[str, Digest], ...] = ()
    ordered: bool = False
    unsure: tuple[str, ...] = ()
    problem: str = ""
    line: int = 0


@frozen(eq=False)
class Query:
    """A query that makes an asset, in the place where others have a function.

    Attributes:
        text: The query; empty until its file is read.
        path: The file that has it, relative to the project's folder; empty without.
        ordered: Whether the order of rows means something; None leaves it to the query.
        one_thread: Whether the same bytes are wanted every time, at the price of speed.
        reading: What was read out of it; None until the project is loaded.
    """

    text: str = ""
    path: str = ""
    ordered: bool | None = None
    one_thread: bool = False
    reading: Reading | None = None

    def __call__(self, *_: Any, **__: Any) -> Any:
        """Refuse: a query is no function."""
        raise UsageError(
            "An asset in SQL cannot be called",
            fix="materialize it, or try the query: Workspace.open().sql('…')",
        )


How = Literal["exact", "observed", "assumed"]


@frozen
class ColumnOrigin:
    """One column of a result, and a column of an upstream that its values come from.

    Attributes:
        upstream: The key of the asset; of what a parser says, the name of the table.
        origin: The column there.
        how: How it is known. `exact`: the query says so. `observed`: the plan of a lazy
            frame says so, or both hold the same values. `assumed`: both have the same
            name and type, and nothing else is known.
    """

    column: str
    upstream: str
    origin: str
    how: How = "exact"

"""What the core asks of a schema library."""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Any, Protocol

from assets_core.frozen import frozen

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


@frozen
class Failure:
    """One check of a schema that did not pass.

    Attributes:
        column: The column, or an empty text for a check of the whole table.
        count: How many rows break it; None where it is not about rows.
        examples: A few of the values that break it, as text.
        rows: The places of those rows in the table that was given, in order; None where
            no single row is to blame, as with types, uniqueness and sums.
    """

    column: str
    check: str
    count: int | None
    examples: tuple[str, ...] = ()
    rows: NDArray[np.int64] | None = field(default=None, compare=False, repr=False)


@frozen
class Validated:
    """What a schema made of a table.

    Attributes:
        table: The table as it has to be stored: changed where the schema changes data.
        failures: Every check that did not pass; empty when all did.
    """

    table: pa.Table
    failures: tuple[Failure, ...]


@frozen
class ColumnNote:
    """What a schema says of a column, for people.

    Attributes:
        rules: What every value must satisfy, each in a few words.
    """

    description: str = ""
    rules: tuple[str, ...] = ()


class Validator(Protocol):
    """Checks tables against schemas.

    Every row is looked at: a schema that could only be compared by names and types is
    never reported as passed.
    """

    def schema_problem(self, schema: Any) -> str | None:
        """Return why an object cannot be used as a schema, None if it can.

        It is asked when a project loads, so that nobody waits for data to learn it: a
        schema without a problem is one that `validate` takes. What a schema asks for
        and nobody would do, or would do in silence, is a problem.
        """
        ...

    def changes_data(self, schema: Any) -> bool:
        """Return whether validating may give other data than it was given.

        Raises:
            DefinitionError: The schema has a problem.
        """
        ...

    def columns(self, schema: Any) -> frozenset[str]:
        """Return the columns that a schema names."""
        ...

    def unique(self, schema: Any) -> tuple[tuple[str, ...], ...]:
        """Return the sets of columns that tell all rows of a schema apart."""
        ...

    def notes(self, schema: Any) -> dict[str, ColumnNote]:
        """Return what a schema says of each column that it names."""
        ...

    def declares(self, schema: Any, column: str, *, any_case: bool = False) -> bool:
        """Return whether a table of a schema may have a column, as far as it says.

        A schema that names no columns says nothing of any. One that is not strict lets
        others pass, and declares them as little as a strict one.

        Args:
            any_case: Whether the name may be written in other letters, as in SQL.
        """
        ...

    def whole_rules(self, schema: Any, table: pa.Table) -> tuple[str, ...]:
        """Return the rules of a schema that need all rows at once, each in a few words.

        Such as uniqueness, and checks that answer once for all rows.

        Args:
            table: Some rows, to see how checks answer.
        """
        ...

    def validate(self, schema: Any, table: pa.Table) -> Validated:
        """Check a whole table in canonical form and tell every failure, not the first.

        A schema that only looks gives back the very table that it was given.

        Raises:
            DefinitionError: The schema has a problem.
            ConfigurationError: Its library is set up so that it would not do what it says.
            UnsupportedDataError: Its library cannot hold a column.
            SchemaError: It stopped with an exception that is not about a check.
        """
        ...

"""The validator of a project, whose library is loaded only when there is a schema."""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, cast

from assets_core.protocols.validator import ColumnNote, Validated, Validator

if TYPE_CHECKING:
    import pyarrow as pa


class LateValidator:
    """A Pandera validator that is imported when it is first asked."""

    @cached_property
    def _real(self) -> Validator:
        return cast(
            "Validator", import_module("assets_core.backends.pandera").PanderaValidator()
        )

    def changes_data(self, schema: Any) -> bool:
        """Return whether validating may give other data than it was given."""
        return self._real.changes_data(schema)

    def schema_problem(self, schema: Any) -> str | None:
        """Return why an object is no schema, or None."""
        return self._real.schema_problem(schema)

    def columns(self, schema: Any) -> frozenset[str]:
        """Return the columns that a schema names."""
        return self._real.columns(schema)

    def unique(self, schema: Any) -> tuple[tuple[str, ...], ...]:
        """Return the sets of columns that tell all rows of a schema apart."""
        return self._real.unique(schema)

    def notes(self, schema: Any) -> dict[str, ColumnNote]:
        """Return what a schema says of each column that it names."""
        return self._real.notes(schema)

    def declares(self, schema: Any, column: str, *, any_case: bool = False) -> bool:
        """Return whether a table of a schema may have a column, as far as it says."""
        return self._real.declares(schema, column, any_case=any_case)

    def whole_rules(self, schema: Any, table: pa.Table) -> tuple[str, ...]:
        """Return the rules of a schema that need all rows at once."""
        return self._real.whole_rules(schema, table)

    def validate(self, schema: Any, table: pa.Table) -> Validated:
        """Check a whole table and tell every failure."""
        return self._real.validate(schema, table)

"""From a schema of Pandera to one of Arrow, and back."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from assets_core.errors import DefinitionError
from assets_core.workspace.validation import LateValidator

if TYPE_CHECKING:
    import pyarrow as pa

_TYPES = "assets_core.backends.pandera.arrow_types"


def arrow_schema(schema: Any) -> pa.Schema:
    """Return the columns that a Pandera schema or model declares, as they are stored.

    A field is nullable where the schema lets its column have nulls.

    Raises:
        DefinitionError: It is no schema that an asset can have.
        UnsupportedDataError: A column is a pattern, or its type says nothing.

    >>> import pandera.pandas as pa
    >>> columns = {"id": pa.Column(int), "at": pa.Column("datetime64[ns]", nullable=True)}
    >>> print(arrow_schema(pa.DataFrameSchema(columns)))
    id: int64 not null
    at: timestamp[ns]
    """
    problem = LateValidator().schema_problem(schema)
    if problem is not None:
        raise DefinitionError(f"The schema cannot be used: {problem}")
    return _stored(import_module(_TYPES).to_arrow(schema))


def schema_from_arrow(schema: pa.Schema) -> Any:
    """Return a strict Pandera schema for columns of Arrow: their names, types and nulls.

    It is one of `pandera.pandas`, whose types are those of Arrow. Give it to
    `@asset(schema=…)`, or add to it with its `update_columns`.

    Raises:
        UnsupportedDataError: A type that cannot be stored, or that Pandera does not have.

    >>> import pyarrow as pa
    >>> schema = schema_from_arrow(pa.schema([pa.field("id", pa.int64(), nullable=False)]))
    >>> schema.columns["id"].nullable, schema.strict
    (False, True)
    """
    return import_module(_TYPES).from_arrow(_stored(schema))


def _stored(schema: pa.Schema) -> pa.Schema:
    """Return a schema with the types that are stored; those have no nullability."""
    canonical = import_module("assets_core.versioning.canonical")
    for place, field in enumerate(canonical.canonical_schema(schema)):
        schema = schema.set(place, field.with_nullable(schema.field(place).nullable))
    return schema.remove_metadata()

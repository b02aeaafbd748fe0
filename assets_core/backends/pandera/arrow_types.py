"""What the columns of a schema are in Arrow, and a schema for columns of Arrow."""

from __future__ import annotations

import sys
from typing import Any

import pandas as pd
import pandera.pandas as pap
import pyarrow as pa

from assets_core.backends.pandera.schemas import (
    Library,
    built,
    index_of,
    library_of,
    wanted_type,
)
from assets_core.errors import UnsupportedDataError

_UNFIT = (pa.ArrowException, TypeError, ValueError, NotImplementedError)


def to_arrow(schema: Any) -> pa.Schema:
    """Return the columns that a schema names, not yet with the types that are stored.

    Raises:
        UnsupportedDataError: A column has no name, or no type of Arrow.
    """
    made, library = built(schema), library_of(schema)
    index = index_of(made)
    named = {} if index is None or index.name is None else {index.name: index}
    return pa.schema(
        [
            _field(str(name), part, made, library)
            for name, part in {**named, **made.columns}.items()
        ]
    )


def from_arrow(schema: pa.Schema) -> Any:
    """Return a strict schema of pandera.pandas for columns of Arrow.

    Raises:
        UnsupportedDataError: Pandera has no such type.
    """
    columns = {}
    for field in schema:
        wanted = _with_lists(field.type)
        column = pap.Column(pd.ArrowDtype(wanted), nullable=field.nullable)
        if getattr(wanted_type(column), "pyarrow_dtype", None) != wanted:
            raise UnsupportedDataError(
                f"Column '{field.name}' of type {field.type} has no type in Pandera",
                fix="leave it out, and add it to the schema with a check of your own",
            )
        columns[field.name] = column
    return pap.DataFrameSchema(columns, strict=True)


def _field(name: str, part: Any, schema: Any, library: Library | None) -> pa.Field:
    if getattr(part, "regex", False):
        raise UnsupportedDataError(
            f"Column '{name}' is a pattern, and stands for no single column",
            fix="name each column",
        )
    wanted = wanted_type(part) or wanted_type(schema)
    kind = None if wanted is None else _type_of(wanted, library)
    if kind is None:
        said = "no type" if wanted is None else f"the type {wanted}"
        raise UnsupportedDataError(
            f"Column '{name}' has {said}, which is none of Arrow",
            fix="give it the type of its values, such as int, str or pd.ArrowDtype(…)",
        )
    return pa.field(name, kind, nullable=bool(part.nullable))


def _type_of(wanted: Any, library: Library | None) -> pa.DataType | None:
    try:
        kind = _empty(wanted, library)
    except _UNFIT:
        return None
    said = isinstance(wanted, pd.ArrowDtype) or library is not Library.PANDAS
    return None if pa.types.is_null(_decoded(kind)) and not said else kind


def _empty(wanted: Any, library: Library | None) -> pa.DataType:
    if library is Library.POLARS:
        return sys.modules["polars"].Series([], dtype=wanted).to_arrow().type
    if library is Library.ARROW:
        narwhals = sys.modules["narwhals"]  # it was loaded with the schema
        made = narwhals.new_series("", [], wanted, backend="pyarrow")
        return made.to_native().type
    if isinstance(wanted, pd.ArrowDtype):
        return wanted.pyarrow_dtype
    return pa.array(pd.Series([], dtype=wanted)).type


def _decoded(kind: pa.DataType) -> pa.DataType:
    return kind.value_type if pa.types.is_dictionary(kind) else kind


def _with_lists(kind: pa.DataType) -> pa.DataType:
    """Return a type with lists as Pandera knows them; they are stored as large ones."""
    if pa.types.is_large_list(kind):
        return pa.list_(_with_lists(kind.value_type))
    return kind

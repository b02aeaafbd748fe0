"""Tables in Polars, eager and lazy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl
import pyarrow as pa

from assets_core.errors import UnsupportedDataError
from assets_core.model.assets import Form

_FAILURES = (pl.exceptions.PolarsError, pl.exceptions.PanicException, pa.ArrowException)


def form_of(value: Any) -> Form | None:
    """Return the form that a value has, None if it is no table."""
    if isinstance(value, pl.LazyFrame):
        return Form.POLARS_LAZY
    return Form.POLARS if isinstance(value, pl.DataFrame) else None


def to_arrow(value: Any) -> pa.Table:
    """Return a frame as a table; a lazy one is computed."""
    frame = value.collect() if isinstance(value, pl.LazyFrame) else value
    if not isinstance(frame, pl.DataFrame):
        series = isinstance(value, pl.Series)
        raise UnsupportedDataError(
            f"A polars.{type(value).__name__} was returned, which is no table",
            fix="return value.to_frame()" if series else "return a polars.DataFrame",
        )
    for name, dtype in frame.schema.items():
        _check(name, dtype)
    return frame.to_arrow()


def from_arrow(table: pa.Table, form: Form, name: str) -> Any:
    """Return a frame of the table; it shares memory, which Polars never changes."""
    for field in table.schema:
        if any(pa.types.is_decimal256(kind) for kind in _levels(field.type)):
            # Polars would print a traceback of its own, and stop.
            raise _unfit(name, field, "Polars has no decimals of more than 38 digits")
    try:
        frame = pl.from_arrow(table, rechunk=False)
    except _FAILURES as error:
        raise _unfit(name, *_culprit(table, error)) from error
    return frame.lazy() if form is Form.POLARS_LAZY else frame  # type: ignore[union-attr]


def _check(name: str, dtype: Any) -> None:
    """Raise if Arrow cannot hold a column, or if it would get addresses of memory."""
    inside = list(_levels(dtype))
    if any(level == pl.Object for level in inside):
        raise UnsupportedDataError(
            f"Column {name!r} holds Python objects, which cannot be stored",
            fix="make text, numbers or structs of them before they go into the frame",
        )
    wide = {pl.Int128, getattr(pl, "UInt128", pl.Int128)}
    if any(level in wide for level in inside):
        raise UnsupportedDataError(
            f"Column {name!r} has the type {dtype}, which Arrow does not have",
            fix="cast it to a 64-bit integer, or to polars.Decimal(38, 0)",
        )


def _levels(kind: Any) -> Iterator[Any]:
    """Yield a type of Polars or Arrow and the types inside it."""
    yield kind
    if isinstance(kind, pa.DataType):
        children = [kind.field(i).type for i in range(kind.num_fields)]
    else:
        children = [getattr(kind, part, None) for part in ("inner", "key", "value")]
        children += [field.dtype for field in getattr(kind, "fields", ())]
    for child in children:
        if child is not None:
            yield from _levels(child)


def _culprit(table: pa.Table, whole: BaseException) -> tuple[pa.Field, object]:
    """Return the first column that alone fails too, and how."""
    for field in table.schema:
        try:
            pl.from_arrow(table.select([field.name]))
        except _FAILURES as error:
            return field, error
    return table.schema.field(0), whole


def _unfit(name: str, field: pa.Field, why: object) -> UnsupportedDataError:
    first_line = str(why).partition("\n")[0]
    return UnsupportedDataError(
        f"Input {name!r} cannot be a Polars frame: column {field.name!r} has the type "
        f"{field.type}: {first_line}",
        fix="annotate the parameter as pyarrow.Table, or leave that column out",
    )

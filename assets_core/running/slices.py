"""Between tables and the partitions they are cut into.

A stored partition does not hold the columns that tell it from others; whoever reads it
gets them back: dates where the key is a date, texts otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from assets_core.errors import DataError, UnsupportedDataError
from assets_core.model.hive import is_date
from assets_core.model.keys import Cell
from assets_core.model.partitions import Keys, ProductKeys, TimeKeys
from assets_core.model.partitions.periods import containing, starting


def parts_of(names: tuple[str, ...], keys: Keys, key: str) -> dict[str, str]:
    """Return the value of each partition column for one key."""
    if isinstance(keys, ProductKeys):
        return keys.parts(key) or {}
    return {names[0]: key}


def with_columns(table: pa.Table, parts: Mapping[str, str]) -> pa.Table:
    """Return a table with the columns that tell its partition from others, at its end."""
    for name, value in values_of(parts).items():
        if name not in table.column_names:
            table = table.append_column(name, pa.repeat(value, len(table)))
    return table


def with_fields(schema: pa.Schema, parts: Mapping[str, str]) -> pa.Schema:
    """Return the schema that a table has with these columns."""
    for name, value in values_of(parts).items():
        if name not in schema.names:
            schema = schema.append(pa.field(name, value.type))
    return schema


def values_of(parts: Mapping[str, str]) -> dict[str, pa.Scalar]:
    """Return what the columns that tell a partition from others hold."""
    return {
        name: pa.scalar(date.fromisoformat(text), pa.date32())
        if is_date(text)
        else pa.scalar(text, pa.string())
        for name, text in parts.items()
    }


def together(tables: Sequence[tuple[Cell, pa.Table]]) -> pa.Table:
    """Return the rows of several partitions as one table.

    Columns are joined by name, numbers widened, and what is not there is null.

    Raises:
        UnsupportedDataError: Two partitions hold what cannot be one column.
    """
    schema = unified([(cell, table.schema) for cell, table in tables])
    return _joined(tables[0][0], [table for _, table in tables], schema)


def widened(cell: Cell, table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return the rows of one partition as they are in a table of several.

    Raises:
        UnsupportedDataError: A value does not fit into the type that the column has there.
    """
    return _joined(cell, [schema.empty_table(), table], schema)


def narrowed(schema: pa.Schema, columns: Sequence[str]) -> pa.Schema:
    """Return some columns of a schema."""
    return pa.schema([schema.field(name) for name in columns])


def unified(schemas: Sequence[tuple[Cell, pa.Schema]]) -> pa.Schema:
    """Return the schema of the rows of several partitions as one table.

    Raises:
        UnsupportedDataError: Two partitions hold what cannot be one column.
    """
    first, schema = schemas[0]
    for cell, other in schemas[1:]:
        if other.equals(schema):
            continue
        try:
            schema = pa.unify_schemas([schema, other], promote_options="permissive")
        except (pa.ArrowTypeError, pa.ArrowInvalid) as error:
            raise UnsupportedDataError(
                f"'{first}' and '{cell}' cannot be read together: {error}",
                fix=f"make them again with the same code: assets materialize {cell.asset}"
                " --force, or read them one by one: list[…] or dict[str, …]",
            ) from error
    return schema


def _joined(first: Cell, tables: list[pa.Table], schema: pa.Schema) -> pa.Table:
    try:
        whole = pa.concat_tables(tables, promote_options="permissive")
    except pa.ArrowInvalid as error:  # a number that the wider type does not hold
        raise UnsupportedDataError(
            f"'{first}' and the other partitions of '{first.asset}' cannot be read"
            f" together: {error}",
            fix="read them one by one: list[…] or dict[str, …]",
        ) from error
    return whole.select(schema.names)


def own_rows(cell: Cell, table: pa.Table, parts: Mapping[str, str], keys: Keys) -> pa.Table:
    """Return the rows of one partition without the columns that are the same in all.

    Raises:
        DataError: A row belongs to another partition.
    """
    for name in parts:
        if name in table.column_names:
            side = _side(keys, name)
            places = _positions(side, table[name], cell, name)
            strange = places != _place(side, parts[name])
            if strange.any():
                _refuse_strange(cell, table.select([name]).filter(pa.array(strange)))
            table = table.drop_columns([name])
    return table


def split(
    table: pa.Table, cells: Sequence[Cell], names: tuple[str, ...], keys: Keys
) -> list[pa.Table]:
    """Return the rows of each cell, without partition columns.

    Rows of other partitions are left out, so that a function may return all that it has.

    Raises:
        DataError: A partition column is not there, or a row belongs to no partition.
    """
    asset = cells[0].asset
    number = np.zeros(len(table), np.int64)
    strange = np.zeros(len(table), np.bool_)
    for name in names:
        if name not in table.column_names:
            raise DataError(
                f"'{asset}' made several partitions at once and returned no column"
                f" '{name}', which says which row belongs to which",
                fix=f"return it with the keys, or call it otherwise:"
                f" the columns are {', '.join(table.column_names)}",
            )
        side = _side(keys, name)
        places = _positions(side, table[name], Cell(asset), name)
        number = number * len(side) + places
        strange |= places < 0
    if strange.any():
        found = table.select(list(names)).filter(pa.array(strange))
        _refuse_strange(Cell(asset), found)
    places = np.array([_place(keys, cell.partition) for cell in cells], np.int64)
    kept = np.flatnonzero(np.isin(number, places))
    kept = kept[np.argsort(number[kept], kind="stable")]
    rest = table.drop_columns(list(names)).take(pa.array(kept))
    starts = np.searchsorted(number[kept], places, "left").tolist()
    ends = np.searchsorted(number[kept], places, "right").tolist()
    return [
        rest.slice(start, end - start).combine_chunks()
        for start, end in zip(starts, ends, strict=True)
    ]


def _place(keys: Keys, key: str | None) -> int:
    """Return the position of a key, -1 if it is none."""
    found = keys.position(key or "")
    return -1 if found is None else found


def _side(keys: Keys, name: str) -> Keys:
    return keys.dimension(name) if isinstance(keys, ProductKeys) else keys


def _positions(
    keys: Keys, column: pa.ChunkedArray, cell: Cell, name: str
) -> NDArray[np.int64]:
    """Return for each value of a partition column which key it means, -1 for none."""
    if column.null_count == len(column):
        return np.full(len(column), -1, np.int64)
    coded = column.dictionary_encode().unify_dictionaries().chunks
    found = [_position(keys, one, cell, name) for one in coded[0].dictionary]
    codes = [one.indices.fill_null(len(found)).to_numpy() for one in coded]
    places: NDArray[np.int64] = np.array([*found, -1], np.int64)[np.concatenate(codes)]
    return places


def _position(keys: Keys, value: pa.Scalar, cell: Cell, name: str) -> int:
    if pa.types.is_date(value.type) or pa.types.is_timestamp(value.type):
        found = _of_time(keys, value, cell, name)
        return -1 if found is None else found
    return _place(keys, str(value.as_py()))


def _of_time(keys: Keys, value: pa.Scalar, cell: Cell, name: str) -> int | None:
    moment = value.as_py()
    if not isinstance(keys, TimeKeys):
        return keys.position(str(moment))  # a name that looks like a date
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time())
    found = starting(keys, moment)
    if found is None and containing(keys, moment) is not None:
        raise DataError(
            f"Column '{name}' of '{cell}' holds {moment}, a time inside a partition",
            fix="the column is kept as the key of the partition: give the one with the"
            " times another name, or name the partition column with name=",
        )
    return found


def _refuse_strange(cell: Cell, rows: pa.Table) -> None:
    names = rows.column_names
    distinct = rows.group_by(names, use_threads=False).aggregate([]).select(names)
    shown = ", ".join(
        " ".join(f"{name}={value}" for name, value in row.items())
        for row in distinct.slice(0, 3).to_pylist()
    )
    where = f"'{cell}'" if cell.partition is not None else f"this call of '{cell.asset}'"
    many = "row does" if len(rows) == 1 else "rows do"
    raise DataError(
        f"{len(rows):,} {many} not belong to {where}: {shown}",
        fix="return only the rows of context.partition, or of context.partitions",
    )

"""Between tables and the partitions they are cut into.

A stored partition does not hold the columns that tell it from others; whoever reads it
gets them back: dates where the key is a date, texts otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from assets_core.errors import DataError, UnsupportedDataError
from assets_core.model.hive import is_date
from assets_core.model.keys import Cell
from assets_core.model.partitions import Keys, ProductKeys, TimeKeys
from assets_core.model.partitions.periods import containing, starting

if TYPE_CHECKING:
    from collections.abc import Iterable


def parts_of(names: tuple[str, ...], keys: Keys, key: str) -> dict[str, str]:
    """Return the value of each partition column for one key."""
    if isinstance(keys, ProductKeys):
        return keys.parts(key) or {}
    return {names[0]: key}


def with_columns(table: pa.Table, parts: Mapping[str, str]) -> pa.Table:
    """Return a table with the columns that tell its partition from others, at its end."""
    for name, text in parts.items():
        if name not in table.column_names:
            value, kind = _value(text)
            table = table.append_column(name, pa.repeat(pa.scalar(value, kind), len(table)))
    return table


def _value(text: str) -> tuple[Any, pa.DataType]:
    if is_date(text):
        return date.fromisoformat(text), pa.date32()
    return text, pa.string()


def together(tables: Sequence[tuple[Cell, pa.Table]]) -> pa.Table:
    """Return the rows of several partitions as one table.

    Columns are joined by name, numbers widened, and what is not there is null.

    Raises:
        UnsupportedDataError: Two partitions hold what cannot be one column.
    """
    schema = tables[0][1].schema
    first = tables[0][0]
    for cell, table in tables[1:]:
        if table.schema.equals(schema):
            continue
        try:
            schema = pa.unify_schemas([schema, table.schema], promote_options="permissive")
        except (pa.ArrowTypeError, pa.ArrowInvalid) as error:
            raise UnsupportedDataError(
                f"'{first}' and '{cell}' cannot be read together: {error}",
                fix=f"make them again with the same code: assets materialize {cell.asset}"
                " --force, or read them one by one: list[…] or dict[str, …]",
            ) from error
    try:
        whole = pa.concat_tables(
            [table for _, table in tables], promote_options="permissive"
        )
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
            key = Cell(cell.asset, parts[name])
            places = _positions(_side(keys, name), table[name], cell, name)
            mine = _side(keys, name).position(key.partition or "")
            strange = pc.invert(pc.equal(places, pa.scalar(mine, pa.int64())))
            if pc.any(strange).as_py():
                _refuse_strange(cell, table.select([name]).filter(strange))
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
    number: pa.ChunkedArray | pa.Array = pa.repeat(pa.scalar(0, pa.int64()), len(table))
    strange: pa.ChunkedArray | pa.Array = pa.repeat(pa.scalar(False), len(table))  # noqa: FBT003
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
        number = pc.add(pc.multiply(number, pa.scalar(len(side), pa.int64())), places)
        strange = pc.or_(strange, pc.less(places, pa.scalar(0, pa.int64())))
    if pc.any(strange).as_py():
        _refuse_strange(Cell(asset), table.select(list(names)).filter(strange))
    wanted = [keys.position(cell.partition or "") for cell in cells]
    asked_for = pc.is_in(number, pa.array(wanted, pa.int64()))
    rest = table.drop_columns(list(names)).filter(asked_for)
    number = number.filter(asked_for)
    order = pc.sort_indices(
        pa.table({"n": number}), sort_keys=[("n", "ascending")]
    )  # which is stable
    rest, number = rest.take(order), pc.take(number, order)
    return list(_slices(rest, number, wanted))


def _slices(
    table: pa.Table, number: pa.ChunkedArray | pa.Array, wanted: Sequence[int | None]
) -> Iterable[pa.Table]:
    counts = {row["values"]: row["counts"] for row in pc.value_counts(number).to_pylist()}
    starts: dict[int, int] = {}
    at = 0
    for place in sorted(counts):
        starts[place] = at
        at += counts[place]
    for place in wanted:
        count = counts.get(place, 0)
        yield table.slice(starts.get(place or 0, 0) if count else 0, count).combine_chunks()


def _side(keys: Keys, name: str) -> Keys:
    return keys.dimension(name) if isinstance(keys, ProductKeys) else keys


def _positions(
    keys: Keys, column: pa.ChunkedArray, cell: Cell, name: str
) -> pa.ChunkedArray | pa.Array:
    """Return for each value of a partition column which key it means, -1 for none."""
    distinct = pc.unique(column)
    found = [_position(keys, value, cell, name) for value in distinct]
    places = pa.array(found, pa.int64())
    return pc.take(places, pc.index_in(column, value_set=distinct))


def _position(keys: Keys, value: pa.Scalar, cell: Cell, name: str) -> int:
    found = None
    if not value.is_valid:
        pass
    elif pa.types.is_date(value.type) or pa.types.is_timestamp(value.type):
        found = _of_time(keys, value, cell, name)
    else:
        found = keys.position(str(value.as_py()))
    return -1 if found is None else found


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

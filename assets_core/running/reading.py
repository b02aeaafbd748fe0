"""Read what assets show, or what they have shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assets_core.errors import MissingDataError
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import Materialization
from assets_core.running.tools import Tools
from assets_core.versioning.canonical import schema_from_json

if TYPE_CHECKING:
    import pyarrow as pa


def read_head(
    tools: Tools, env: str, key: AssetKey, columns: tuple[str, ...] | None = None
) -> pa.Table:
    """Return the data that an asset shows now."""
    head = tools.store.head(env, Cell(key))
    found = tools.store.materializations([head.materialization] if head else [])
    if head is None or head.materialization not in found:
        raise MissingDataError(f"'{key}' was never built", fix=f"assets materialize {key}")
    return read_materialization(tools, found[head.materialization], columns)


def read_materialization(
    tools: Tools, made: Materialization, columns: tuple[str, ...] | None = None
) -> pa.Table:
    """Return the data of one result."""
    manager = tools.io_with(made.cell, made.stored)
    schema = schema_from_json(
        [{"name": one.name, "type": one.type} for one in made.columns]
    )
    return manager.read(made.cell, made.stored, schema, columns)

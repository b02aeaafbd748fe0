"""Load what cells show or have shown, and let them show something earlier."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from assets_core.errors import UsageError
from assets_core.model.assets import Asset
from assets_core.model.keys import Cell
from assets_core.model.records import Materialization
from assets_core.model.versions import Window, config_digest, recipe_digest
from assets_core.planning.reads import AllKeys, windows_at
from assets_core.running.reading import read_cells, read_materialization
from assets_core.running.tools import Tools
from assets_core.upkeep.rollback import let_go, roll_back
from assets_core.workspace.finding import find_cell, find_cells, find_version

if TYPE_CHECKING:
    import pyarrow as pa


class Part(NamedTuple):
    """Which part of an asset is asked for: one partition, or several, or a version."""

    partition: str | None
    partitions: str
    version: str | None
    columns: tuple[str, ...] | None


def load_table(tools: Tools, env: str, asset: Asset, keys: AllKeys, part: Part) -> pa.Table:
    """Return the data of a part of an asset."""
    if part.version is not None:
        cell = find_cell(asset, part.partition, keys)
        made = find_version(tools.store, cell, part.version)
        return read_materialization(tools, made, part.columns)
    cells = (
        [find_cell(asset, part.partition, keys)]
        if part.partition is not None
        else find_cells(asset, part.partitions, keys)
    )
    names = asset.partition_columns
    return read_cells(tools, env, keys, cells, names, part.columns)


def roll_back_or_release(  # noqa: PLR0913 - which cell, and what it is to show
    tools: Tools,
    env: str,
    asset: Asset,
    cell: Cell,
    keys: AllKeys,
    to: str | None,
    *,
    release: bool,
) -> None:
    """Let a cell show an earlier version and hold it there, or let go of it again."""
    if (to is None) != release:
        raise UsageError(
            "Name a version with --to, or let go with --release; one of them",
            fix=f"run 'assets show {asset.key}' to see the versions",
        )
    if to is None:
        let_go(tools, asset, cell, env)
    else:
        made = find_version(tools.store, cell, to)
        _refuse_other_time(made, windows_at(keys, cell))
        roll_back(tools, asset, made, env, windows_at(keys, cell))


def _refuse_other_time(made: Materialization, windows: tuple[Window, ...]) -> None:
    """Raise if a partition stood for another time when a result was made."""
    config = config_digest(made.config)
    recipe = recipe_digest(made.cell, windows, made.code, config, made.inputs)
    if windows and recipe != made.recipe:
        raise UsageError(
            f"Version {made.id[:12]} of '{made.cell}' was made when that partition stood"
            " for another time",
            fix="choose another version, or give the partitions back the zone and kind that"
            " they had",
        )

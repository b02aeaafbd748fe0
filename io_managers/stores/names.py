"""How stored files and stable paths are called below the root of a store."""

from __future__ import annotations

from pathlib import PurePosixPath

from assets_core.model.hive import hive_path
from assets_core.model.keys import Cell
from assets_core.model.records import MAIN, StoredData


def object_name(folder: str, checksum: str, suffix: str) -> str:
    """Return the name of a file, which is that of its content.

    >>> object_name(".objects", "ab12", ".parquet")
    '.objects/ab/ab12.parquet'
    """
    return f"{folder}/{checksum[:2]}/{checksum}{suffix}"


def is_object_name(folder: str, location: str) -> bool:
    """Return whether a name stays in the folder. Records are not trusted to do so."""
    parts = PurePosixPath(location).parts
    return parts[:1] == (folder,) and ".." not in parts


def end_of(stored: StoredData) -> str:
    """Return what the name of a stored file says after its checksum.

    >>> end_of(StoredData("csv:data", ".objects/ab/ab12.latin-1.csv", 3, "ab12"))
    '.latin-1.csv'
    """
    return stored.location.rpartition("/")[2].removeprefix(stored.checksum)


def stable_name(cell: Cell, env: str, suffix: str, names: tuple[str, ...] = ()) -> str:
    """Return the name under which other tools find a cell.

    Args:
        names: The partition columns of its asset.
    """
    folder = "" if env == MAIN else f".env/{env}/"
    if cell.partition is None:
        return f"{folder}{cell.asset}{suffix}"
    return f"{folder}{cell.asset}/{hive_path(cell.partition, names)}/data{suffix}"

"""Copy the metadata store while runs go on."""

from __future__ import annotations

from pathlib import Path

from assets_core import files
from assets_core.errors import StoreError, UsageError
from assets_core.files import crash_point
from assets_core.running.tools import Tools


def back_up(tools: Tools, path: Path) -> int:
    """Write a copy of the metadata store to a new file; return how many bytes it has.

    The file is there as a whole or not at all, and nobody else can read it. A copy that is
    put in the place of the store begins journals of its own.

    Raises:
        UsageError: Something is there.
        StoreError: It cannot be written.
    """
    if path.exists() or path.is_symlink():
        raise UsageError(
            "There is a file already", fix="choose another name", where=str(path)
        )
    spare = path.with_name(f".{path.name}.{tools.new_id()}.tmp")
    try:
        with files.NewFile(spare):
            pass  # so that others cannot read it while it is written
        tools.store.keeping.backup(str(spare))
        files.sync_file(spare)
        crash_point("metadata.copied")
        if not files.link(spare, path):
            raise UsageError(
                "There is a file already", fix="choose another name", where=str(path)
            )
        files.sync_folder(path.parent)
        return path.stat().st_size
    except OSError as error:
        raise StoreError(
            f"The copy cannot be written: {error.strerror or error}",
            fix="check that the folder exists, its rights and the free space",
            where=str(path),
        ) from error
    finally:
        files.remove(spare)

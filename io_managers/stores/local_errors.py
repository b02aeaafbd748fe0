"""What is told when stored data on this machine cannot be read."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from assets_core.errors import MissingDataError, StoreError
from assets_core.model.keys import Cell


@contextlib.contextmanager
def reading(cell: Cell, path: Path) -> Iterator[None]:
    """Let errors of the file system say what could not be read."""
    try:
        yield
    except FileNotFoundError as error:
        raise MissingDataError(
            f"The stored data of '{cell}' is gone",
            fix=f"assets materialize {cell.asset}",
            where=str(path),
        ) from error
    except OSError as error:
        raise StoreError(
            f"The stored data of '{cell}' cannot be read: {error.strerror}",
            fix="check the rights and the disk",
            where=str(path),
        ) from error

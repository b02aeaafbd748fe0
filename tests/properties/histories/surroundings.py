"""What a history needs around it: a folder, and an ear for the functions called."""

from __future__ import annotations

import linecache
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY = Path("/dev/shm")  # noqa: S108 - where there is one, nothing waits for a disk


@contextmanager
def listening() -> Iterator[list[int]]:
    """Collect the numbers of the assets whose functions are called."""
    calls: list[int] = []

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            calls.append(int(record.msg))

    log, handler = logging.getLogger("calls"), Listener()
    log.setLevel(logging.INFO)
    log.propagate = False
    log.addHandler(handler)
    try:
        yield calls
    finally:
        log.removeHandler(handler)


@contextmanager
def a_folder() -> Iterator[Path]:
    """Give a folder for a project; take it away with all that Python knows of it.

    Thousands of projects are opened by one process: each import would ask for all.
    """
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(dir=place))
    path, finders = list(sys.path), list(sys.meta_path)
    try:
        yield folder
    finally:
        sys.path[:], sys.meta_path[:] = path, finders
        sys.path_importer_cache.pop(str(folder), None)
        for name, module in list(sys.modules.items()):
            if (getattr(module, "__file__", None) or "").startswith(f"{folder}/"):
                del sys.modules[name]
        linecache.clearcache()
        shutil.rmtree(folder)

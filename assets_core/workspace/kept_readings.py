"""Keep what was read out of a project's texts from one process to the next.

Neither the time nor the size of a file is trusted. What was kept counts only for the very
same text, read by the very same program under the very same Python; and only if it is
whole. So there is nothing to clear: the folder may be deleted, copied or damaged at any
time, and the worst that happens is that a text is parsed once more.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from assets_core import versioning
from assets_core.files import make_folder, put_text
from assets_core.model.versions import Digest, digest
from assets_core.versioning.parsing import read_text
from assets_core.versioning.reading_json import reading_from_json, reading_to_json
from assets_core.versioning.readings import Reading

__all__ = ["KeptReadings", "keep", "kept"]

T = TypeVar("T")


class KeptReadings:
    """Reads texts, and remembers in a folder what it has read.

    Args:
        folder: Where; it is made when it is first needed.
        root: The project's folder.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder = folder
        self._root = root

    def __call__(self, text: str, file: str, flags: int) -> Reading:
        """Return the reading of a text."""
        if _READER is None:
            return read_text(text, file, flags)
        key = digest("reading", _READER, str(flags), text)
        place = self._folder / f"{digest(os.path.relpath(file, self._root))}.json"
        found = kept(place, key, reading_from_json)
        if found is None:
            found = read_text(text, file, flags)
            # A text that JSON cannot hold.
            with suppress(ValueError, RecursionError):
                if found.whole:
                    keep(place, key, reading_to_json(found))
        return found


def kept(place: Path, key: Digest, build: Callable[[str], T]) -> T | None:
    """Return what is built of a text that was kept under a key; None if it is not whole."""
    try:
        head, _, body = place.read_text("utf-8").partition("\n")
        if head == f"{key} {digest(body)}":
            return build(body)
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        pass
    return None


def keep(place: Path, key: Digest, body: str) -> None:
    """Keep a text under a key; not in a folder that cannot be written."""
    with suppress(OSError):
        if not place.parent.is_dir():
            make_folder(place.parent, mode=0o700)
        put_text(place, f"{key} {digest(body)}\n{body}")


def _reader() -> Digest | None:
    """Return a digest of what reads: this Python, and the code that takes texts apart.

    None where that code cannot be looked at, as in an archive: nothing is kept then.
    """
    try:
        files = [
            file.read_bytes()
            for folder in versioning.__path__
            for file in sorted(Path(folder).glob("*.py"))
        ]
    except OSError:
        return None
    columns = compile("a", "", "exec").co_linetable  # Python can be told to leave them out
    how = (sys.version, str(sys.flags.optimize), columns)
    return digest(*how, *files) if files else None


_READER = _reader()

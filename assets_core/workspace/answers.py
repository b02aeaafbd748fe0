"""The answer "nothing is to be done", and the evidence on which it stands.

It is kept in one small file for each command and environment. A file that is damaged, of
another version or of another project says nothing.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from assets_core.backends.file_stamps import Stamp
from assets_core.files import make_folder, put_text
from assets_core.frozen import frozen
from assets_core.model.versions import Digest, digest
from assets_core.versioning.still_surroundings import IGNORED

if TYPE_CHECKING:
    from assets_core.protocols.io import Watched
    from assets_core.workspace.settings import Settings

FORMAT = "answer 1"
REASON = "reason 1"


@frozen
class Answer:
    """That nothing is to be done in an environment, and why that is known.

    Attributes:
        fresh: How many cells are fresh.
        salt: What the digest of the surroundings was made with.
        surroundings: Variables of the environment, the interpreter, where modules lie.
        files: All files and folders that were read while the project was loaded.
        stored: What stored data is told by, and its state.
        sources: The sources, whose versions the metadata store knows, by key: which kind
            of pattern, and the path.
        state: That of the metadata store.
        since: When it was found: seconds since 1970.
        until: From when on there may be more to do, by the clock alone.
    """

    fresh: int
    salt: str
    surroundings: Digest
    files: Mapping[str, Stamp]
    stored: tuple[tuple[Watched, str], ...]
    sources: Mapping[str, tuple[str, str]]
    state: Digest
    since: float
    until: float | None


def surroundings(
    salt: str,
    settings: Settings,
    path: Sequence[str] | None = None,
    names: Collection[str] | None = None,
) -> Digest:
    """Return a digest of what a process is in before it has loaded a project.

    Its settings may name any variable, also those that code is not asked for.

    Nobody can tell a variable's value from it: they may be secret.

    Args:
        path: Where modules are looked for; by default as it is now.
        names: Of which variables; by default of all that there are now.

    Raises:
        OSError: The current folder or that of the project is gone.
    """
    variables = sorted(
        (name, value)
        for name, value in os.environ.items()
        if name not in IGNORED and (names is None or name in names)
    )
    root = settings.root
    found = root.stat()
    return digest(
        *("surroundings", salt, str(root), os.path.realpath(root)),
        *(repr(settings), settings.metadata_url),
        repr([(name, dict(one.options)) for name, one in settings.io.items()]),
        *(repr((found.st_dev, found.st_ino)), repr(variables), os.getcwd()),  # noqa: PTH109 - as it is
        *(
            repr(list(sys.path if path is None else path)),
            sys.version,
            sys.executable,
            sys.prefix,
            sys.base_prefix,
        ),
        *(repr(sys.flags), repr(sys.warnoptions), repr(os.geteuid())),
    )


def place_of(state: Path, command: str, env: str) -> Path:
    """Return the file of the answer to a command in an environment."""
    return state / "answers" / f"{digest('answer', command, env)}.json"


def read_answer(place: Path) -> Answer | None:
    """Return the answer that was kept; None if there is none that is whole."""
    try:
        found = json.loads(_read(place, FORMAT))
        files = {path: stamp and tuple(stamp) for path, stamp in found["files"].items()}
        stored = tuple(((kind, path), said) for (kind, path), said in found["stored"])
        sources = {key: (kind, path) for key, (kind, path) in found["sources"].items()}
        return Answer(**{**found, "files": files, "stored": stored, "sources": sources})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def read_reason(place: Path) -> str:
    """Return why no answer was kept; empty if one was, or nobody has asked."""
    try:
        return _read(place, REASON)
    except (OSError, ValueError):
        return ""


def keep_answer(place: Path, answer: Answer) -> None:
    """Keep an answer in place of what was there; not in a folder that is read-only."""
    _keep(place, FORMAT, json.dumps(asdict(answer), separators=(",", ":")))


def keep_reason(place: Path, why_not: str) -> None:
    """Keep why there is no answer in place of what was there."""
    _keep(place, REASON, why_not)


def _read(place: Path, kind: str) -> str:
    head, _, body = place.read_text("utf-8").partition("\n")
    if head != f"{kind} {digest(body)}":
        raise ValueError(head)
    return body


def _keep(place: Path, kind: str, body: str) -> None:
    with suppress(OSError, ValueError):
        if not place.parent.is_dir():
            make_folder(place.parent, mode=0o700)
        put_text(place, f"{kind} {digest(body)}\n{body}")

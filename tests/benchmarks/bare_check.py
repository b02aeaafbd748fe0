"""What "is there anything to do?" costs at least in Python: SQLite and stat.

Reads what was recorded of every file and of what it was made from, looks at every file,
and follows changes downstream. Loads no definitions and hashes no code.
"""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Mapping
from pathlib import Path

_TABLES = """
CREATE TABLE results (
    name TEXT PRIMARY KEY, path TEXT, size INTEGER, modified INTEGER, version TEXT
);
CREATE TABLE inputs (name TEXT, upstream TEXT, version TEXT);
"""


def write_state(folder: Path, graph: Mapping[str, tuple[str, ...]]) -> None:
    """Make a small file for each asset, and a database that knows them all."""
    data = folder / "data"
    data.mkdir(parents=True)
    with sqlite3.connect(folder / "state.db") as database:
        database.executescript(_TABLES)
        for name, above in graph.items():
            path = data / name
            path.write_text(name)
            found = path.stat()
            database.execute(
                "INSERT INTO results VALUES (?, ?, ?, ?, ?)",
                (name, str(path), found.st_size, found.st_mtime_ns, f"{name}-1"),
            )
            database.executemany(
                "INSERT INTO inputs VALUES (?, ?, ?)",
                [(name, other, f"{other}-1") for other in above],
            )
    database.close()


def stale(folder: Path) -> tuple[int, int]:
    """Return how many assets there are, and how many have to run."""
    database = sqlite3.connect(folder / "state.db")
    results = database.execute("SELECT * FROM results ORDER BY rowid").fetchall()
    inputs: dict[str, list[tuple[str, str]]] = {}
    for name, upstream, version in database.execute("SELECT * FROM inputs"):
        inputs.setdefault(name, []).append((upstream, version))
    versions = {name: version for name, _, _, _, version in results}
    changed: set[str] = set()
    for name, path, size, modified, _ in results:
        try:
            found = os.stat(path)  # noqa: PTH116 - pathlib would slow the reference down
        except FileNotFoundError:
            changed.add(name)
            continue
        if (found.st_size, found.st_mtime_ns) != (size, modified) or any(
            upstream in changed or versions[upstream] != version
            for upstream, version in inputs.get(name, ())
        ):
            changed.add(name)
    return len(results), len(changed)


if __name__ == "__main__":
    print(*stale(Path(sys.argv[1])))

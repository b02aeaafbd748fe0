"""Compare the files that two folders hold, table by table; print how many, and the rows."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pyarrow.parquet as pq


def compared(ours: Path, bare: Path) -> dict[str, int]:
    """Return the number of tables and of rows in both, or raise on a difference."""
    names = sorted(path.name for path in bare.glob("*.parquet"))
    found = sorted(path.name for path in ours.glob("*.parquet"))
    if names != found:
        raise ValueError(f"{ours} holds {len(found)} tables and {bare} {len(names)}")
    rows = 0
    for name in names:
        mine = pq.read_table(ours / name).replace_schema_metadata(None)
        theirs = pq.read_table(bare / name).replace_schema_metadata(None)
        # pandas writes text as large_string, where we write string.
        if not theirs.cast(mine.schema).equals(mine):
            raise ValueError(f"{name} differs:\n{mine.schema}\n{theirs.schema}")
        rows += mine.num_rows
    return {"tables": len(names), "rows": rows}


if __name__ == "__main__":
    print(json.dumps(compared(Path(sys.argv[1]), Path(sys.argv[2]))))

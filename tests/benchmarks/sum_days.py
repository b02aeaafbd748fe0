"""Print the sum of the last of three tables that are kept by the day."""

from __future__ import annotations

import sys
from pathlib import Path

import pyarrow.parquet as pq


def main(folder: Path) -> None:
    """Read every file and print one number, rounded."""
    files = sorted(folder.glob("third/*/data.parquet"))
    if not files:  # without paths: by its columns
        every = folder.glob(".objects/*/*.parquet")
        files = [one for one in every if pq.read_schema(one).names == ["kind", "twice"]]
    print(round(sum(sum(pq.read_table(one)["twice"].to_pylist()) for one in files), 3))


if __name__ == "__main__":
    main(Path(sys.argv[1]))

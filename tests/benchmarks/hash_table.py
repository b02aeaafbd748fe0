"""Make the large table once, then compute its data version or write it as Parquet.

Called with the module of the large table, `hash` or `write`, and the file to write.
Prints how many rows and columns there were and what the work took, without the making.
"""

from __future__ import annotations

import json
import runpy
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from assets_core.versioning.canonical import canonical_table
from assets_core.versioning.data_version import data_version


def main(arguments: Sequence[str]) -> None:
    """Do what was asked for."""
    module, what, target = arguments
    frame = runpy.run_path(module)["events"]()
    table = canonical_table(pa.Table.from_pandas(frame, preserve_index=False))
    work: dict[str, Callable[[], object]] = {
        "hash": lambda: data_version(table),
        "write": lambda: pq.write_table(table, Path(target)),
    }
    started, busy = time.perf_counter(), time.process_time()
    work[what]()
    took = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - busy}
    print(json.dumps({"shape": [table.num_rows, table.num_columns], "took": took}))


if __name__ == "__main__":
    main(sys.argv[1:])

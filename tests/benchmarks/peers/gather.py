"""Put files by the day together into one table each, so that they can be compared.

Called with the folder of a project: `data/NAME/...DATE....parquet` becomes
`tables/NAME.parquet`, which has a column for the date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def gather(folder: Path) -> None:
    """Write a table for each folder of days."""
    (folder / "tables").mkdir(exist_ok=True)
    for name in ("first", "second", "third"):
        tables = []
        for path in sorted((folder / "data" / name).rglob("*.parquet")):
            found = DATE.search(str(path.relative_to(folder)))
            table = pq.ParquetFile(path).read().replace_schema_metadata(None)
            if found is not None and "date" not in table.column_names:
                days = pa.array([found[0]] * table.num_rows, pa.large_string())
                table = table.append_column("date", days)
            tables.append(table)
        pq.write_table(pa.concat_tables(tables), folder / "tables" / f"{name}.parquet")


if __name__ == "__main__":
    gather(Path(sys.argv[1]))

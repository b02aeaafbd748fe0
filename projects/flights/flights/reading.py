"""Read a published file as it is: no renaming, no repair, no row left out."""

import zipfile
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

# Only these mean "missing" here. pyarrow's own list is longer, and would also take words
# such as "null" or "nan" for a missing name.
MISSING = ["NA", ""]


def read_csv(path: Path) -> pa.Table:
    """Read a CSV file, alone in a zip archive or plain."""
    content = file_content(path)
    return csv.read_csv(
        pa.BufferReader(content),
        # One block: types are then inferred from all rows, and a table cannot depend on
        # where a block happens to end.
        read_options=csv.ReadOptions(block_size=len(content)),
        convert_options=csv.ConvertOptions(null_values=MISSING, strings_can_be_null=True),
    )


def file_content(path: Path) -> bytes:
    """Return the bytes of a file, or of the only member of a zip archive."""
    if not zipfile.is_zipfile(path):
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        (member,) = archive.namelist()
        return archive.read(member)

"""Files of text that may be compressed, without the time at which that was done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast

import pyarrow as pa

SUFFIXES = {"none": "", "gzip": ".gz", "zstd": ".zst"}
_BY_SUFFIX = {suffix: name for name, suffix in SUFFIXES.items() if suffix}


@contextmanager
def writing(file: IO[bytes], compression: str) -> Iterator[IO[bytes]]:
    """Give what compresses whatever is written to it."""
    if compression == "none":
        yield file
        return
    with pa.CompressedOutputStream(pa.PythonFile(file, "w"), compression) as stream:
        yield cast("IO[bytes]", stream)


def reading(path: str) -> Any:
    """Return an Arrow stream of what was written; the end of the name says how."""
    compression = next((c for end, c in _BY_SUFFIX.items() if path.endswith(end)), None)
    file = pa.OSFile(path)
    return file if compression is None else pa.CompressedInputStream(file, compression)

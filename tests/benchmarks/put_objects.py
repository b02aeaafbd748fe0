"""Put objects to a server of S3: through our store, or by the same client used bare.

Called with `store` or `bare`, the URL of the server, a prefix, how many objects, and how
many bytes each has. Both have the bytes in memory, write each object to a file if it is
large, and put eight at a time. Prints what that took, without the making of the bytes.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import obstore
from obstore.store import S3Store

from assets_core.model.keys import AssetKey, Cell
from io_managers.stores.clients.s3 import PART
from io_managers.stores.opening import PLACE, open_store
from tests.object_store.swift_server import BUCKET, KEY, SECRET

Blocks = Callable[[int], Iterator[bytes]]
BLOCK = 1 << 20


def through_store(url: str, prefix: str, count: int, blocks: Blocks) -> None:
    """Stage and seal objects as an IO manager does: hashed, named by content, cached."""
    options = {"endpoint_url": url, "key": KEY, "secret": SECRET}
    root = f"s3://{BUCKET}/{prefix}"
    given = {**PLACE, "root": root, "storage_options": options, "cache_gb": 0}
    store, _ = open_store(str(Path.cwd()), given, ".parquet")

    def write(number: int) -> Callable[[Any], None]:
        def write(file: Any) -> None:
            for block in blocks(number):
                file.write(block)

        return write

    cell = Cell(AssetKey("benchmark"))
    staged = [store.stage(cell, f"{n:032x}", write(n)) for n in range(count)]
    store.seal(staged)


def bare(url: str, prefix: str, count: int, blocks: Blocks) -> None:
    """Put objects by the client alone."""
    config: Any = {
        "endpoint": url,
        "access_key_id": KEY,
        "secret_access_key": SECRET,
        "virtual_hosted_style_request": False,
    }
    store = S3Store(
        BUCKET, prefix=prefix, config=config, client_options={"allow_http": True}
    )

    def put(number: int) -> None:
        first = next(iter(blocks(number)))
        if len(first) < BLOCK:
            obstore.put(store, f"{number}.parquet", first)
            return
        file = Path(f"bare-{number}")
        with file.open("wb") as written:
            for block in blocks(number):
                written.write(block)
        obstore.put(store, f"{number}.parquet", file, chunk_size=PART, max_concurrency=4)
        file.unlink()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(put, range(count)))


def main(arguments: Sequence[str]) -> None:
    """Do what was asked for."""
    what, url, prefix, *numbers = arguments
    count, size = map(int, numbers)
    some = random.Random(count).randbytes(min(size, BLOCK))  # noqa: S311 - no secret

    def blocks(number: int) -> Iterator[bytes]:
        for part in range(max(1, size // BLOCK)):
            yield number.to_bytes(8) + part.to_bytes(8) + some[16:]

    started, busy = time.perf_counter(), time.process_time()
    {"store": through_store, "bare": bare}[what](url, prefix, count, blocks)
    took = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - busy}
    print(json.dumps({"took": took}))


if __name__ == "__main__":
    main(sys.argv[1:])

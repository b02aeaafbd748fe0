"""Heads as bytes: some hundred of them stand in one chunk, which changes as a whole.

A commit writes one chunk again, and planning reads all chunks at once, so that a chunk is
neither large nor are there many. Which chunk a cell belongs to never changes.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from zlib import crc32

from assets_core.model.records import Head
from assets_core.model.versions import NO_DIGEST, Digest

CHUNKS = 2048
"""How many chunks the keys that are no times are spread over."""

_MONTH = re.compile(r"\d{4}-\d\d")
_MINUTE = 16  # characters of 2024-01-01T05:30, of which a month has too many

_HEAD = struct.Struct("<16s16s16s16sdBqqq")
_NO_WINDOW = (0, 0)


def chunk_of(partition: str | None) -> int:
    """Return the number of the chunk that holds a cell: what is made together is together.

    >>> chunk_of("2024-01-15"), chunk_of("2024-01-15T05:30"), chunk_of(None)
    (202401, 20240115, 0)
    """
    if partition is None:
        return 0
    if _MONTH.match(partition):
        known = partition[: 10 if len(partition) >= _MINUTE else 7].replace("-", "")
        if known.isdecimal():
            return int(known)
    return crc32(partition.encode("utf-8", "surrogatepass")) % CHUNKS


def pack_heads(heads: Mapping[str | None, Head]) -> bytes:
    """Return the heads of one chunk, by partition: the same bytes for the same heads."""
    by_key = {key or "": head for key, head in heads.items()}
    keys = sorted(by_key)
    return b"".join(_packed_head(by_key[key]) for key in keys) + "\n".join(keys).encode()


def _packed_head(head: Head) -> bytes:
    return _HEAD.pack(
        _packed(head.materialization),
        _packed(head.recipe),
        _packed(head.data_version),
        _packed(head.stamp),
        head.at,
        head.held,
        *(head.window or _NO_WINDOW),
        head.rows,
    )


def _packed(digest: Digest) -> bytes:
    packed = bytes.fromhex(digest)
    if len(packed) != len(NO_DIGEST) // 2:
        # Fields of fixed size would take a part of it, or fill it up, in silence.
        raise ValueError(f"{digest!r} is no digest")
    return packed


def unpack_heads(body: bytes, count: int) -> dict[str | None, Head]:
    """Return what `pack_heads` was given, which were so many heads.

    >>> head = Head("0" * 32, "1" * 32, "2" * 32, "3" * 32, 1.5)
    >>> unpack_heads(pack_heads({"eu": head}), 1) == {"eu": head}
    True
    """
    keys = body[count * _HEAD.size :].decode().split("\n")
    if len(keys) != count:
        raise ValueError(f"{count} heads have {len(keys)} keys")
    return {
        key or None: Head(
            made.hex(),
            recipe.hex(),
            data.hex(),
            stamp.hex(),
            at,
            bool(held),
            (start, end) if start or end else None,
            rows,
        )
        for key, (made, recipe, data, stamp, at, held, start, end, rows) in zip(
            keys, _HEAD.iter_unpack(body[: count * _HEAD.size]), strict=True
        )
    }

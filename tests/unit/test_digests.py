"""The digest of what is written is that of all bytes, however they come."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_core import digests
from assets_core.digests import PIECE, Digest


@given(st.lists(st.binary(max_size=30)), st.integers(1, 40))
def test_it_is_that_of_the_pieces_together(pieces: list[bytes], piece: int) -> None:
    """Also where it is asked for in between."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(digests, "PIECE", piece)
        digest = Digest()
        for number, one in enumerate(pieces):
            digest.update(one)
            if number == len(pieces) // 2:
                so_far = hashlib.sha256(b"".join(pieces[: number + 1])).hexdigest()
                assert digest.hexdigest() == so_far
        assert digest.hexdigest() == hashlib.sha256(b"".join(pieces)).hexdigest()


def test_what_is_changed_after_it_was_given_counts_as_it_was() -> None:
    """Libraries use their buffers again."""
    given_over, digest = bytearray(b"a" * (PIECE + 1)), Digest()
    digest.update(memoryview(given_over))
    given_over[:] = b"b" * len(given_over)
    assert digest.hexdigest() == hashlib.sha256(b"a" * (PIECE + 1)).hexdigest()


def test_large_files_have_the_digest_of_their_bytes_in_order() -> None:
    """Whichever thread has hashed them."""
    pieces = [bytes([number]) * (PIECE // 3 + number) for number in range(20)]
    digest = Digest()
    for one in pieces:
        digest.update(one)
    assert digest.hexdigest() == hashlib.sha256(b"".join(pieces)).hexdigest()

"""Messages between processes: what comes out is what went in."""

from __future__ import annotations

import gc
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from assets_core.backends.processes.lines import SMALL, Line
from assets_core.protocols.executor import UnsendableError

Ends = tuple[Line, Line]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """Give both ends of a line."""
    ours, theirs = (Line(one) for one in socket.socketpair())
    yield ours, theirs
    ours.close()
    theirs.close()


def through(ends: Ends, message: Any) -> Any:
    """Send a message and return what comes out; a large one needs somebody who reads."""
    ours, theirs = ends
    sending = threading.Thread(target=ours.send, args=(message,))
    sending.start()
    found = theirs.receive()
    sending.join()
    return found


def numbers(rows: int) -> pa.Table:
    """Return a table of so many rows."""
    words = [f"word {number % 7}" for number in range(rows)]
    return pa.table({"n": range(rows), "word": pa.array(words).dictionary_encode()})


@pytest.mark.parametrize("rows", [0, 3, SMALL])
def test_a_table_comes_out_as_it_went_in(ends: Ends, rows: int) -> None:
    """With its types and the metadata of its schema, however large."""
    table = numbers(rows).replace_schema_metadata({"origin": "here"})

    found = through(ends, {"table": table})["table"]

    assert found.equals(table, check_metadata=True)


def test_of_a_slice_only_its_own_rows_go(ends: Ends) -> None:
    """One day of a year must not cost the year."""
    table = pa.table({"n": np.arange(1_000_000)}).slice(500_000, 20_000)

    found = through(ends, table)

    assert found.equals(table)
    assert found.get_total_buffer_size() < 2 * table.nbytes


def test_arrays_may_be_changed_where_they_arrive(ends: Ends) -> None:
    """A function may change its arguments in place, as it may where it is called here."""
    large, small = np.zeros(SMALL), np.zeros(3)

    found = through(ends, [large, small])
    for one in found:
        one[:] = 1

    assert [one.sum() for one in found] == [SMALL, 3]
    assert large.sum() == 0


def test_several_large_things_go_together_in_their_order(ends: Ends) -> None:
    """Each comes out at its own place."""
    frame = pd.DataFrame({"a": np.arange(SMALL), "b": np.arange(SMALL) / 2})
    message = (numbers(SMALL), frame, numbers(SMALL - 1), b"end")

    table, same, other, end = through(ends, message)

    assert table.equals(message[0])
    pd.testing.assert_frame_equal(same, frame)
    assert other.equals(message[2])
    assert end == b"end"


def test_what_cannot_be_pickled_is_refused_and_nothing_was_sent(ends: Ends) -> None:
    """The line can be used for something else."""
    with pytest.raises(UnsendableError):
        ends[0].send([numbers(SMALL), lambda: None])

    assert through(ends, "next") == "next"


def test_the_other_end_learns_that_nobody_is_there(ends: Ends) -> None:
    """Also after a message that was sent before."""
    ours, theirs = ends
    ours.send("last")
    ours.close()

    assert theirs.receive() == "last"
    with pytest.raises(EOFError):
        theirs.receive()


def test_no_open_file_is_left_behind(ends: Ends) -> None:
    """A run of many thousand calls would run out of them."""
    before = len(list(Path("/dev/fd").iterdir()))

    for _ in range(20):
        through(ends, numbers(SMALL))
    gc.collect()

    assert len(list(Path("/dev/fd").iterdir())) == before


def test_shared_memory_has_no_name(ends: Ends) -> None:
    """Nothing is left of it when both processes are killed."""
    shared = Path("/dev/shm")  # noqa: S108 - where memory with a name is
    before = set(shared.iterdir()) if shared.exists() else set()

    table = through(ends, numbers(SMALL))

    assert table.num_rows == SMALL
    assert (set(shared.iterdir()) if shared.exists() else set()) <= before

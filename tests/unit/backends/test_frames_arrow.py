"""Arrow in and out: tables are shared, readers are read once."""

from __future__ import annotations

import pyarrow as pa
import pytest

from assets_core.backends.frames_arrow import form_of, from_arrow, to_arrow
from assets_core.errors import UnsupportedDataError
from assets_core.model.assets import Form

TABLE = pa.table({"n": pa.chunked_array([[1, 2], [3]])})


def test_a_table_is_handed_on_as_it_is() -> None:
    """Arrow tables cannot be changed, so that nobody needs a copy."""
    assert from_arrow(TABLE, Form.ARROW, "orders") is TABLE
    assert to_arrow(TABLE) is TABLE


def test_every_reader_starts_at_the_first_row() -> None:
    """Two functions that read the same input do not take rows from each other."""
    one, other = (from_arrow(TABLE, Form.ARROW_READER, "orders") for _ in range(2))

    assert form_of(one) is Form.ARROW_READER
    assert one.read_all().num_rows == 3
    assert to_arrow(other).column("n").to_pylist() == [1, 2, 3]


def test_chunks_and_types_stay_until_the_form_is_made_canonical() -> None:
    """This is the edge; what a table has to look like is decided elsewhere."""
    array = pa.array(["a"], pa.string_view())

    assert (
        to_arrow(pa.record_batch({"s": array})).schema.field("s").type == pa.string_view()
    )


def test_a_stream_of_arrays_is_no_table() -> None:
    """The protocol knows streams of single values too."""

    class Numbers:
        """A column, not a table."""

        def __arrow_c_stream__(self, requested_schema: object = None) -> object:
            """Return a stream of numbers."""
            return pa.chunked_array([[1]]).__arrow_c_stream__(requested_schema)

    with pytest.raises(UnsupportedDataError, match="whose Arrow stream is no table"):
        to_arrow(Numbers())

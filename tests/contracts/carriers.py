"""Between libraries of tables and a store, the version of what was returned stays.

The published contract gives an IO manager canonical tables and knows no library. These
tests are for the IO managers of this project: whichever library a function returned its
rows in, and whichever the next one asks for.
"""

from __future__ import annotations

import pyarrow as pa
import pytest

from assets_core.backends.frames import ArrowFrames
from assets_core.model.assets import Form
from assets_core.protocols.io import IOManager
from assets_core.testing.io_suite import ORDERS, keep
from assets_core.testing.io_types import SAMPLES, TypesSuite
from assets_core.testing.strategies import UNITS
from assets_core.versioning.canonical import as_recorded, canonical_table
from assets_core.versioning.data_version import data_version

NAN_IS_NULL = "NaN is null"
REFUSED = "refused"
REFUSED_BACK = "refused when it is returned"
ANOTHER_TYPE = "returned as another type"

_POLARS = (
    "decimal256(76, 2)",
    *(f"timestamp[{unit}, +05:30]" for unit in UNITS),  # zones of the database alone
)
_WITH_NAN = (
    *("float16", "float32", "float64", "list of structs", "struct", "struct of structs"),
)

NOT_HELD: dict[Form, dict[str, str]] = {
    Form.ARROW: {},
    Form.ARROW_READER: {},
    Form.POLARS: dict.fromkeys(_POLARS, REFUSED),
    Form.POLARS_LAZY: dict.fromkeys(_POLARS, REFUSED),
    Form.DUCKDB: {
        **dict.fromkeys(("float16", "float16 without NaN"), REFUSED),
        "decimal256(76, 2)": REFUSED,
        "duration[ns]": REFUSED,  # of what is no whole number of microseconds
        **dict.fromkeys(("duration[s]", "duration[ms]", "duration[us]"), REFUSED_BACK),
    },
    Form.PANDAS: {
        **dict.fromkeys(_WITH_NAN, NAN_IS_NULL),
        "time64[ns]": REFUSED,  # of what is no whole number of microseconds
        "map": REFUSED_BACK,
        "map of lists": REFUSED_BACK,
        "map of text": ANOTHER_TYPE,
    },
}
"""What of the samples a library cannot hold, and what becomes of it.

What it does hold comes back with its value, once it is cast to the recorded type.
"""

FORMS = list(NOT_HELD)


def through(table: pa.Table, form: Form) -> pa.Table:
    """Return what comes back when a function returns its input in some form."""
    frames = ArrowFrames()
    with frames.opened() as opened:
        return frames.to_arrow(opened.load(table, form, "rows"))


class CarriersSuite(TypesSuite):
    """Every library reads from the store what any other one returned."""

    @pytest.mark.parametrize("form", FORMS, ids=str)
    def test_what_one_library_returned_every_library_reads(
        self, manager: IOManager, form: Form
    ) -> None:
        """The version that was recorded is the version of what any reader is given."""
        names = [name for name in SAMPLES if name not in NOT_HELD[form]]
        given = canonical_table(self.held(names))
        returned = canonical_table(through(given, form))
        recorded = data_version(returned)

        found = manager.read(ORDERS, keep(manager, returned), returned.schema)

        assert data_version(found) == recorded
        for reader in FORMS:
            held = [name for name in found.column_names if name not in NOT_HELD[reader]]
            table = found.select(held)
            seen = data_version(as_recorded(through(table, reader), table.schema))
            assert seen.columns == {name: recorded.columns[name] for name in held}, reader

"""What each library of tables holds of every type, and what it is known to lose."""

from __future__ import annotations

import pyarrow as pa
import pytest

from assets_core.backends.frames import ArrowFrames
from assets_core.errors import UnsupportedDataError
from assets_core.model.assets import NO_TABLES, Form
from assets_core.testing.samples import samples
from assets_core.versioning.canonical import as_recorded, canonical_table
from assets_core.versioning.data_version import data_version
from tests.contracts.carriers import (
    ANOTHER_TYPE,
    NAN_IS_NULL,
    NOT_HELD,
    REFUSED,
    REFUSED_BACK,
)

SAMPLES = samples()
FRAMES = ArrowFrames()
HELD = "held"


def by_name(error: UnsupportedDataError, how: str) -> str:
    """Return how a column was refused, or the error if it does not say which one."""
    return how if "'the_column'" in error.problem else error.problem


def outcome(name: str, form: Form) -> str:
    """Return what becomes of a column that a function receives and returns."""
    table = canonical_table(pa.table({"the_column": SAMPLES[name]}))
    with FRAMES.opened() as frames:
        try:
            value = frames.load(table, form, "rows")
        except UnsupportedDataError as error:
            return by_name(error, REFUSED)
        try:
            back = canonical_table(FRAMES.to_arrow(value))
        except UnsupportedDataError as error:
            return by_name(error, REFUSED_BACK)
    try:
        found = as_recorded(back, table.schema)
    except UnsupportedDataError:
        return ANOTHER_TYPE
    if data_version(found) == data_version(table):
        return HELD
    assert str(found.to_pydict()) == str(table.to_pydict()).replace("nan", "None")
    return NAN_IS_NULL


@pytest.mark.parametrize("form", NOT_HELD, ids=str)
def test_a_library_holds_every_value_or_is_known_not_to(form: Form) -> None:
    """Both ways: what is listed as lost and is held after all is a line to delete."""
    found = {name: outcome(name, form) for name in SAMPLES}

    assert {name: how for name, how in found.items() if how != HELD} == NOT_HELD[form]


def test_every_form_of_a_table_is_tried() -> None:
    """A library that is added has to say what it loses."""
    # A query gets its tables otherwise: see test_frames_query.py.
    assert NOT_HELD.keys() == set(Form) - {*NO_TABLES, Form.SQL}

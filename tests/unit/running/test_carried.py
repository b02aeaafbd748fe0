"""Exceptions that go from one process to another."""

from __future__ import annotations

import pytest

from assets_core.errors import SchemaError
from assets_core.running.carried import Carried, carry, unpack


class OwnError(Exception):
    """One that a pickle loses: it is made from other arguments than it keeps."""

    def __init__(self, table: str, row: int) -> None:
        super().__init__(f"{table} in row {row}")


class HoldingError(ValueError):
    """One that holds what has no pickle."""

    def __init__(self) -> None:
        super().__init__("it is locked")
        self.lock = lambda: None


class SilentError(Exception):
    """One that cannot say what it is."""

    def __str__(self) -> str:
        raise RuntimeError


def raised(error: BaseException) -> Carried:
    """Return an exception, packed as it is raised."""
    try:
        raise error  # noqa: TRY301 - for its traceback
    except BaseException as found:  # noqa: BLE001 - any
        return carry(found)


@pytest.mark.parametrize(
    "error", [KeyError("n"), SystemExit(3), KeyboardInterrupt(), UnicodeError("half")]
)
def test_an_exception_of_python_comes_out_as_it_was(error: BaseException) -> None:
    """Whoever handles it handles the same class with the same arguments."""
    found = unpack(raised(error))

    assert (type(found), found.args) == (type(error), error.args)


def test_an_error_of_ours_keeps_what_it_knows() -> None:
    """The fix and the checks that failed are part of what is told."""
    error = SchemaError("rows break it", fix="mend them", where="here:1")
    error.failures = ("first", "second")

    found = unpack(raised(error))

    assert isinstance(found, SchemaError)
    assert (str(found), found.failures) == (str(error), error.failures)


@pytest.mark.parametrize("error", [OwnError("orders", 3), HoldingError()])
def test_one_that_cannot_be_pickled_keeps_its_name_text_and_class(error: Exception) -> None:
    """`Retry(on=…)` and the record of the step see what they would see here."""
    found = unpack(raised(error))

    assert isinstance(found, type(error))
    assert (type(found).__name__, str(found)) == (type(error).__name__, str(error))


def test_one_of_a_local_class_is_of_the_nearest_class_that_is_known() -> None:
    """A class inside a function is known to nobody else."""

    class LocalError(OwnError):
        pass

    found = unpack(raised(LocalError("orders", 3)))

    assert isinstance(found, OwnError)
    assert (type(found).__name__, str(found)) == ("LocalError", "orders in row 3")


def test_one_that_cannot_say_what_it_is_is_carried_all_the_same() -> None:
    """What carries errors must not fail at them."""
    found = unpack(raised(SilentError()))

    assert type(found).__name__ == "SilentError"
    assert "RuntimeError" in str(found)


def test_the_way_to_it_and_what_it_came_from_are_its_cause() -> None:
    """The log has to show the line of the user's function."""
    error = ValueError("no such column")
    error.__cause__ = KeyError("price")

    found = unpack(raised(error))

    assert "KeyError: 'price'" in str(found.__cause__)
    assert "in raised\n    raise error" in str(found.__cause__)

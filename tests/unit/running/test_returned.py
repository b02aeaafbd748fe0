"""What a function that makes several outputs may return."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from assets_core import Output, multi_asset
from assets_core.errors import DataError
from assets_core.running.returned import by_output


@multi_asset(outputs={"low": Output(), "high": Output("parts/high")})
def halves() -> None:
    """Make nothing: only its outputs matter here."""


class ByName(NamedTuple):
    """Names the outputs, in another order."""

    high: int
    low: int


class Others(NamedTuple):
    """Names something else."""

    one: int
    two: int


@pytest.mark.parametrize(
    "made",
    [{"high": 2, "low": 1}, (1, 2), [1, 2], ByName(high=2, low=1), Others(1, 2)],
)
def test_outputs_are_taken_by_their_names_or_in_their_order(made: Any) -> None:
    """A NamedTuple with the names of the outputs says which is which."""
    assert by_output(halves.assets[0], made) == {"low": 1, "parts/high": 2}


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"low": 1}, "'low', 'high' returned nothing for 'high'"),
        ({"low": 1, "high": 2, "mid": 3}, "returned 'mid', which is no output"),
        ({"low": 1, "hihg": 2}, "nothing for 'high' and 'hihg', which is no output"),
        ({"low": 1, "high": 2, 3: 3}, "returned '3', which is no output"),
        ((1, 2, 3), "returned a tuple of 3"),
        ([], "returned a list of 0"),
        ("lh", "returned a str"),
        (None, "returned nothing"),
    ],
)
def test_what_was_not_declared_is_refused_by_name(made: Any, said: str) -> None:
    """Nothing is guessed from what is there."""
    with pytest.raises(DataError) as told:
        by_output(halves.assets[0], made)

    assert said in str(told.value)
    assert told.value.fix

"""Partitions by several things at once."""

from __future__ import annotations

import itertools
import pickle
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_core.errors import DefinitionError, UsageError
from assets_core.model.partitions import (
    DailyPartitions,
    DynamicPartitions,
    HourlyPartitions,
    ListedKeys,
    ProductKeys,
    ProductPartitions,
    StaticPartitions,
)

FAR = datetime(2040, 1, 1, tzinfo=UTC)
BOTH = ProductPartitions(
    date=DailyPartitions("2024-01-01", "2024-01-03"), region=StaticPartitions(["eu", "us"])
)


def test_the_last_dimension_changes_fastest() -> None:
    """Dimensions stand in the order in which they are declared."""
    assert list(BOTH.keys(FAR)) == [
        *("date=2024-01-01 region=eu", "date=2024-01-01 region=us"),
        *("date=2024-01-02 region=eu", "date=2024-01-02 region=us"),
    ]
    assert BOTH.names == ("date", "region")
    assert BOTH.kind == "product"


@given(
    st.lists(
        st.lists(st.sampled_from(["a", "b c", "d e f"]), unique=True),
        min_size=2,
        max_size=4,
    )
)
def test_keys_are_all_combinations_and_lead_back(sides: list[list[str]]) -> None:
    """Whatever number of dimensions, also where one is empty."""
    names = ["n", "m", "b", "_x"]
    keys = ProductKeys(
        tuple((names[number], ListedKeys(tuple(side))) for number, side in enumerate(sides))
    )
    listed = list(keys)

    assert len(keys) == len(listed) == len(set(listed))
    assert [keys[number] for number in range(len(keys))] == listed
    assert [keys.position(key) for key in listed] == [*range(len(keys))]
    for key, values in zip(listed, itertools.product(*sides), strict=True):
        assert keys.parts(key) == dict(zip(names, values, strict=False))
        assert key in keys
    assert keys[::-1] == tuple(listed[::-1])
    with pytest.raises(IndexError):
        _ = keys[len(keys)]


@pytest.mark.parametrize(
    "key",
    [
        *(
            "",
            "eu",
            "date=2024-01-01",
            "region=eu date=2024-01-01",
            "date=2024-01-09 region=eu",
        ),
        *(
            "date=2024-01-01 region=",
            "date=2024-01-01  region=eu",
            "date=2024-01-01 region=eu\n",
        ),
    ],
)
def test_what_is_no_key_has_no_position_and_no_parts(key: str) -> None:
    """Missing, in another order, or with a value that is not there."""
    keys = BOTH.keys(FAR)

    assert keys.position(key) is None
    assert keys.parts(key) is None
    assert key not in keys
    assert 3 not in keys  # type: ignore[comparison-overlap]


def test_each_dimension_can_be_asked_for() -> None:
    """With its windows, which the whole has none of."""
    keys = BOTH.keys(FAR)
    nothing = keys.window(0)  # type: ignore[func-returns-value]

    assert list(keys.dimension("date")) == ["2024-01-01", "2024-01-02"]
    assert keys.dimension("date").window(0) == (1_704_067_200, 1_704_153_600)
    assert nothing is None
    with pytest.raises(UsageError, match="There is no dimension 'regions'") as refused:
        keys.dimension("regions")
    assert refused.value.fix == "use region"


def test_a_growing_list_gets_the_names_that_are_known() -> None:
    """By the name of the list, not of the dimension."""
    made = ProductPartitions(
        region=StaticPartitions(["eu"]), customer=DynamicPartitions("customers")
    )

    assert list(made.keys(FAR, {"customers": ["ada"]})) == ["region=eu customer=ada"]
    assert len(made.keys(FAR)) == 0


@pytest.mark.parametrize(
    ("dimensions", "problem"),
    [
        ({}, "has 0 dimensions"),
        ({"a": StaticPartitions(["x"])}, "has 1 dimensions"),
        ({"a": StaticPartitions(["x"]), "b": ["x"]}, "Dimension 'b'"),
        ({"a": StaticPartitions(["x"]), "b": BOTH}, "Dimension 'b'"),
        ({"a": StaticPartitions(["x"]), "b c": StaticPartitions(["x"])}, "'b c' cannot be"),
    ],
)
def test_a_product_that_cannot_work_is_refused(
    dimensions: dict[str, StaticPartitions], problem: str
) -> None:
    """Too few dimensions, a product in a product, or no partitions at all."""
    with pytest.raises(DefinitionError) as refused:
        ProductPartitions(**dimensions)

    assert problem in refused.value.problem
    assert refused.value.fix


def test_a_product_is_a_value() -> None:
    """The order of its dimensions belongs to it."""
    sent = pickle.loads(pickle.dumps(BOTH))  # noqa: S301 - made in the line itself
    turned = ProductPartitions(**dict(reversed(BOTH.dimensions)))

    assert sent == BOTH != turned
    assert hash(sent) == hash(BOTH)
    assert sent.keys(FAR) == BOTH.keys(FAR)
    assert repr(BOTH) == (
        "ProductPartitions(date=DailyPartitions('2024-01-01', '2024-01-03'), "
        "region=StaticPartitions(['eu', 'us']))"
    )
    assert repr(BOTH.keys(FAR)) == "ProductKeys(date: 2 × region: 2)"


def test_a_large_product_is_never_written_out() -> None:
    """A hundred million keys; one of them is made."""
    large = ProductPartitions(
        hour=HourlyPartitions("2000-01-01", "2020-01-01"),
        shop=StaticPartitions([str(number) for number in range(1000)]),
    ).keys(FAR)

    assert len(large) > 100_000_000
    assert large[123_456_789] == "hour=2014-01-31T00 shop=789"
    assert large.position("hour=2014-01-31T00 shop=789") == 123_456_789

"""Partitions by name: what may be a key, and where it stands."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets_core.errors import DefinitionError, UsageError
from assets_core.model.partitions import (
    DynamicPartitions,
    ListedKeys,
    StaticPartitions,
    checked_keys,
)

BAD_KEYS = [
    ("", "it is empty"),
    (" eu", "white space"),
    ("eu ", "white space"),
    ("\u00a0eu", "white space"),
    ("eu,us", "it contains ','"),
    ("a=b", "it contains '='"),
    ("a..b", "it contains '..'"),
    ("a\nb", "a control character or a line break"),
    ("a\x00b", "a control character"),
    ("a\u2028b", "a line break"),
    ("a\ud800b", "a control character"),
    ("x" * 151, "longer than 150 bytes"),
    ("é" * 76, "longer than 150 bytes"),
    (3, "a key is text, not int"),
    (None, "a key is text, not NoneType"),
]


@pytest.mark.parametrize(
    "key", ["eu", "New York", "Größe", "a.b", "x" * 150, "注文", "🏳️‍🌈", "-1", "a/b"]
)
def test_most_texts_are_keys(key: str) -> None:
    """A key is a name that people use, in any script."""
    assert checked_keys(key) == (key,)
    assert StaticPartitions([key]).keys()[0] == key


@pytest.mark.parametrize(("key", "why"), BAD_KEYS)
def test_a_text_that_a_selection_could_not_name_is_refused(key: str, why: str) -> None:
    """The same ones for keys that are declared and keys that are added."""
    with pytest.raises(UsageError) as refused:
        checked_keys(["eu", key])
    assert why in refused.value.problem
    with pytest.raises(DefinitionError) as undeclared:
        StaticPartitions(["eu", key])
    assert refused.value.problem == undeclared.value.problem


def test_a_key_that_stands_there_twice_is_named() -> None:
    """With the others, as far as anybody wants to read them."""
    with pytest.raises(DefinitionError, match="has 'eu', 'us' more than once"):
        StaticPartitions(["eu", "us", "eu", "us", "asia"])
    with pytest.raises(DefinitionError, match="'4' … more than once"):
        StaticPartitions([str(number) for number in range(9)] * 2)


@pytest.mark.parametrize("keys", ["eu", {"eu"}, None, iter(["eu"])])
def test_keys_that_are_no_list_are_refused(keys: object) -> None:
    """One text is a list of letters to Python, and a set has no order."""
    with pytest.raises(DefinitionError, match="are a list"):
        StaticPartitions(keys)  # type: ignore[arg-type]


def test_a_list_may_be_empty() -> None:
    """Nothing is made then."""
    assert len(StaticPartitions([]).keys()) == 0
    assert repr(ListedKeys(())) == "ListedKeys(0 listed)"


def test_a_growing_list_has_the_keys_that_are_known() -> None:
    """The definition knows its name only."""
    customers = DynamicPartitions("customers", name="customer")

    assert list(customers.keys()) == []
    assert list(customers.keys(known=["ada", "grace"])) == ["ada", "grace"]
    assert customers.names == ("customer",)
    assert repr(customers) == "DynamicPartitions('customers', name='customer')"
    assert customers == DynamicPartitions("customers", name="customer")


@pytest.mark.parametrize("name", ["", "a=b", None, ["x"]])
def test_a_growing_list_needs_a_name(name: object) -> None:
    """A list of keys in its place is the usual mistake."""
    with pytest.raises(DefinitionError, match="cannot be the name of a growing list"):
        DynamicPartitions(name)  # type: ignore[arg-type]


def test_the_column_needs_a_name_that_columns_can_have() -> None:
    """For both kinds."""
    with pytest.raises(DefinitionError, match="'a b' cannot be the name"):
        StaticPartitions(["eu"], name="a b")
    with pytest.raises(DefinitionError, match="'' cannot be the name"):
        DynamicPartitions("customers", name="")


def test_a_definition_is_a_value() -> None:
    """A list and a tuple of the same names are the same partitions."""
    regions = StaticPartitions(["eu", "us"], name="region")
    sent = pickle.loads(pickle.dumps(regions))  # noqa: S301 - made in the line itself

    assert sent == regions == StaticPartitions(("eu", "us"), name="region")
    assert hash(sent) == hash(regions)
    assert repr(regions) == "StaticPartitions(['eu', 'us'], name='region')"
    assert (regions.kind, DynamicPartitions("x").kind) == ("static", "dynamic")


@given(st.lists(st.text("abc", min_size=1), unique=True), st.slices(5))
def test_listed_keys_behave_as_the_tuple_they_hold(names: list[str], piece: slice) -> None:
    """And know where each key stands."""
    keys = ListedKeys(tuple(names))

    assert list(keys) == names
    assert [keys.position(name) for name in names] == [*range(len(names))]
    assert keys.position("d") is None
    assert "d" not in keys
    assert 3 not in keys  # type: ignore[comparison-overlap]
    assert all(name in keys for name in names)
    assert tuple(keys[piece]) == tuple(names)[piece]
    assert isinstance(keys[1:], ListedKeys)
    sent = pickle.loads(pickle.dumps(keys))  # noqa: S301 - made in the line itself
    assert sent == keys == ListedKeys(tuple(names))
    assert hash(sent) == hash(keys)


def test_a_name_has_no_window() -> None:
    """It is no time."""
    keys = StaticPartitions(["eu", "us"]).keys()
    windows = [keys.window(position) for position in range(2)]  # type: ignore[func-returns-value]

    assert windows == [None, None]
    assert repr(keys) == "ListedKeys('eu' … 'us', 2 listed)"

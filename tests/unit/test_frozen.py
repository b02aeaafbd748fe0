"""Frozen values are those of the standard library, made faster."""

from __future__ import annotations

import copy
import inspect
import math
import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, replace
from typing import Any, ClassVar, Generic, TypeVar

import pytest

from assets_core.frozen import frozen

T = TypeVar("T")


@frozen
class Ours:
    """With fields of every kind that we use."""

    kind: ClassVar[str] = "ours"

    number: float
    words: list[str] = field(default_factory=list)
    name: str = "x"
    note: str = field(default="", compare=False, repr=False)
    _seen: dict[str, int] | None = field(default=None, init=False, compare=False)


@dataclass(frozen=True, slots=True)
class Theirs:
    """The same, of the standard library."""

    kind: ClassVar[str] = "theirs"

    number: float
    words: list[str] = field(default_factory=list)
    name: str = "x"
    note: str = field(default="", compare=False, repr=False)
    _seen: dict[str, int] | None = field(default=None, init=False, compare=False)


@frozen
class Pair(Generic[T]):
    """What is found out of its fields is set once, when it is made."""

    left: T
    right: T
    both: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "both", f"{self.left}{self.right}")


@frozen
class Below(Pair[str]):
    """A class with the fields of another, and one more."""

    more: int

    def __init__(self, more: int) -> None:
        Pair.__init__(self, "a", "b")
        object.__setattr__(self, "more", more)

    def __repr__(self) -> str:
        return f"Below({self.more})"


@frozen(eq=False)
class Alone:
    """One that equals only itself."""

    number: int


@frozen
class Nothing:
    """One without fields."""


@pytest.mark.parametrize(
    "given",
    [
        ((1,), {}),
        ((1, ["a"]), {"name": "y"}),
        ((), {"number": 2, "note": "n"}),
        ((math.nan,), {}),
    ],
)
def test_a_value_looks_like_one_of_the_standard_library(given: tuple[Any, Any]) -> None:
    """The same fields, taken and shown alike."""
    positions, names = given
    ours, theirs = Ours(*positions, **names), Theirs(*positions, **names)

    assert repr(ours) == repr(theirs).replace("Theirs", "Ours")
    assert str(asdict(ours)) == str(asdict(theirs))
    assert [one.name for one in fields(ours)] == [one.name for one in fields(theirs)]


def test_a_class_is_called_as_one_of_the_standard_library() -> None:
    """What completes a call, or explains it, reads the signature."""
    ours, theirs = inspect.signature(Ours), inspect.signature(Theirs)

    assert [(one.name, one.kind, one.annotation) for one in ours.parameters.values()] == [
        (one.name, one.kind, one.annotation) for one in theirs.parameters.values()
    ]
    with pytest.raises(TypeError, match=r"Ours\.__init__\(\) missing 1 required"):
        Ours()  # type: ignore[call-arg]


def test_values_of_the_same_fields_are_equal_and_those_left_out_do_not_count() -> None:
    """Plans, keys and records are compared all the time."""
    assert Ours(1) == Ours(1, note="other")
    assert Ours(1) != Ours(2)
    others: list[object] = [Theirs(1), Below(1)]
    assert Ours(1) not in others
    assert Nothing() == Nothing()
    assert Pair("a", "b") != Below(1)


def test_equal_values_have_equal_hashes() -> None:
    """They are keys of mappings."""
    assert {Pair(1, 2): "found"}[Pair(1, 2)] == "found"
    assert hash(Below(1)) == hash(Below(1))
    assert hash(Nothing()) == hash(Nothing())
    with pytest.raises(TypeError, match="unhashable"):
        hash(Ours(1))


def test_a_value_that_equals_only_itself_says_so() -> None:
    """Two assets of one name are two assets."""
    one = Alone(1)

    assert one == one  # noqa: PLR0124 - that is the question
    assert one != Alone(1)
    assert len({one, Alone(1)}) == 2


def test_a_value_never_changes() -> None:
    """Nobody who was handed one has to fear what others do with it."""
    value: Any = Ours(1)

    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'number'"):
        value.number = 2
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'other'"):
        value.other = 2
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'number'"):
        del value.number


def test_a_value_has_slots_and_nothing_else() -> None:
    """A million of them have to fit."""
    assert not hasattr(Ours(1), "__dict__")
    assert not hasattr(Below(1), "__dict__")


def test_a_list_that_was_not_given_is_one_of_its_own() -> None:
    """A default that all share would not be frozen."""
    assert Ours(1).words is not Ours(1).words


def test_what_is_found_out_is_set_when_a_value_is_made_or_replaced() -> None:
    """`replace` makes a value anew."""
    assert replace(Pair("a", "b"), right="c").both == "ac"


def test_methods_that_a_class_has_itself_are_kept() -> None:
    """Some take other arguments, and some say themselves shorter."""
    assert repr(Below(3)) == "Below(3)"
    assert Below(3).both == "ab"


@pytest.mark.parametrize("value", [Ours(1, ["a"], note="n"), Below(3), Nothing()])
def test_a_value_survives_copying_and_pickling(value: object) -> None:
    """Values go from one process to another."""
    for copied in (
        copy.copy(value),
        copy.deepcopy(value),
        pickle.loads(pickle.dumps(value)),  # noqa: S301 - just made
    ):
        assert copied == value
        assert repr(copied) == repr(value)


def test_a_pattern_takes_a_value_apart() -> None:
    """Alternatives are told by `match`."""
    match Ours(1, ["a"]):
        case Ours(number, [word], name="x"):
            assert (number, word) == (1, "a")
        case _:
            pytest.fail("no match")


def test_a_value_that_holds_itself_can_be_shown() -> None:
    """As lists can."""
    words: list[Any] = []
    value = Ours(1, words)
    words.append(value)

    assert repr(value) == "Ours(number=1, words=[...], name='x', _seen=None)"

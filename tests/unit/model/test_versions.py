"""Digests: different things never have the same one, and equal things always do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from assets_core.model.keys import AssetKey, Cell
from assets_core.model.versions import (
    CodeVersion,
    Component,
    ComponentChange,
    InputVersion,
    changed_components,
    digest,
    recipe_digest,
)

ORDERS = Cell(AssetKey("orders"))
CODE, CONFIG = digest("code"), digest("config")
GIVEN = InputVersion("raw", Cell(AssetKey("raw/orders")), "pandas", digest("rows"))
OTHER = InputVersion("rates", Cell(AssetKey("rates")), "path", digest("file"), ("eur",))

PARTS = st.lists(st.text(max_size=4) | st.binary(max_size=4), max_size=4)


def test_a_digest_is_32_hexadecimal_characters() -> None:
    """Heads keep each as 16 bytes."""
    assert len(bytes.fromhex(digest("a", b"b"))) == 16


def test_a_digest_never_changes() -> None:
    """Every recorded version would be another, and everything would run again."""
    assert digest("recipe 1", "orders", b"\x00") == "c817c523c6dadd1a54c2d7b0c94fc59e"


@given(PARTS, PARTS)
def test_other_parts_have_another_digest(
    one: list[str | bytes], other: list[str | bytes]
) -> None:
    """Each part is written with its length, so that none can run into the next."""

    def as_bytes(parts: list[str | bytes]) -> list[bytes]:
        return [part.encode() if isinstance(part, str) else part for part in parts]

    assume(as_bytes(one) != as_bytes(other))

    assert digest(*one) != digest(*other)


def test_half_a_character_has_a_digest() -> None:
    """Names of files may hold one; it must not stop a plan."""
    assert digest("\udcff") != digest("?")


@pytest.mark.parametrize(
    ("cell", "code", "config", "inputs"),
    [
        (Cell(AssetKey("orders2")), CODE, CONFIG, [GIVEN, OTHER]),
        (Cell(AssetKey("orders"), "2024-01-01"), CODE, CONFIG, [GIVEN, OTHER]),
        (Cell(AssetKey("orders"), ""), CODE, CONFIG, [GIVEN, OTHER]),
        (Cell(AssetKey("orders"), "-"), CODE, CONFIG, [GIVEN, OTHER]),
        (ORDERS, digest("other code"), CONFIG, [GIVEN, OTHER]),
        (ORDERS, CODE, digest("other config"), [GIVEN, OTHER]),
        (ORDERS, CONFIG, CODE, [GIVEN, OTHER]),
        (ORDERS, CODE, CONFIG, [GIVEN]),
        (ORDERS, CODE, CONFIG, []),
        (ORDERS, CODE, CONFIG, [GIVEN, OTHER, OTHER]),
        (ORDERS, CODE, CONFIG, [replace(GIVEN, parameter="rows"), OTHER]),
        (ORDERS, CODE, CONFIG, [replace(GIVEN, cell=OTHER.cell), OTHER]),
        (
            ORDERS,
            CODE,
            CONFIG,
            [replace(GIVEN, cell=Cell(GIVEN.cell.asset, "eu")), OTHER],
        ),
        (ORDERS, CODE, CONFIG, [replace(GIVEN, form="polars"), OTHER]),
        (ORDERS, CODE, CONFIG, [replace(GIVEN, data_version=digest("x")), OTHER]),
        (ORDERS, CODE, CONFIG, [replace(GIVEN, columns=()), OTHER]),
        (ORDERS, CODE, CONFIG, [replace(GIVEN, columns=("a", "b")), OTHER]),
        (ORDERS, CODE, CONFIG, [GIVEN, replace(OTHER, columns=None)]),
        (ORDERS, CODE, CONFIG, [GIVEN, replace(OTHER, columns=("eur", "usd"))]),
    ],
)
def test_a_recipe_differs_when_anything_does(
    cell: Cell, code: str, config: str, inputs: list[InputVersion]
) -> None:
    """A result found by its recipe is shown without computing: it must be the right one."""
    recipe = recipe_digest(ORDERS, (), CODE, CONFIG, [GIVEN, OTHER])

    assert recipe_digest(cell, (), code, config, inputs) != recipe


@pytest.mark.parametrize(
    "windows",
    [
        [],
        [(0, 3600)],
        [(3600, 86400)],
        [(-3600, 82800)],
        [(0, 86400), (0, 86400)],
        [(0, 86400), (0, 3600)],
    ],
    ids=str,
)
def test_the_time_of_a_partition_is_part_of_the_recipe(
    windows: list[tuple[int, int]],
) -> None:
    """The same key in another time zone, or of another kind, is another day."""
    day = Cell(AssetKey("orders"), "1970-01-01")
    recipe = recipe_digest(day, [(0, 86400)], CODE, CONFIG, [GIVEN])

    assert recipe_digest(day, windows, CODE, CONFIG, [GIVEN]) != recipe


def test_the_times_of_two_dimensions_have_an_order() -> None:
    """A day of departure and a day of booking are two things."""
    one, other = (0, 86400), (86400, 172800)
    cell = Cell(AssetKey("orders"), "1970-01-01|1970-01-02")

    assert recipe_digest(cell, [one, other], CODE, CONFIG, []) != recipe_digest(
        cell, [other, one], CODE, CONFIG, []
    )


def test_the_order_of_columns_is_part_of_the_recipe() -> None:
    """The function receives them in that order."""
    one, other = (replace(GIVEN, columns=columns) for columns in (("a", "b"), ("b", "a")))

    assert recipe_digest(ORDERS, (), CODE, CONFIG, [one]) != recipe_digest(
        ORDERS, (), CODE, CONFIG, [other]
    )


def test_names_of_columns_do_not_run_together() -> None:
    """`('ab',)` is not `('a', 'b')`."""
    one, other = (replace(GIVEN, columns=columns) for columns in (("ab",), ("a", "b")))

    assert recipe_digest(ORDERS, (), CODE, CONFIG, [one]) != recipe_digest(
        ORDERS, (), CODE, CONFIG, [other]
    )


@given(st.permutations([GIVEN, OTHER, replace(GIVEN, parameter="again")]))
def test_the_order_in_which_inputs_are_given_does_not_count(
    inputs: list[InputVersion],
) -> None:
    """Parameters have names; sorting a signature computes nothing anew."""
    again = [replace(GIVEN, parameter="again"), GIVEN, OTHER]

    assert recipe_digest(ORDERS, (), CODE, CONFIG, inputs) == recipe_digest(
        ORDERS, (), CODE, CONFIG, again
    )


def code(**parts: str) -> CodeVersion:
    """Return a code version with some constants and the function `f`."""
    components = [Component("function", "shop.f", digest("f"))]
    components += [
        Component("constant", f"shop.{name}", digest(text), text)
        for name, text in parts.items()
    ]
    return CodeVersion(digest(*(part.digest for part in components)), tuple(components))


def test_equal_versions_have_no_changes() -> None:
    """In whatever order their components were found."""
    one = code(A="1", B="2")

    assert changed_components(one, one) == ()
    assert changed_components(one, replace(one, components=one.components[::-1])) == ()


def test_a_changed_constant_is_told_with_both_values() -> None:
    """The reason that everybody understands without looking anything up."""
    (change,) = changed_components(code(LIMIT="10"), code(LIMIT="9"))

    assert change == ComponentChange("constant", "shop.LIMIT", "changed", "9", "10")
    assert str(change) == "constant shop.LIMIT: 9 → 10"


def test_an_added_component_is_told() -> None:
    """The function uses something that it did not use before."""
    (change,) = changed_components(code(LIMIT="10"), code())

    assert str(change) == "constant shop.LIMIT added"
    assert (change.before, change.after) == ("", "10")


def test_a_removed_component_is_told() -> None:
    """The function no longer uses it."""
    (change,) = changed_components(code(), code(LIMIT="10"))

    assert str(change) == "constant shop.LIMIT removed"
    assert (change.before, change.after) == ("10", "")


def test_a_change_of_what_has_no_text_names_it() -> None:
    """A function has no value to show."""
    now = CodeVersion("1", (Component("function", "shop.clean", digest("new")),))
    last = CodeVersion("0", (Component("function", "shop.clean", digest("old")),))

    (change,) = changed_components(now, last)

    assert str(change) == "function shop.clean changed"


def test_a_change_that_looks_the_same_names_it() -> None:
    """`1` became `True`, or a long text differs where it is cut off: no 'x → x'."""
    change = ComponentChange("constant", "shop.A", "changed", "1", "1")

    assert str(change) == "constant shop.A changed"


def test_changes_are_told_functions_first_then_by_name() -> None:
    """The same two versions always give the same sentence."""
    now = CodeVersion(
        "1",
        (
            Component("helper", "shop.z", digest("1")),
            Component("constant", "shop.b", digest("1")),
            Component("function", "shop.y", digest("1")),
            Component("constant", "shop.a", digest("1")),
        ),
    )

    changes = changed_components(now, CodeVersion("0"))

    assert [change.name for change in changes] == ["shop.y", "shop.a", "shop.b", "shop.z"]


def test_what_became_another_kind_is_removed_and_added() -> None:
    """A constant that is a function now is another thing of the same name."""
    now = CodeVersion("1", (Component("function", "shop.rate", digest("1")),))
    last = CodeVersion("0", (Component("constant", "shop.rate", digest("1")),))

    changes = changed_components(now, last)

    assert [(one.kind, one.change) for one in changes] == [
        ("function", "added"),
        ("constant", "removed"),
    ]

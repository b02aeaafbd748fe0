"""Why a cell is stale: each reason by itself, several together, and none for nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from assets_core.model.assets import Asset
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.policies import Freshness
from assets_core.model.versions import (
    CodeVersion,
    Component,
    ComponentChange,
    InputVersion,
    digest,
)
from assets_core.planning.reasons import (
    ABSENT,
    CodeChanged,
    ConfigChanged,
    Forced,
    InputChanged,
    InputsAdded,
    InputsRemoved,
    NeverBuilt,
    Opaque,
    OutputMissing,
    SchemaChanged,
    StorageChanged,
    TooOld,
    UpstreamWillRun,
)
from assets_core.planning.staleness import UNKNOWN, Last, stamp
from tests.unit.planning.one_cell import (
    CODE,
    INPUTS,
    LAST,
    MADE,
    NOW,
    ORDERS,
    RAW,
    SCHEMA,
    recipe_of,
    why,
    with_code,
)


def test_what_nothing_changed_of_is_fresh() -> None:
    """The one answer that saves all the work."""
    assert why() == ()


def test_the_order_of_inputs_does_not_count() -> None:
    """Moving a parameter changes nothing by itself."""
    assert why(inputs=INPUTS[::-1]) == ()


def test_what_was_never_built_is_stale() -> None:
    """Nothing else can be said of it, not even that its upstream will run."""
    unknown = (replace(INPUTS[0], data_version=UNKNOWN),)

    assert why(last=None) == (NeverBuilt(),)
    assert why(last=None, inputs=unknown) == (NeverBuilt(),)


def test_missing_bytes_are_a_reason() -> None:
    """The record alone is no data."""
    last = replace(LAST, missing=".objects/1")

    assert why(last=last) == (OutputMissing(".objects/1"),)


def test_a_changed_constant_is_named() -> None:
    """With the value before and after."""
    (reason,) = why(with_code(LIMIT="12"))

    assert reason == CodeChanged(
        (ComponentChange("constant", "shop.LIMIT", "changed", "10", "12"),)
    )
    assert str(reason) == "constant shop.LIMIT: 10 → 12"


def test_code_that_changed_in_no_component_is_told_all_the_same() -> None:
    """The same helpers, called by others: the digest of it all is another."""
    now = replace(NOW, code=replace(CODE, digest=digest("another")))

    (reason,) = why(now)

    assert reason == CodeChanged(())
    assert str(reason) == "the way its code is put together changed"


def test_code_of_which_nothing_was_kept_has_changed() -> None:
    """The code version was cleaned up, or came from another store."""
    assert why(with_code(LIMIT="12"), last=replace(LAST, code=None)) == (CodeChanged(()),)


def test_a_changed_configuration_names_its_values() -> None:
    """Changed, added and removed ones, in the order of their names."""
    now = replace(NOW, config={"limit": digest("12"), "new": digest("x")})

    (reason,) = why(now)

    assert reason == ConfigChanged(("limit", "new", "unit"))
    assert str(reason) == "config 'limit', 'new', 'unit' changed"


def test_the_order_of_the_configuration_does_not_count() -> None:
    """A dict that was sorted means the same."""
    now = replace(NOW, config=dict([*NOW.config.items()][::-1]))

    assert why(now) == ()


def test_an_input_that_is_new_is_named() -> None:
    """It now reads more."""
    more = InputVersion("more", Cell(AssetKey("more")), "pandas", digest("x"))

    (reason,) = why(inputs=(*INPUTS, more))

    assert reason == InputsAdded((AssetKey("more"),))
    assert str(reason) == "it now reads 'more'"


def test_an_input_that_is_gone_is_named() -> None:
    """It reads less."""
    (reason,) = why(inputs=INPUTS[:1])

    assert reason == InputsRemoved((AssetKey("rates"),))
    assert str(reason) == "it no longer reads 'rates'"


def test_an_input_that_was_replaced_is_both() -> None:
    """A parameter that now stands for another asset."""
    other = replace(INPUTS[0], cell=Cell(AssetKey("cooked")))

    assert why(inputs=(other, INPUTS[1])) == (
        InputsAdded((AssetKey("cooked"),)),
        InputsRemoved((AssetKey("raw"),)),
    )


def test_an_input_that_changed_is_named_with_its_versions() -> None:
    """So that the chain can be followed to its root."""
    changed = replace(INPUTS[0], data_version=digest("raw 2"))

    (reason,) = why(inputs=(changed, INPUTS[1]))

    assert reason == InputChanged(AssetKey("raw"), digest("raw 1"), digest("raw 2"))
    assert str(reason) == "'raw' changed"


def test_columns_that_changed_are_named() -> None:
    """Of an input of which only some are read."""
    changed = replace(INPUTS[1], data_version=digest("rates 2"))

    (reason,) = why(inputs=(INPUTS[0], changed))

    assert str(reason) == "'rates' changed in 'eur', 'usd'"


def test_a_source_that_is_gone_is_named() -> None:
    """It did not change: nobody can read it."""
    (reason,) = why(inputs=(replace(INPUTS[0], data_version=ABSENT), INPUTS[1]))

    assert str(reason) == "'raw' cannot be read"


@pytest.mark.parametrize(
    ("changed", "text"),
    [
        (
            replace(INPUTS[1], form="polars"),
            "input rates: rates as arrow of eur, usd → rates as polars of eur, usd",
        ),
        (
            replace(INPUTS[1], columns=None, data_version=digest("all of rates")),
            "input rates: rates as arrow of eur, usd → rates as arrow",
        ),
        (
            replace(INPUTS[1], columns=("eur",), data_version=digest("eur")),
            "input rates: rates as arrow of eur, usd → rates as arrow of eur",
        ),
        (
            replace(INPUTS[1], parameter="by_day"),
            "input by_day: rates as arrow of eur, usd → by_day as arrow of eur, usd",
        ),
    ],
    ids=["form", "all columns", "fewer columns", "parameter"],
)
def test_another_form_of_an_input_is_a_change_of_the_code(
    changed: InputVersion, text: str
) -> None:
    """The function receives something else, although the upstream did not change."""
    (reason,) = why(inputs=(INPUTS[0], changed))

    assert reason.kind == "code_changed"
    assert str(reason) == text


def test_two_parameters_of_one_upstream_are_told_apart() -> None:
    """Each is compared with what it was itself."""
    inputs = (
        InputVersion("frame", RAW, "pandas", digest("a"), ("a",)),
        InputVersion("table", RAW, "arrow", digest("b"), ("b",)),
    )
    made = replace(MADE, inputs=inputs, recipe=recipe_of(inputs))
    last = replace(LAST, made=made, head=LAST.head._replace(recipe=made.recipe))

    assert why(inputs=inputs, last=last) == ()
    changed = (replace(inputs[0], data_version=digest("a 2")), inputs[1])
    (reason,) = why(inputs=changed, last=last)
    assert str(reason) == "'raw' changed in 'a'"
    (reason,) = why(with_code(LIMIT="12"), inputs=inputs, last=last)
    assert str(reason) == "constant shop.LIMIT: 10 → 12"


def test_an_upstream_that_is_read_twice_changed_once() -> None:
    """One sentence is enough."""
    inputs = tuple(
        InputVersion(name, RAW, "pandas", digest("raw 1")) for name in ("one", "two")
    )
    made = replace(MADE, inputs=inputs, recipe=recipe_of(inputs))
    last = replace(LAST, made=made, head=LAST.head._replace(recipe=made.recipe))
    changed = tuple(replace(one, data_version=digest("raw 2")) for one in inputs)

    assert len(why(inputs=changed, last=last)) == 1


def test_another_storage_is_named_with_both() -> None:
    """The data has to be copied."""
    (reason,) = why(replace(NOW, storage="parquet:lake"))

    assert reason == StorageChanged("parquet:data", "parquet:lake")
    assert str(reason) == "its storage moved from parquet:data to parquet:lake"


def test_another_schema_is_told_by_component() -> None:
    """The stored data has to be looked at again."""
    stricter = CodeVersion(
        digest("schema 2"), (Component("schema", "shop.Orders", digest("s 2")),)
    )

    (reason,) = why(replace(NOW, validation=stricter))

    assert str(reason) == "schema or checks: schema shop.Orders changed"


def test_a_schema_of_which_nothing_was_kept_has_changed() -> None:
    """What it was cannot be said, but that it is another one can."""
    now = replace(NOW, validation=CodeVersion(digest("schema 2")))

    assert why(now, last=replace(LAST, validation=None)) == (SchemaChanged(()),)


def test_storage_and_schema_can_change_together() -> None:
    """Both are told, and the copy is validated on its way."""
    now = replace(NOW, storage="parquet:lake", validation=CodeVersion(digest("2")))

    assert [reason.kind for reason in why(now)] == ["storage_changed", "schema_changed"]


def test_going_back_to_the_schema_that_was_passed_last_is_nothing() -> None:
    """The head knows what it has passed, whatever it passed when it was made."""
    later = CodeVersion(digest("later"))
    head = LAST.head._replace(stamp=stamp(later.digest, "parquet:data"))
    last = replace(LAST, head=head)

    assert why(replace(NOW, validation=later), last=last) == ()
    assert why(last=last) == (SchemaChanged(()),)


def test_a_schema_that_cannot_be_compared_is_looked_at_each_time() -> None:
    """Unknown means run, and say so."""
    now = replace(NOW, validation=replace(SCHEMA, opaque=("no source of 'f'",)))

    (reason,) = why(now)

    assert str(reason) == "its schema or checks cannot be compared: no source of 'f'"


def test_code_that_cannot_be_compared_runs_each_time() -> None:
    """Never a constant in place of a hash."""
    now = replace(NOW, code=replace(CODE, opaque=("no source of 'g'",)))

    (reason,) = why(now)

    assert reason == Opaque(("no source of 'g'",))
    assert str(reason) == "its code cannot be compared: no source of 'g'"


@pytest.mark.parametrize(
    ("age", "is_stale"), [(3599, True), (3600, False), (7200, False)], ids=str
)
def test_what_is_older_than_allowed_is_stale(age: int, *, is_stale: bool) -> None:
    """The moment itself is still allowed; the policy is not part of the recipe."""
    asset = Asset(ORDERS.asset, lambda: None, freshness=Freshness(timedelta(seconds=age)))

    reasons = why(replace(NOW, asset=asset))

    assert reasons == ((TooOld(3600.0, float(age)),) if is_stale else ())


def test_force_is_a_reason() -> None:
    """Somebody asked for it, and sees that this is why."""
    assert why(forced=True) == (Forced(),)
    assert str(Forced()) == "it was asked for with --force"


def test_an_upstream_that_is_going_to_run_is_named() -> None:
    """Each one once, in the order of the parameters; what is known is still compared."""
    inputs = (
        replace(INPUTS[0], data_version=UNKNOWN),
        replace(INPUTS[1], data_version=digest("rates 2")),
        InputVersion("again", RAW, "pandas", UNKNOWN),
    )
    last = replace(
        LAST, made=replace(MADE, inputs=(*INPUTS, replace(inputs[2], data_version="x")))
    )

    assert why(inputs=inputs, last=last) == (
        InputChanged(
            AssetKey("rates"), digest("rates 1"), digest("rates 2"), ("eur", "usd")
        ),
        UpstreamWillRun((AssetKey("raw"),)),
    )


def test_an_upstream_that_is_going_to_run_is_the_only_guess() -> None:
    """Nothing else is said of a recipe that is not known yet."""
    (reason,) = why(inputs=(replace(INPUTS[0], data_version=UNKNOWN), INPUTS[1]))

    assert reason == UpstreamWillRun((AssetKey("raw"),))
    assert str(reason) == "'raw' will run and may change"


def test_without_the_record_it_is_only_known_that_something_changed() -> None:
    """Planning first compares digests of all heads, and reads records where they differ."""
    bare = Last(LAST.head)
    unknown = (replace(INPUTS[0], data_version=UNKNOWN), INPUTS[1])

    assert why(last=bare) == ()
    assert why(with_code(LIMIT="12"), last=bare) == (CodeChanged(()),)
    assert why(replace(NOW, storage="x"), last=bare) == (SchemaChanged(()),)
    assert why(inputs=unknown, last=bare) == (UpstreamWillRun((AssetKey("raw"),)),)

"""What can be wrong with the definitions of a project: each with cause, place and fix."""

from __future__ import annotations

from typing import Any

import pytest

from assets_core.errors import (
    AssetsError,
    CycleError,
    DefinitionError,
    DefinitionErrors,
    DuplicateKeyError,
    UnknownIOManagerError,
    UnknownUpstreamError,
)
from assets_core.model.assets import Asset, Check, Definition, Form, Input, Source
from assets_core.model.graph import build_graph
from assets_core.model.keys import AssetKey
from assets_core.model.origins import (
    DatabaseRows,
    ManyFiles,
    OneFile,
    Origin,
    VersionFunction,
    WebFile,
)


def table(key: str, *upstream: str, where: str = "", form: Form = Form.PANDAS) -> Asset:
    """Return an asset that reads others by parameters of their names."""
    inputs = tuple(Input(name, AssetKey(name), form) for name in upstream)
    return Asset(AssetKey(key), lambda: None, inputs, where=where or f"{key}.py:1")


def renamed(key: str, parameter: str, upstream: str) -> Asset:
    """Return an asset that reads another by a parameter of another name."""
    given = Input(parameter, AssetKey(upstream), Form.PANDAS)
    return Asset(AssetKey(key), lambda: None, (given,), where=f"{key}.py:1")


def check(key: str, *reads: str, name: str = "fine") -> Check:
    """Return a check of an asset, with all that it reads."""
    inputs = tuple(Input(one, AssetKey(one), Form.PANDAS) for one in reads)
    return Check(name, AssetKey(key), lambda: True, inputs, where="checks.py:1")


FILE = Source(AssetKey("file"), OneFile("file.csv"), where="sources.py:1")


def problem_of(*definitions: Definition) -> AssetsError:
    """Return the one thing that is wrong."""
    with pytest.raises(DefinitionError) as told:
        build_graph(definitions)
    assert not isinstance(told.value, DefinitionErrors), str(told.value)
    return told.value


def test_a_key_that_is_declared_twice() -> None:
    """The second would silently take the place of the first."""
    problem = problem_of(table("orders", where="a.py:1"), table("orders", where="b.py:2"))

    assert isinstance(problem, DuplicateKeyError)
    assert problem.problem == "'orders' is declared twice"
    assert problem.where == "b.py:2"
    assert problem.fix == "give one of them another key; the other is at a.py:1"


def test_a_source_and_an_asset_of_one_key() -> None:
    """They are two things all the same."""
    problem = problem_of(FILE, table("file"))

    assert problem.problem == "'file' is declared twice"


def test_keys_that_differ_only_in_case() -> None:
    """On a Mac they would be one file."""
    problem = problem_of(table("Orders"), table("orders"))

    assert isinstance(problem, DuplicateKeyError)
    assert problem.problem == "'orders' and 'Orders' differ only in case"


def test_keys_that_differ_only_in_how_case_is_written() -> None:
    """`ß` and `SS` are the same word in two cases."""
    problem = problem_of(table("maß"), table("MASS"))

    assert problem.problem == "'MASS' and 'maß' differ only in case"


def test_a_key_inside_another() -> None:
    """`orders` is a file; there can be no folder of that name beside it."""
    problem = problem_of(table("orders"), table("orders/daily/eu"))

    assert isinstance(problem, DuplicateKeyError)
    assert problem.problem == "'orders/daily/eu' would lie inside the asset 'orders'"
    assert problem.where == "orders/daily/eu.py:1"
    assert problem.fix == "rename one of them; 'orders' is at orders.py:1"


def test_a_key_inside_another_of_other_case() -> None:
    """Both rules at once."""
    problem = problem_of(table("Raw"), table("raw/orders"))

    assert problem.problem == "'raw/orders' would lie inside the asset 'Raw'"


def test_keys_that_only_begin_alike_are_fine() -> None:
    """`orders_daily` is no part of `orders`."""
    assert len(build_graph([table("orders"), table("orders_daily"), table("o")]).nodes) == 3


def test_an_upstream_that_nobody_declares() -> None:
    """A typing error in a parameter: the parameter has to be renamed."""
    problem = problem_of(table("orders"), table("revenue", "order"))

    assert isinstance(problem, UnknownUpstreamError)
    assert str(problem).splitlines() == [
        "Asset 'revenue' needs 'order', which no asset declares",
        "  at revenue.py:1",
        "  Fix: rename the parameter to 'orders', or declare an asset called 'order'",
    ]


def test_an_upstream_whose_key_is_no_name() -> None:
    """A parameter cannot be called 'raw/orders', so the fix is another."""
    problem = problem_of(table("raw/orders"), table("revenue", "orders"))

    assert problem.fix == (
        "say which asset it is: inputs={'orders': 'raw/orders'},"
        " or declare an asset called 'orders'"
    )


def test_an_upstream_that_is_named_wrongly_in_inputs() -> None:
    """The parameter is fine; what it stands for is not."""
    problem = problem_of(table("raw/orders"), renamed("revenue", "rows", "raw/order"))

    assert problem.problem == "Asset 'revenue' needs 'raw/order', which no asset declares"
    assert problem.fix == "did you mean 'raw/orders'?"


def test_an_upstream_like_nothing_there_is() -> None:
    """No guess is better than a wild one."""
    problem = problem_of(table("revenue", "zebra"))

    assert problem.fix == (
        "declare an asset or a source called 'zebra' in one of the project's modules"
    )


def test_a_source_that_is_not_read_as_a_path() -> None:
    """The framework does not know what is in the file."""
    problem = problem_of(FILE, table("orders", "file"))

    assert (
        problem.problem
        == "Asset 'orders' reads the file 'file' by 'file', which is no path"
    )
    assert problem.fix == ("annotate it: def …(file: pathlib.Path), and open it yourself")


@pytest.mark.parametrize(
    ("origin", "given", "problem"),
    [
        (OneFile("a.csv"), {"many": "list"}, "reads the file 'file'"),
        (WebFile("https://a"), {"form": Form.ARROW}, "reads the download 'file'"),
        (ManyFiles("*.csv"), {"many": ""}, "reads the files 'file'"),
        (DatabaseRows("select 1", "sqlite://"), {}, "reads the rows of 'file'"),
        (DatabaseRows("select 1", "sqlite://"), {"form": Form.VALUE}, "reads the rows of"),
        (VersionFunction(lambda: 1), {}, "reads the version of 'file'"),
        (VersionFunction(lambda: 1), {"form": Form.ARROW}, "reads the version of"),
    ],
)
def test_each_kind_of_source_has_its_form(
    origin: Origin, given: dict[str, Any], problem: str
) -> None:
    """A path of a query, or a table of a file, is nothing that could be handed over."""
    read = Input("file", AssetKey("file"), **{"form": Form.PATH, **given})
    reader = Asset(AssetKey("orders"), lambda: None, (read,))

    told = problem_of(Source(AssetKey("file"), origin), reader)

    assert told.problem.startswith(f"Asset 'orders' {problem}")
    assert told.fix.startswith("annotate")


def test_columns_of_a_source() -> None:
    """None of them has a version of its own, so it would never be stale."""
    read = Input("file", AssetKey("file"), Form.PATH, columns=("id",))
    reader = Asset(AssetKey("orders"), lambda: None, (read,))

    assert problem_of(FILE, reader).problem == (
        "Asset 'orders' reads columns of 'file', which is a source"
    )


def test_a_table_that_is_read_as_a_path() -> None:
    """Where a table lies is the IO manager's own business."""
    problem = problem_of(table("orders"), table("daily", "orders", form=Form.PATH))

    assert problem.problem == "Asset 'daily' asks for the table 'orders' as a path"
    assert "pd.DataFrame" in problem.fix


def test_a_check_of_an_asset_that_nobody_declares() -> None:
    """It would never run, and nobody would notice."""
    with pytest.raises(DefinitionErrors) as told:
        build_graph([table("orders"), check("order", "order")])

    assert {one.problem: one.fix for one in told.value.problems} == {
        "Check 'fine' needs 'order', which no asset declares": (
            "rename the parameter to 'orders', or declare an asset called 'order'"
        ),
        "Check 'fine' tests 'order', which no asset declares": "did you mean 'orders'?",
    }


def test_a_check_of_a_source() -> None:
    """There is nothing that could be refused."""
    given = Check(
        "fine",
        FILE.key,
        lambda: True,
        (Input("file", FILE.key, Form.PATH),),
        where="checks.py:1",
    )

    problem = problem_of(FILE, given)

    assert problem.problem == "Check 'fine' tests 'file', which is a source"
    assert problem.where == "checks.py:1"


def test_a_check_that_does_not_read_what_it_tests() -> None:
    """It could not find anything about it."""
    problem = problem_of(table("orders"), table("other"), check("orders", "other"))

    assert problem.problem == "Check 'fine' never reads 'orders', which it should test"
    assert problem.fix == "give it a parameter for it: inputs={'rows': 'orders'}"


def test_two_checks_of_one_name() -> None:
    """What they find is kept by name, so that one would hide what the other found."""
    problem = problem_of(
        table("orders"), check("orders", "orders"), check("orders", "orders")
    )

    assert isinstance(problem, DuplicateKeyError)
    assert problem.problem == "Two checks of 'orders' are called 'fine'"
    assert problem.where == "checks.py:1"


def test_checks_of_two_assets_may_have_one_name() -> None:
    """`has_rows` is a good name for many of them."""
    graph = build_graph([table("a"), table("b"), check("a", "a"), check("b", "b")])

    assert graph.checks.keys() == {"a", "b"}


def test_assets_that_need_each_other() -> None:
    """The arrows are drawn, and every asset of the circle has its place."""
    problem = problem_of(table("b", "c"), table("c", "a"), table("a", "b"))

    assert isinstance(problem, CycleError)
    assert problem.problem == "Assets need each other in a circle: a → b → c → a"
    assert problem.where == "a.py:1"
    assert problem.fix.splitlines() == [
        "take one of these arrows away",
        "'a' is at a.py:1",
        "'b' is at b.py:1",
        "'c' is at c.py:1",
    ]


def test_an_asset_that_needs_itself() -> None:
    """`context.previous()` is the way to read what it was."""
    problem = problem_of(table("orders", "orders"))

    assert problem.problem == "Assets need each other in a circle: orders → orders"


def test_what_only_reads_from_a_circle_is_not_blamed() -> None:
    """It has nothing that could be mended."""
    problem = problem_of(
        table("report", "a"), table("a", "b"), table("b", "a"), table("last", "report")
    )

    assert problem.problem == "Assets need each other in a circle: a → b → a"


def test_every_separate_circle_is_told() -> None:
    """Mending one and being told of the next is a waste of a morning."""
    with pytest.raises(DefinitionErrors) as told:
        build_graph([table("a", "b"), table("b", "a"), table("x", "x"), table("y", "x")])

    assert [problem.problem[-9:] for problem in told.value.problems] == [
        "a → b → a",
        "le: x → x",
    ]


def test_a_check_that_needs_what_waits_for_its_asset() -> None:
    """It would have to run before and after it."""
    problem = problem_of(
        table("orders"), table("revenue", "orders"), check("orders", "orders", "revenue")
    )

    assert isinstance(problem, CycleError)
    assert problem.problem == (
        "Assets need each other in a circle: orders → revenue → orders"
    )


def test_all_that_is_wrong_is_told_at_once() -> None:
    """The declarations' own problems first, then those between them, then the others'."""
    declared = DefinitionError("Asset 'orders' has publish='x'", where="orders.py:1")
    elsewhere = UnknownIOManagerError("Asset 'orders' names the IO manager 'lak'")
    orders = Asset(AssetKey("orders"), lambda: None, problems=(declared,))

    with pytest.raises(DefinitionErrors) as told:
        build_graph(
            [orders, table("Orders"), table("a", "zebra"), table("b", "b")], [elsewhere]
        )

    assert [type(problem) for problem in told.value.problems] == [
        DefinitionError,
        DuplicateKeyError,
        UnknownUpstreamError,
        CycleError,
        UnknownIOManagerError,
    ]
    assert str(told.value).startswith("5 problems in the project's definitions\n\n")


def test_one_problem_is_told_by_itself() -> None:
    """Whoever catches `CycleError` gets one."""
    problem = UnknownIOManagerError("Asset 'orders' names the IO manager 'lak'")

    with pytest.raises(UnknownIOManagerError):
        build_graph([table("orders")], [problem])

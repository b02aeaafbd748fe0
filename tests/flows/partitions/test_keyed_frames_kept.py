"""Partitions that one call yields: kept, damaged, rolled back, moved, looked at again."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from assets_core import Workspace
from assets_core.model.keys import AssetKey, Cell
from assets_core.upkeep.doctor import examine
from tests.flows.partitions.shop import FIRST, ORDERS, Shop
from tests.flows.partitions.slices import computed, ended, errors


def found(shop: Shop) -> list[str]:
    """Return what doctor and verify find."""
    with Workspace.open(shop.folder) as workspace:
        graph = workspace.graph_of_assets
        examined = examine(workspace.tools, graph, "main").findings
        return [str(one) for one in (*examined, *workspace.verify(deep=True).findings)]


@pytest.mark.parametrize("partition", ["ada", None])
def test_what_is_gone_is_made_again_and_nothing_else(
    shop: Shop, partition: str | None
) -> None:
    """A partition, or what is kept of the call; downstream nothing is another."""
    shop.run()
    shop.delete("by_customer", partition)
    assert shop.planned() >= {"by_customer"}
    shop.calls()

    result = shop.run()

    assert computed(result) == {"by_customer"}
    assert shop.calls() == 1
    assert found(shop) == []
    assert shop.run().steps == ()


def test_doctor_and_verify_find_nothing_after_keys_have_gone(shop: Shop) -> None:
    """What was taken away is nobody's business any more."""
    shop.run()
    shop.rows([["zoe", 1]])
    shop.run()

    assert found(shop) == []
    with Workspace.open(shop.folder) as workspace:
        heads = workspace.tools.store.heads("main", [AssetKey("by_customer")])
    assert {cell.partition for cell in heads} == {None, "zoe"}


def test_another_code_that_yields_the_same_stops_there(shop: Shop) -> None:
    """The call is made, and no partition is another."""
    shop.run()
    shop.edit("yield Partition(customer, rows)", "yield Partition(customer, rows[:])")

    assert computed(shop.run()) == {"by_customer"}


def test_code_that_was_there_before_is_not_called_again(shop: Shop) -> None:
    """Forth and back: both calls are known."""
    shop.run()
    before = shop.versions()
    shop.edit("yield Partition(customer, rows)", "yield Partition(customer.upper(), rows)")
    assert shop.run().status == "success"
    assert shop.keys() == ("ADA", "BOB")
    shop.calls()
    shop.edit("yield Partition(customer.upper(), rows)", "yield Partition(customer, rows)")

    result = shop.run()

    assert shop.calls() == 0
    assert ended(result)["by_customer"] == "reused"
    assert shop.keys() == ("ada", "bob")
    assert {k: v for k, v in shop.versions().items() if k in before} == before
    assert shop.run().steps == ()


def test_a_helper_of_a_generator_counts_as_code(shop: Shop) -> None:
    """A generator function is versioned as any other."""
    shop.write(
        ORDERS.replace("rows)\n", "helper(rows))\n", 1).replace(
            '    @asset(partitions=DynamicPartitions("customers"))\n    def by',
            "    def helper(rows):\n        return rows.assign(twice=1)\n\n\n"
            '    @asset(partitions=DynamicPartitions("customers"))\n    def by',
        )
    )
    shop.run()
    shop.edit("twice=1", "twice=2")

    (step,) = [one for one in shop.plan().steps if one.cell.asset == "by_customer"]
    assert "helper" in str(step.reasons[0])


def test_one_key_is_rolled_back_held_and_let_go(shop: Shop) -> None:
    """Runs leave it alone; the others are made as ever."""
    shop.run()
    first = shop.history("by_customer", "ada")[0]
    shop.rows([["ada", 50], ["bob", 1]])
    shop.run()
    with Workspace.open(shop.folder) as workspace:
        workspace.rollback("by_customer", to=first.id, partition="ada")
    assert "by_customer" not in shop.planned()
    assert computed(shop.run()) >= {"everyone"}
    assert shop.read("everyone")["total"] == [2, 1]

    shop.rows([["ada", 60], ["bob", 2]])
    shop.run()
    assert shop.read("everyone")["total"] == [2, 2]
    assert shop.run().held == (Cell(AssetKey("by_customer"), "ada"),)
    shop.rows([["bob", 2]])
    shop.run()
    assert shop.keys() == ("ada", "bob"), "what is held is left alone"
    assert shop.run().steps == ()

    with Workspace.open(shop.folder) as workspace:
        workspace.rollback("by_customer", release=True, partition="ada")
    assert shop.run().status == "success"
    assert shop.keys() == ("bob",)
    assert shop.read("everyone")["total"] == [2]
    assert shop.run().steps == ()


def test_forced_makes_what_is_held(shop: Shop) -> None:
    """Somebody asked for it."""
    shop.run()
    first = shop.history("by_customer", "ada")[0]
    shop.rows([["ada", 50]])
    shop.run()
    with Workspace.open(shop.folder) as workspace:
        workspace.rollback("by_customer", to=first.id, partition="ada")

    shop.run("by_customer", force=True)

    assert shop.read("by_customer")["total"] == [50]
    assert not shop.run("by_customer").held


def test_forced_calls_once_and_then_what_reads_it(shop: Shop) -> None:
    """A forced run that has to plan twice computes nothing twice."""
    shop.run()
    shop.calls()

    result = shop.run(force=True)

    assert shop.calls() == 1
    assert computed(result) == {
        *("orders", "by_customer", "spending[ada]", "spending[bob]", "everyone"),
    }
    assert result.fresh_count == 0


SCHEMA = """
    import pandera.pandas as pa_

    class Row(pa_.DataFrameModel):
        total: int = pa_.Field(lt=100)

"""


def with_schema(more: str = "") -> str:
    """Return the project with a schema on what is yielded."""
    return SCHEMA + ORDERS.replace(
        '@asset(partitions=DynamicPartitions("customers"))\n    def by',
        f'@asset(partitions=DynamicPartitions("customers"), schema=Row{more})\n    def by',
    )


def test_data_that_breaks_the_schema_leaves_all_as_it_was(shop: Shop) -> None:
    """All partitions of a call become real together, or none does."""
    shop.write(with_schema())
    shop.run()
    before = shop.heads()
    shop.rows([["ada", 1], ["eve", 100], ["mia", 200], ["zoe", 3]])

    result = shop.run()

    assert ended(result)["by_customer"] == "failed"
    message = errors(result)["by_customer"]
    assert "'by_customer[eve]', 'by_customer[mia]'" in message
    assert ended(result)["spending[ada]"] == "blocked"
    assert shop.keys() == ("ada", "bob")
    own = {cell: head for cell, head in before.items() if cell.asset == "by_customer"}
    assert own.items() <= shop.heads().items()
    assert shop.read("spending") == {"sum": [2, 4], "partition": ["ada", "bob"]}


def test_a_check_that_only_warns_says_which_partition(shop: Shop) -> None:
    """The data is stored, and the warning names the key."""
    shop.write(with_schema(', on_invalid="warn"'))
    shop.rows([["ada", 1], ["eve", 100]])

    result = shop.run("by_customer")

    (step,) = [one for one in result.steps if one.cell.asset == "by_customer"]
    assert [(one.partition, one.passed) for one in step.checks] == [("eve", False)]
    assert shop.keys() == ("ada", "eve")


def test_another_schema_looks_at_what_is_stored(shop: Shop) -> None:
    """Without a call; and refuses what does not pass."""
    shop.write(with_schema())
    shop.run()
    shop.calls()
    shop.edit("lt=100", "lt=50")

    result = shop.run()

    assert ended(result)["by_customer"] == "revalidated"
    assert shop.calls() == 0
    assert shop.run().steps == ()
    shop.edit("lt=50", "lt=2")
    assert ended(shop.run())["by_customer"] == "failed"
    assert shop.calls() == 0
    shop.edit("lt=2", "lt=50")
    shop.run()
    assert shop.run().steps == ()


def test_another_place_gets_a_copy(shop: Shop) -> None:
    """The data is copied, not computed."""
    shop.run()
    before = {cell: version for cell, (version, _) in shop.versions().items()}
    shop.calls()
    shop.settings(
        '[io.new]\ntype = "parquet"\nroot = "other"\n[io.old]\ntype = "parquet"\n'
    )

    result = shop.run()

    assert ended(result)["by_customer"] == "reused", errors(result)
    assert shop.calls() == 0
    assert {cell: version for cell, (version, _) in shop.versions().items()} == before
    assert (shop.folder / "other/by_customer/partition=ada/data.parquet").exists()
    assert found(shop) == []
    assert shop.run().steps == ()


@pytest.mark.parametrize("storage", ["tables", "views"])
def test_tables_in_duckdb_follow_the_keys(shop: Shop, storage: str) -> None:
    """The view of the asset shows those partitions that there are."""
    shop.settings(f'[io.default]\ntype = "duckdb"\nstorage = "{storage}"\n')
    shop.run()
    assert shop.sql('SELECT DISTINCT "partition" FROM by_customer ORDER BY 1') == [
        "ada",
        "bob",
    ]

    shop.rows([["bob", 5], ["zoe", 6]])
    result = shop.run()

    assert result.status == "success", errors(result)
    assert shop.sql('SELECT DISTINCT "partition" FROM by_customer ORDER BY 1') == [
        "bob",
        "zoe",
    ]
    assert found(shop) == []
    shop.rows([])
    shop.run("by_customer")
    assert found(shop) == []
    assert shop.run("by_customer").steps == ()


def test_what_is_not_published_has_no_paths(shop: Shop) -> None:
    """`publish="none"`: kept for this project alone."""
    shop.edit(
        '@asset(partitions=DynamicPartitions("customers"))\ndef by',
        '@asset(partitions=DynamicPartitions("customers"), publish="none")\ndef by',
    )

    assert shop.run().status == "success"
    assert shop.paths() == set()
    shop.rows([["zoe", 1]])
    assert shop.run().status == "success"
    assert found(shop) == []


def test_garbage_of_keys_that_went_is_collected(shop: Shop) -> None:
    """No head names it any more."""
    shop.run()
    shop.rows([["zoe", 1]])
    shop.run()
    settings = shop.folder / "assets.toml"
    settings.write_text(
        settings.read_text() + "[retention]\nversions = 1\ndays = 0\ngrace_hours = 0\n"
    )

    with Workspace.open(shop.folder) as workspace:
        workspace.gc()
        workspace.gc()

    assert found(shop) == []
    assert shop.read("by_customer")["customer"] == ["zoe"]
    shop.rows(FIRST)
    assert shop.run().status == "success"
    assert shop.read("by_customer")["customer"] == ["ada", "bob", "bob"]


def test_a_list_that_another_asset_had_meanwhile_is_taken_back(shop: Shop) -> None:
    """The keys are always those of the asset that yields them now."""
    shop.run()
    shop.write(
        ORDERS.replace("by_customer", "other").replace('"customer")', '"customer") ')
    )
    shop.rows([["zoe", 1]])
    shop.run()
    assert shop.keys() == ("zoe",)
    shop.write(ORDERS)
    shop.rows(FIRST)

    result = shop.run()

    assert result.status == "success", errors(result)
    assert shop.keys() == ("ada", "bob")
    assert shop.run().steps == ()


def test_two_runs_at_once_share_one_call(shop: Shop) -> None:
    """The second waits, and goes on with the keys that the first has found."""
    workspaces = [Workspace.open(shop.folder) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        results = list(pool.map(lambda one: one.materialize(), workspaces))
    for workspace in workspaces:
        workspace.close()

    assert [result.status for result in results] == ["success", "success"]
    assert shop.calls() == 1
    assert shop.keys() == ("ada", "bob")
    assert shop.run().steps == ()
    assert found(shop) == []

"""What is computed after an edit, and what is said about it."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from tests.flows.small_project import Project

Orders = Callable[[], Project]
ALL = {"orders", "cheap", "cheap_count", "total"}


def test_a_first_run_computes_everything_and_a_second_nothing(orders: Orders) -> None:
    """The promise that everything else stands on."""
    project = orders()

    assert project.ended() == dict.fromkeys(ALL, "computed")
    assert project.ended() == {}
    assert project.plan().counts == {"compute": 0, "revalidate": 0, "reuse": 0, "fresh": 4}


def test_a_changed_helper_is_named_and_only_its_asset_and_what_really_changed_runs(
    orders: Orders,
) -> None:
    """Reason by name, early cutoff below."""
    project = orders()
    project.run()
    project.edit(
        "int(word) for word in text.split()", "int(word) + 0 for word in text.split()"
    )

    assert "helper pipeline.parse changed" in project.reasons("orders")["code_changed"]
    assert project.reasons("cheap_count") == {
        "upstream_will_run": "'cheap' will run and may change"
    }
    assert project.ended() == {
        "orders": "computed",
        "cheap": "skipped",
        "cheap_count": "skipped",
        "total": "skipped",
    }


def test_a_changed_constant_is_shown_with_both_values(orders: Orders) -> None:
    """`LIMIT: 3 → 4` tells more than 'code changed'."""
    project = orders()
    project.run()
    project.edit("LIMIT = 3", "LIMIT = 4")

    assert "pipeline.LIMIT: 3 → 4" in project.reasons("cheap")["code_changed"]
    assert project.ended() == {"cheap": "computed", "cheap_count": "computed"}


def test_edits_within_one_second_and_of_one_length_are_all_seen(
    orders: Orders, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python takes such a file for unchanged if it finds bytecode beside it."""
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    project = orders()
    project.run()
    for before, after in ((3, 4), (4, 2), (2, 1), (1, 5)):
        project.edit(f"LIMIT = {before}", f"LIMIT = {after}")

        assert project.ended()["cheap"] == "computed"
        assert project.read("cheap_count") == {"count": [after]}


def test_a_reverted_change_is_reused_and_nothing_is_computed(orders: Orders) -> None:
    """The same recipe was run before."""
    project = orders()
    project.run()
    project.edit("LIMIT = 3", "LIMIT = 4")
    project.run()
    project.edit("LIMIT = 4", "LIMIT = 3")

    plan = project.plan()
    assert {step.cell.asset: step.action for step in plan.steps} == {
        "cheap": "reuse",
        "cheap_count": "reuse",
    }
    assert project.ended() == {"cheap": "reused", "cheap_count": "reused"}
    assert project.read("cheap_count") == {"count": [3]}


def test_a_comment_a_docstring_and_another_line_break_make_nothing_stale(
    orders: Orders,
) -> None:
    """A needless rebuild is the second worst fault."""
    project = orders()
    project.run()
    project.edit("def parse(text):", 'def parse(text):\n    """Read."""\n    # soon to go')
    project.edit('{"total": [sum(', '{\n        "total": [sum(')

    assert project.plan().steps == ()


def test_a_changed_source_makes_its_readers_stale_by_name(orders: Orders) -> None:
    """Sources are versioned by content."""
    project = orders()
    project.run()
    (project.folder / "prices.txt").write_text("1 2 9")

    assert project.reasons("orders") == {"input_changed": "'prices' changed"}
    assert project.ended() == {
        "orders": "computed",
        "cheap": "computed",
        "cheap_count": "computed",
        "total": "computed",
    }


def test_a_touched_source_with_the_same_content_makes_nothing_stale(orders: Orders) -> None:
    """Content counts, not times."""
    project = orders()
    project.run()
    (project.folder / "prices.txt").write_text("1 2 3 4 5")

    assert project.plan().steps == ()


def test_a_source_that_is_gone_fails_its_reader_by_name_and_keeps_the_data(
    orders: Orders,
) -> None:
    """A missing file must not empty a table."""
    project = orders()
    project.run()
    (project.folder / "prices.txt").unlink()

    assert project.reasons("orders") == {"input_changed": "'prices' cannot be read"}
    result = project.run()
    assert "Source 'prices' cannot be read" in project.error("orders", result)
    assert project.read("orders") == {"price": [1, 2, 3, 4, 5]}


def test_changed_config_is_named_by_key(project: Project) -> None:
    """Values are not shown: they may be secrets."""
    project.write(
        """
        @asset(config={"top": 3, "name": "x"})
        def best(context) -> pa.Table:
            return pa.table({"n": [context.config["top"]]})
        """
    )
    project.run()
    project.edit('"top": 3', '"top": 4')

    assert project.reasons("best") == {"config_changed": "config 'top' changed"}
    assert project.ended() == {"best": "computed"}


def test_an_added_and_a_removed_input_are_named(orders: Orders) -> None:
    """The graph is part of what made a result."""
    project = orders()
    project.run()
    project.edit("def total(orders: pa.Table)", "def total(cheap: pa.Table)")
    project.edit('sum(orders["price"]', 'sum(cheap["price"]')

    reasons = project.reasons("total")
    assert reasons["inputs_added"] == "it now reads 'cheap'"
    assert reasons["inputs_removed"] == "it no longer reads 'orders'"


def test_another_form_of_an_input_is_a_reason(orders: Orders) -> None:
    """A function may do something else with another kind of frame."""
    project = orders()
    project.run()
    project.edit("def total(orders: pa.Table)", "def total(orders: pa.RecordBatchReader)")
    project.edit('sum(orders["price"]', 'sum(orders.read_all()["price"]')

    assert (
        "orders as arrow → orders as arrow.reader"
        in project.reasons("total")["code_changed"]
    )


@pytest.mark.parametrize("column", ["price", "note"])
def test_only_declared_columns_make_a_reader_stale(project: Project, column: str) -> None:
    """`Upstream(columns=…)` is a promise that is kept in both directions."""
    project.write(
        """
        @asset
        def orders() -> pa.Table:
            return pa.table({"price": [1], "note": ["a"]})

        @asset(inputs={"rows": Upstream("orders", columns=["price"])})
        def total(rows: pa.Table) -> pa.Table:
            assert rows.column_names == ["price"]
            return pa.table({"total": [sum(rows["price"].to_pylist())]})
        """
    )
    project.run()
    project.edit('"price": [1]', '"price": [2]') if column == "price" else project.edit(
        '["a"]', '["b"]'
    )

    ended = project.ended()

    assert ended == {
        "orders": "computed",
        "total": "computed" if column == "price" else "skipped",
    }


def test_deleted_data_is_missing_by_path_and_computed_again(orders: Orders) -> None:
    """Staleness looks at what is there, not only at what was recorded."""
    project = orders()
    project.run()
    project.stable("cheap").resolve().unlink()

    assert ".objects/" in project.reasons("cheap")["output_missing"]
    ended = project.ended()
    assert ended["cheap"] == "computed"
    assert "orders" not in ended


def test_a_flipped_byte_is_an_error_with_path_and_both_checksums(orders: Orders) -> None:
    """Wrong data must never reach a function."""
    project = orders()
    project.run()
    path = project.stable("orders").resolve()
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(bytes(data))
    project.edit("LIMIT = 3", "LIMIT = 4")

    result = project.run()

    message = project.error("cheap", result)
    assert "The stored data of 'orders' was damaged" in message
    assert str(path) in message
    assert path.stem in message
    assert message.count(" checksum is ") == 1
    assert project.ended("orders", force=True) == {"orders": "computed"}
    assert project.ended() == {"cheap": "computed", "cheap_count": "computed"}


def test_moved_storage_copies_and_computes_nothing(orders: Orders) -> None:
    """`storage_changed` is a reason to copy."""
    project = orders()
    project.run()
    settings = (project.folder / "assets.toml").read_text()
    (project.folder / "assets.toml").write_text(
        settings
        + '[io.new]\ntype = "parquet"\nroot = "elsewhere"\n'
        + '[io.data]\ntype = "parquet"\nroot = "data"\n'
    )

    assert project.reasons("total") == {
        "storage_changed": "its storage moved from parquet:data to parquet:elsewhere"
    }
    assert project.ended() == dict.fromkeys(ALL, "reused")
    assert (project.folder / "elsewhere" / "total.parquet").exists()
    assert project.read("total") == {"total": [15]}


def test_opaque_code_always_runs_and_says_why(project: Project) -> None:
    """Unknown means run; what is below is still cut off."""
    project.write(
        """
        def make(text):
            return eval(text)

        @asset
        def numbers() -> pa.Table:
            return pa.table({"n": make("[1, 2]")})

        @asset
        def below(numbers: pa.Table) -> pa.Table:
            return numbers
        """
    )
    project.run()

    assert "cannot be compared" in project.reasons("numbers")["opaque"]
    assert project.ended() == {"numbers": "computed", "below": "skipped"}


def test_a_nondeterministic_asset_is_never_reused(orders: Orders) -> None:
    """An old result of chance is not the new one."""
    project = orders()
    project.edit("@asset\ndef cheap(", "@asset(deterministic=False)\ndef cheap(")
    project.run()
    project.edit("LIMIT = 3", "LIMIT = 4")
    project.run()
    project.edit("LIMIT = 4", "LIMIT = 3")

    assert project.ended()["cheap"] == "computed"


def test_an_asset_that_is_too_old_runs_with_that_reason(project: Project) -> None:
    """Freshness is the one thing that reads the clock."""
    project.write(
        """
        from datetime import timedelta

        @asset(freshness=Freshness(max_age=timedelta(microseconds=1)))
        def now() -> pa.Table:
            return pa.table({"n": [1]})
        """
    )
    project.run()

    assert "too_old" in project.reasons("now")
    assert project.ended() == {"now": "computed"}


def test_rows_in_another_order_are_no_change_when_order_means_nothing(
    project: Project,
) -> None:
    """`ordered=False` sorts before hashing and storing."""
    project.write(
        """
        @asset(ordered=False)
        def words() -> pa.Table:
            return pa.table({"w": ["b", "a"]})

        @asset
        def below(words: pa.Table) -> pa.Table:
            return words
        """
    )
    project.run()
    project.edit('["b", "a"]', '["a", "b"]')

    assert project.ended() == {"words": "computed", "below": "skipped"}
    assert project.read("words") == {"w": ["a", "b"]}

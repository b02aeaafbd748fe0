"""`assets lineage --columns`: exact for queries, assumed for functions."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.cli.program import Project, write_project

CODE = """
import pyarrow as pa

from assets_core import Upstream, asset, sql_asset


@asset(key="raw/flights")
def flights() -> pa.Table:
    return pa.table({"carrier": ["a"], "delay": [30], "miles": [1.5]})


@asset(inputs={"rows": Upstream("raw/flights", columns=["carrier", "delay"])})
def same(rows: pa.Table) -> pa.Table:
    return rows.append_column("miles", pa.array([2.5]))


@asset(inputs={"rows": "raw/flights"})
def other(rows: pa.Table) -> pa.Table:
    return pa.table({"delay": ["late"], "carrier": rows["carrier"]})


late = sql_asset("late", '''
    select carrier, sum(delay)::bigint + max(miles) as badness, count(*) as n
    from raw.flights group by carrier
''')
pivoted = sql_asset("pivoted", "pivot raw.flights on carrier using sum(delay)")
never = sql_asset("never", "select nothing from late")
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Return a project of which one asset was never made."""
    folder: Path = tmp_path_factory.mktemp("lineage")
    made = write_project(folder, CODE)
    ended = made.run("materialize")
    assert ended.code == 1
    return made


def test_columns_are_told_as_text(project: Project) -> None:
    """Below each asset its columns, with what is known and how."""
    ended = project.run("lineage", "--columns")

    assert (ended.code, ended.err) == (0, "")
    lines = {" ".join(line.split()) for line in ended.out.splitlines()}
    assert "badness ← raw/flights.delay, raw/flights.miles exact" in lines
    assert "carrier ← raw/flights.carrier exact" in lines
    assert "carrier ← raw/flights.carrier assumed" in lines
    assert not any(line.startswith("n ←") for line in lines)


def test_columns_are_told_as_json(project: Project) -> None:
    """From one column to another, and how that is known."""
    document = project.run("lineage", "--columns", "--json").document
    edges = {
        (one["to"]["asset"], one["to"]["column"], one["from"]["column"], one["how"])
        for one in document["columns"]
    }

    assert {one["from"]["asset"] for one in document["columns"]} == {"raw/flights"}
    assert edges == {
        ("late", "carrier", "carrier", "exact"),
        ("late", "badness", "delay", "exact"),
        ("late", "badness", "miles", "exact"),
        # By an equal name and type, of the columns that it says it reads.
        ("same", "carrier", "carrier", "assumed"),
        ("same", "delay", "delay", "assumed"),
        ("other", "carrier", "carrier", "assumed"),
    }


def test_a_selection_leaves_out_the_columns_of_others(project: Project) -> None:
    """As it does with assets."""
    document = project.run("lineage", "--columns", "--json", "late").document

    assert {one["to"]["asset"] for one in document["columns"]} == {"late"}
    assert project.run("lineage", "--json").document["columns"] == []
    assert project.run("lineage", "--columns", "raw/flights or never").code == 0


def test_a_query_that_is_too_clever_is_told_as_such(project: Project) -> None:
    """Nothing is assumed of its columns: it may have made anything of them."""
    document = project.run("lineage", "--columns", "--json").document

    assert document["unknown"] == ["pivoted"]
    assert "pivoted\n  not known by column" in project.run("lineage", "--columns").out
    assert project.run("lineage", "--json").document["unknown"] == []


def test_columns_are_drawn(project: Project) -> None:
    """Each asset is a box of the columns that are connected; each arrow says how."""
    mermaid = project.run("lineage", "--columns", "late", "--format", "mermaid").out
    dot = project.run("lineage", "--columns", "late", "--format", "dot").out

    assert mermaid.splitlines() == [
        "flowchart LR",
        '  subgraph a0["raw/flights"]',
        '    c0["carrier"]',
        '    c1["delay"]',
        '    c2["miles"]',
        "  end",
        '  subgraph a1["late"]',
        '    c3["carrier"]',
        '    c4["badness"]',
        "  end",
        "  c0 -->|exact| c3",
        "  c1 -->|exact| c4",
        "  c2 -->|exact| c4",
    ]
    assert dot.splitlines()[:5] == [
        "digraph columns {",
        "  rankdir=LR;",
        "  subgraph cluster_0 {",
        '    label="raw/flights";',
        '    c0 [label="carrier"];',
    ]
    assert '  c0 -> c3 [label="exact"];' in dot

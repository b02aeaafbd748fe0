"""Each partition has its own rows in quarantine, and its own limits."""

from __future__ import annotations

import pytest

from assets_core import Workspace
from assets_core.interfaces.cli import step_lines
from assets_core.workspace.quarantined import requeued
from tests.flows.quarantine_project import aside, requeue
from tests.flows.small_project import Project

PARTITIONED = """
    import pandera.pandas as pa_schema
    from assets_core import Quarantine, StaticPartitions

    LEAST = 0
    SCHEMA = pa_schema.DataFrameSchema({{
        "n": pa_schema.Column(int, pa_schema.Check(lambda s: s >= LEAST)),
    }})

    @asset(
        schema=SCHEMA,
        on_invalid=Quarantine(max_rows=1, max_ratio=1.0),
        partitions=StaticPartitions(["eu", "us", "asia"]),
        batch={batch},
    )
    def orders(context) -> pa.Table:
        rows = {{"eu": [1, -1], "us": [2], "asia": [-1, -2, 3]}}
        keys = [one.key for one in context.partitions]
        return pa.table({{
            "partition": [key for key in keys for n in rows[key]],
            "n": [n for key in keys for n in rows[key]],
        }})
"""


@pytest.mark.parametrize("batch", ['"all"', "1"])
def test_each_partition_has_its_own_rows_and_limits(project: Project, batch: str) -> None:
    """One of three has too many, and costs the others nothing."""
    project.write(PARTITIONED.format(batch=batch))

    ended = {step.cell.partition: step.status for step in project.run().steps}

    assert ended == {"eu": "computed", "us": "computed", "asia": "failed"}
    assert project.read("orders")["n"] == [1, 2]
    assert [(row["n"], row["_partition"]) for row in aside(project)] == [(-1, "eu")]


def test_requeue_computes_only_the_partitions_with_rows_in_quarantine(
    project: Project,
) -> None:
    """The others are fresh and stay so."""
    project.write(PARTITIONED.format(batch="1"))
    project.run()

    with Workspace.open(project.folder) as workspace:
        request = requeued(workspace, workspace.asset("orders"), None, "test")

    assert (request.force, request.partitions) == (True, "eu")


def test_yielded_partitions_have_quarantines(project: Project) -> None:
    """One call makes them all, and each has its rows beside it."""
    project.write(
        """
        import pandera.pandas as pa_schema
        from assets_core import DynamicPartitions, Partition, Quarantine

        SCHEMA = pa_schema.DataFrameSchema(
            {"n": pa_schema.Column(int, pa_schema.Check.gt(0))}
        )

        @asset(
            schema=SCHEMA,
            on_invalid=Quarantine(max_ratio=0.5),
            partitions=DynamicPartitions("shops"),
        )
        def orders():
            yield Partition("a", pa.table({"n": [1, -1]}))
            yield Partition("b", pa.table({"n": [2, 3]}))
        """
    )

    (step,) = project.run().steps

    assert (step.status, step.rows, step.quarantined) == ("computed", 3, 1)
    (said,) = step_lines.warning_lines(step)
    assert "orders[a]: 1 of 2 rows in quarantine" in said
    assert [(row["n"], row["_partition"]) for row in aside(project)] == [(-1, "a")]
    assert requeue(project) == {"orders": "computed"}


def test_rows_that_came_with_other_types_are_shown_together(project: Project) -> None:
    """They were put aside as they came, before the schema made them one type."""
    project.write(
        """
        import pandera.pandas as pa_schema
        from assets_core import Quarantine, StaticPartitions

        SCHEMA = pa_schema.DataFrameSchema(
            {"n": pa_schema.Column(int, pa_schema.Check.gt(0), coerce=True)}
        )

        @asset(
            schema=SCHEMA,
            on_invalid=Quarantine(max_ratio=0.5),
            partitions=StaticPartitions(["eu", "us"]),
        )
        def orders(context) -> pa.Table:
            rows = {"eu": [1, -1], "us": ["2", "x"]}[context.partition.key]
            return pa.table({"n": rows})
        """
    )

    project.run()

    assert project.read("orders")["n"] == [1, 2]
    assert [row["n"] for row in aside(project)] == ["-1", "x"]

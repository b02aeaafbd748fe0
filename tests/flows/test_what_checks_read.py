"""What a check reads beside its asset is made first, where it was never built."""

from __future__ import annotations

from tests.flows.small_project import Project

PIPELINE = """
    @asset
    def codes() -> pa.Table:
        return pa.table({"code": [1, 2]})


    @asset
    def known(codes: pa.Table) -> pa.Table:
        return codes


    @asset
    def orders() -> pa.Table:
        return pa.table({"code": [1]})


    @asset
    def report(orders: pa.Table) -> pa.Table:
        return orders


    @check("orders")
    def has_known_codes(orders: pa.Table, known: pa.Table) -> bool:
        return set(orders["code"].to_pylist()) <= set(known["code"].to_pylist())
"""


def test_it_is_made_with_all_that_it_reads(project: Project) -> None:
    """Even if only something downstream was asked for."""
    project.write(PIPELINE)

    ended = project.ended("report")

    assert ended == dict.fromkeys(["codes", "known", "orders", "report"], "computed")


def test_it_is_left_as_it_is_once_it_was_built(project: Project) -> None:
    """Whether it is fresh or not: only what was asked for is made fresh."""
    project.write(PIPELINE)
    project.run()
    project.edit('{"code": [1, 2]}', '{"code": [1, 2, 3]}')
    project.edit('{"code": [1]}', '{"code": [2]}')

    ended = project.ended("report")

    assert ended == dict.fromkeys(["orders", "report"], "computed")


def test_it_is_not_made_when_the_check_need_not_run(project: Project) -> None:
    """What is fresh is not checked again."""
    project.write(PIPELINE)
    project.run("report")
    with_store = project.ended("report")

    assert with_store == {}

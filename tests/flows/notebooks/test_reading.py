"""Words that say which data is meant; a wrong one is told with the right one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from assets_core import UsageError, Workspace
from tests.flows.small_project import Project


@pytest.mark.parametrize(
    ("ask", "told"),
    [
        (lambda one: one["orders"].to_pandas(column=["price"]), "did you mean columns=?"),
        (lambda one: one["orders"].scan(part="a"), "did you mean partition=?"),
        (lambda one: one.load("orders", limit=3), "it takes partition, partitions"),
        (lambda one: one.sql("FROM orders", asof="2024"), "did you mean as_of=?"),
    ],
)
def test_a_wrong_word_is_told_with_the_right_one(
    orders: Callable[[], Project], ask: Callable[[Any], Any], told: str
) -> None:
    """Not that some function has got something that it did not expect."""
    project = orders()
    project.run("orders")
    with Workspace.open(project.folder) as workspace, pytest.raises(UsageError) as raised:
        ask(workspace)

    assert told in str(raised.value)

"""However much there is, a notebook keeps little of it: outputs are saved in its file."""

from __future__ import annotations

from typing import Any

from IPython.core.formatters import DisplayFormatter

from assets_core import RunFailed, Workspace, asset, preview
from tests.flows.small_project import Project

MUCH = """
@asset(description="long " * 20_000, owners=[f"o{n}@example.com" for n in range(500)])
def wide(context) -> pa.Table:
    context.metadata(note="x" * 60_000)
    return pa.table({f"c{n}_" + "n" * 300: ["x" * 5_000] for n in range(120)})


@asset
def broken(wide: pa.Table) -> pa.Table:
    raise ValueError("boom " * 20_000)


@check("wide", blocking=False)
def noisy(wide: pa.Table) -> CheckResult:
    return CheckResult(False, "m" * 100_000)


def made(number):
    @asset(key=f"many/a{number}")
    def one(wide: pa.Table) -> pa.Table:
        return wide
    return one


several = [made(number) for number in range(220)]
"""
MOST = 100_000


def test_what_is_shown_is_of_bounded_size(project: Project) -> None:
    """Hundreds of columns and assets, and texts without end."""
    project.write(MUCH)
    with Workspace.open(project.folder) as workspace:
        found: list[Any] = []
        try:
            workspace.materialize(["wide", "broken"])
        except RunFailed as failed:
            found.append(failed.result)

        @asset(key="wide")
        def wide() -> Any:
            import pyarrow as pa

            return pa.table({f"d{n}": ["y" * 5_000] * 20 for n in range(150)})

        tried = preview(wide, workspace)
        assert tried.difference is not None
        found += [workspace, workspace["wide"], workspace["broken"], workspace.lineage()]
        found += [workspace.statuses(), workspace.plan(), workspace.why("broken")]
        found += [workspace.runs(), workspace.runs()[0], workspace["wide"].history()]
        found += [workspace["wide"].checks(), tried, tried.difference]
        formatter: Any = DisplayFormatter()
        for value in found:
            bundle, _ = formatter.format(value)
            sizes = {kind: len(text) for kind, text in bundle.items()}
            assert sizes["text/html"] < MOST, (type(value), sizes)
            assert sizes["text/plain"] < 200, (type(value), sizes)
        assert "and 120 more columns" in tried._repr_html_()  # type: ignore[attr-defined]


MANY = """
def made(number, upstream):
    @asset(key=f"a{number}", inputs={"one": upstream} if upstream else {},
           description=f"What asset {number} is about: {number * 7919 % 104729}.")
    def one(one: pa.Table = None) -> pa.Table:
        return pa.table({"n": [1]})
    return one

for number in range(1600):
    globals()[f"a{number}"] = made(number, f"a{number // 2}" if number > 1 else None)
"""


def test_of_a_large_project_a_map_shows_what_is_near(project: Project) -> None:
    """A notebook that holds a map of all of it would be slow to open and to save."""
    project.write(MANY)
    with Workspace.open(project.folder) as workspace:
        whole: Any = workspace.lineage()
        near: Any = workspace.lineage("a1")
        told = [str(one._repr_html_()) for one in (whole, near)]

    assert ["<iframe" in one for one in told] == [False, True]
    assert max(map(len, told)) < MOST
    assert "name an asset" in told[0]
    assert "that are further away" in told[1]

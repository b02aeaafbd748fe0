"""Any history of edits, failures and runs ends in what a clean rebuild leaves.

And it computes nothing that was fresh (G4, G5). Random projects live through random
histories; after every run the data is compared with what the definitions say, and what
was computed with what an oracle says had to be.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field, replace
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets_core import RunFailed, RunResult, Workspace
from assets_core.upkeep.doctor import examine

SETTINGS = 'name = "random"\nmodules = ["pipeline"]\n[executor]\ntype = "inline"\n'
SMALL = 5  # few different values, so that results often come out the same


@dataclass(frozen=True)
class Spec:
    """What one asset's definition says."""

    parents: tuple[int, ...]
    constant: int
    helper: int
    comment: str = ""
    fails: bool = False


@dataclass
class World:
    """The project as its author sees it, and what the oracle knows of its past."""

    assets: list[Spec]
    helpers: list[int]
    source: int
    heads: dict[int, tuple[object, int]] = field(default_factory=dict)
    memo: dict[int, dict[object, int]] = field(default_factory=dict)
    gone: set[tuple[int, int]] = field(default_factory=set)

    def text(self) -> str:
        """Return the module that declares the assets."""
        lines = [
            "from pathlib import Path",
            "import pyarrow as pa",
            "from assets_core import asset, source",
            'number = source("number", path="number.txt")',
        ]
        for index, value in enumerate(self.helpers):
            lines += [f"LIMIT_{index} = {value}", f"def helper_{index}(n):"]
            lines += [f"    return n + LIMIT_{index}"]
        for index, spec in enumerate(self.assets):
            takes = [f"a{parent}: pa.Table" for parent in spec.parents]
            total = " + ".join(f"a{parent}['v'][0].as_py()" for parent in spec.parents)
            if not spec.parents:
                takes, total = ["number: Path"], "int(number.read_text())"
            lines += ["@asset", f"def a{index}({', '.join(takes)}) -> pa.Table:"]
            lines += [f"    # {spec.comment}"] if spec.comment else []
            lines += ["    raise ValueError('told to fail')"] if spec.fails else []
            lines += [
                f"    total = helper_{spec.helper}({total}) + {spec.constant}",
                f"    return pa.table({{'v': [total // 2 % {SMALL}], 'id': [{index}]}})",
            ]
        return "\n".join(lines) + "\n"

    def code(self, index: int) -> object:
        """Return what tells two versions of an asset's code apart."""
        spec = self.assets[index]
        return (
            spec.parents,
            spec.constant,
            spec.helper,
            self.helpers[spec.helper],
            spec.fails,
        )

    def value(self, index: int, values: list[int]) -> int:
        """Return what an asset's function gives for the values of its inputs."""
        spec = self.assets[index]
        total = sum(values) + self.helpers[spec.helper] + spec.constant
        return total // 2 % SMALL

    def run(self) -> tuple[dict[int, str], dict[int, int]]:
        """Live through a run: return the status of each asset it touches, and values."""
        ended: dict[int, str] = {}
        for index, spec in enumerate(self.assets):
            if any(ended.get(parent) in {"failed", "blocked"} for parent in spec.parents):
                ended[index] = "blocked"
                continue
            inputs = [self.heads[parent][1] for parent in spec.parents] or [self.source]
            recipe = (self.code(index), tuple(inputs))
            head = self.heads.get(index)
            there = head is not None and (index, head[1]) not in self.gone
            if head is not None and head[0] == recipe and there:
                continue
            known = self.memo.setdefault(index, {})
            if recipe in known and (index, known[recipe]) not in self.gone:
                ended[index] = "reused"
                self.heads[index] = (recipe, known[recipe])
            elif spec.fails:
                ended[index] = "failed"
            else:
                ended[index] = "computed"
                value = self.value(index, inputs)
                known[recipe] = value
                self.gone.discard((index, value))
                self.heads[index] = (recipe, value)
        return ended, {index: head[1] for index, head in self.heads.items()}


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Return a random project."""
    helpers = draw(st.lists(st.integers(0, 3), min_size=1, max_size=3))
    count = draw(st.integers(2, 6))
    assets = []
    for index in range(count):
        parents = st.lists(st.integers(0, index - 1), unique=True, max_size=2)
        assets.append(
            Spec(
                tuple(draw(parents)) if index else (),
                draw(st.integers(0, 3)),
                draw(st.integers(0, len(helpers) - 1)),
            )
        )
    return World(assets, helpers, draw(st.integers(0, 3)))


EDITS = st.one_of(
    st.tuples(st.just("constant"), st.integers(0, 5), st.integers(0, 3)),
    st.tuples(st.just("helper"), st.integers(0, 2), st.integers(0, 3)),
    st.tuples(st.just("source"), st.just(0), st.integers(0, 3)),
    st.tuples(st.just("comment"), st.integers(0, 5), st.integers(0, 3)),
    st.tuples(st.just("fails"), st.integers(0, 5), st.integers(0, 1)),
    st.tuples(st.just("delete"), st.integers(0, 5), st.just(0)),
)


def edit(world: World, folder: Path, what: str, index: int, value: int) -> None:
    """Change one thing in the project, or in its stored data."""
    place = index % len(world.assets)
    if what == "constant":
        world.assets[place] = replace(world.assets[place], constant=value)
    elif what == "helper":
        world.helpers[index % len(world.helpers)] = value
    elif what == "source":
        world.source = value
    elif what == "comment":
        world.assets[place] = replace(world.assets[place], comment="x" * value)
    elif what == "fails":
        world.assets[place] = replace(world.assets[place], fails=bool(value))
    elif what == "delete" and place in world.heads:
        stable = folder / "data" / f"a{place}.parquet"
        stable.resolve().unlink(missing_ok=True)
        world.gone.add((place, world.heads[place][1]))


def materialize(world: World, folder: Path) -> tuple[RunResult, dict[int, int]]:
    """Write the project down, run it, and return the result and all values."""
    (folder / "assets.toml").write_text(SETTINGS)
    (folder / "pipeline.py").write_text(world.text())
    (folder / "number.txt").write_text(str(world.source))
    with Workspace.open(folder) as workspace:
        try:
            result = workspace.materialize()
        except RunFailed as failed:
            result = failed.result
        heads = workspace.tools.store.heads("main")
        values = {
            int(cell.asset[1:]): workspace.load_arrow(cell.asset)["v"][0].as_py()
            for cell in heads
            if (int(cell.asset[1:]), world.heads.get(int(cell.asset[1:]), (0, 0))[1])
            not in world.gone
        }
        findings = examine(workspace.tools, workspace.graph_of_assets, "main").findings
        assert {finding.kind for finding in findings} <= {"output_missing"}
    return result, values


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    worlds(),
    st.lists(st.lists(EDITS, min_size=1, max_size=3), min_size=1, max_size=6),
)
def test_every_history_ends_in_what_a_clean_rebuild_leaves(
    world: World, history: list[list[tuple[str, int, int]]]
) -> None:
    """The most valuable test: never a wrong 'fresh', never a needless computation."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for edits in [[], *history]:
            for what, index, value in edits:
                edit(world, folder, what, index, value)
            expected, values = world.run()

            result, found = materialize(world, folder)

            statuses = {
                int(step.cell.asset[1:]): step.status
                for step in result.steps
                if step.status != "skipped"
            }
            assert statuses == expected
            assert found == {
                index: value
                for index, value in values.items()
                if (index, value) not in world.gone
            }

"""Whatever was edited, lost, forced or selected, all is what a clean rebuild makes."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets_core import RunFailed, Workspace
from tests.properties.histories.surroundings import a_folder

EXAMPLES = 300 if os.environ.get("ASSETS_TEST_SIZE") == "nightly" else 20
SETTINGS = 'name = "outputs"\nmodules = ["pipeline"]\n[executor]\ntype = "inline"\n'
PIPELINE = """
import json
from pathlib import Path

import pyarrow as pa

from assets_core import asset, check, multi_asset, source

values = source("values", path="values.json")


@multi_asset(outputs=["a", "b", "c"])
def several(values: Path):
    given = json.loads(values.read_text())
    made = {{name: pa.table({{"n": [given[name] * {code}]}}) for name in given}}
    if {broken}:
        del made["b"]
    return made


@check("c")
def is_small(c: pa.Table) -> bool:
    return c["n"][0].as_py() < {limit}


@asset
def below(b: pa.Table) -> pa.Table:
    return b


@asset
def all_of_them(a: pa.Table, b: pa.Table, c: pa.Table) -> pa.Table:
    return pa.table({{"n": [a["n"][0].as_py() + b["n"][0].as_py() + c["n"][0].as_py()]}})
"""
OUTPUTS = ("a", "b", "c")
ASSETS = (*OUTPUTS, "below", "all_of_them")


@dataclass
class Outputs:
    """The project in a folder, and what its files are to hold."""

    folder: Path
    values: dict[str, int] = field(default_factory=lambda: {"a": 1, "b": 2, "c": 3})
    code: int = 1
    limit: int = 30
    broken: bool = False

    def write(self) -> None:
        """Write every file as it is to be now."""
        (self.folder / "assets.toml").write_text(SETTINGS)
        (self.folder / "values.json").write_text(json.dumps(self.values))
        text = PIPELINE.format(code=self.code, limit=self.limit, broken=self.broken)
        (self.folder / "pipeline.py").write_text(text)

    def run(self, *selection: str, force: bool = False, upstream: bool = True) -> None:
        """Materialize; what fails is a history, too."""
        self.write()
        with Workspace.open(self.folder) as workspace:
            before = self.shown(workspace)
            try:
                workspace.materialize(selection or None, force=force, upstream=upstream)
            except RunFailed:
                assert self.shown(workspace) == before, "a part of a call was committed"

    def lose(self, key: str) -> None:
        """Delete the stored bytes that an asset shows."""
        with Workspace.open(self.folder) as workspace:
            history = workspace[key].history()
            path = self.folder / "data" / history[0].stored.location if history else None
        if path is not None and path.exists():
            path.chmod(0o644)
            path.unlink()

    @staticmethod
    def shown(workspace: Workspace) -> dict[str, str]:
        """Return what the outputs show."""
        heads = workspace.tools.store.heads("main")
        return {
            c.asset: head.data_version for c, head in heads.items() if c.asset in OUTPUTS
        }

    def expected(self) -> dict[str, int]:
        """Return what a clean rebuild makes."""
        made = {name: value * self.code for name, value in self.values.items()}
        return {**made, "below": made["b"], "all_of_them": sum(made.values())}


EVENTS = st.one_of(
    st.tuples(st.just("value"), st.sampled_from(OUTPUTS), st.integers(1, 4)),
    st.tuples(st.just("code"), st.integers(1, 3)),
    st.tuples(st.just("limit"), st.sampled_from([5, 30])),
    st.tuples(st.just("broken")),
    st.tuples(st.just("lose"), st.sampled_from(ASSETS)),
    st.tuples(st.just("run")),
    st.tuples(st.just("select"), st.sampled_from(ASSETS), st.booleans(), st.booleans()),
)


def happen(outputs: Outputs, event: tuple[object, ...]) -> None:
    """Let one thing happen."""
    match event:
        case ("value", str(name), int(number)):
            outputs.values[name] = number
        case ("code", int(number)):
            outputs.code = number
        case ("limit", int(number)):
            outputs.limit = number
        case ("broken",):
            outputs.broken = not outputs.broken
        case ("lose", str(key)):
            outputs.write()
            outputs.lose(key)
        case ("select", str(key), bool(force), bool(upstream)):
            outputs.run(key, force=force, upstream=upstream)
        case _:
            outputs.run()


@given(st.lists(EVENTS, max_size=7))
@settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
def test_every_history_ends_in_what_a_clean_rebuild_leaves(
    events: list[tuple[object, ...]],
) -> None:
    """A run that failed has changed no output; at the end all is of one call."""
    with a_folder() as folder:
        outputs = Outputs(folder)
        for event in events:
            happen(outputs, event)
        outputs.broken, outputs.limit = False, 30

        outputs.run()

        with Workspace.open(folder) as workspace:
            found = {key: workspace.load_arrow(key)["n"][0].as_py() for key in ASSETS}
            assert found == outputs.expected()
            assert not workspace.plan().steps

"""However the keys that a call yields came and went, all is what a clean rebuild makes."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets_core import RunFailed, Workspace
from assets_core.model.keys import AssetKey, Cell
from tests.properties.histories.surroundings import a_folder

NIGHTLY = os.environ.get("ASSETS_TEST_SIZE") == "nightly"
EXAMPLES = 300 if NIGHTLY else 25
SETTINGS = 'name = "yields"\nmodules = ["pipeline"]\n[executor]\ntype = "inline"\n'
PIPELINE = """
import json
from pathlib import Path

import pandas as pd
from assets_core import *

raw = source("raw", path="raw.json")
KEYS = DynamicPartitions("keys")


@asset
def read(raw: Path):
    values = json.loads(raw.read_text())
    frame = pd.DataFrame({{"key": list(values), "value": list(values.values())}})
    return frame.astype({{"key": "string", "value": "int64"}})


@asset(key="{name}", partitions=KEYS)
def cut(read: pd.DataFrame):
    for key, value in zip(read["key"], read["value"]):
        if value < 0:
            raise ValueError(f"{{key}} is broken")
        yield Partition(key, pd.DataFrame({{"n": [int(value) * {cut}]}}))


@asset(partitions=KEYS, inputs={{"rows": "{name}"}})
def each(rows: pd.DataFrame):
    return pd.DataFrame({{"n": [rows["n"].sum() + {each}]}})


@asset(partitions=KEYS)
def beside(context):
    return pd.DataFrame({{"n": [{beside}]}})


@asset(inputs={{"rows": Upstream("{name}", missing="skip")}})
def whole(rows: pd.DataFrame | None):
    return pd.DataFrame({{"n": [0 if rows is None else int(rows["n"].sum()) + {whole}]}})
"""
KEYS = ("a", "b", "c", "New York")
ASSETS = ("read", "cut", "each", "beside", "whole")


@dataclass
class Yields:
    """The project in a folder, and what its files are to hold."""

    folder: Path
    values: dict[str, int] = field(default_factory=lambda: {"b": 1, "a": 2})
    code: dict[str, int] = field(default_factory=lambda: dict.fromkeys(ASSETS[1:], 1))
    name: str = "cut"

    def write(self) -> None:
        """Write every file as it is to be now."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "assets.toml").write_text(SETTINGS)
        (self.folder / "pipeline.py").write_text(
            PIPELINE.format(name=self.name, **self.code)
        )
        (self.folder / "raw.json").write_text(json.dumps(self.values))

    def run(self, *selection: str) -> None:
        """Materialize; a call that fails leaves what was there."""
        self.write()
        names = [self.name if one == "cut" else one for one in selection]
        with Workspace.open(self.folder) as workspace:
            try:
                workspace.materialize(names or None)
            except RunFailed:
                assert min(self.values.values()) < 0, "nothing else fails"

    def delete(self, key: str, partition: str | None) -> None:
        """Delete what a cell has stored, if it has any."""
        self.write()
        key = self.name if key == "cut" else key
        with Workspace.open(self.folder) as workspace:
            store = workspace.tools.store
            head = store.head("main", Cell(AssetKey(key), partition))
            if head is None:
                return
            stored = store.stored([head.materialization])[head.materialization]
        (self.folder / "data" / stored.location).unlink(missing_ok=True)

    def shown(self) -> Mapping[str, object]:
        """Return the keys, the version of every cell, and what lies at the stable paths."""
        self.write()
        data = self.folder / "data"
        with Workspace.open(self.folder) as workspace:
            assert workspace.plan().steps == ()
            store = workspace.tools.store
            keys = store.dynamic_keys(["keys"])["keys"]
            heads = store.heads("main")
            known = workspace.graph_of_assets.nodes
        versions = {
            str(cell): head.data_version
            for cell, head in heads.items()
            if cell.asset in known and cell.partition in {None, *keys}
        }
        paths = {
            str(path.relative_to(data)): path.read_bytes()
            for path in (data / self.name).rglob("*.parquet")
        }
        return {"keys": keys, **versions, **paths}


Edit = tuple[str, str, int]
edits: st.SearchStrategy[Edit] = st.one_of(
    st.tuples(st.just("value"), st.sampled_from(KEYS), st.integers(-1, 3)),
    st.tuples(st.just("drop"), st.sampled_from(KEYS), st.just(0)),
    st.tuples(st.just("turn"), st.just(""), st.just(0)),
    st.tuples(st.just("code"), st.sampled_from(ASSETS[1:]), st.integers(1, 2)),
    st.tuples(st.just("rename"), st.sampled_from(("cut", "sliced")), st.just(0)),
    st.tuples(
        st.just("delete"),
        st.sampled_from([f"{one}|{key}" for one in ASSETS[1:4] for key in ("", *KEYS)]),
        st.just(0),
    ),
)
selections = st.sampled_from([(), *((one,) for one in ASSETS)])
rounds = st.lists(
    st.tuples(st.lists(edits, max_size=3), selections), min_size=1, max_size=5
)


def change(lived: Yields, edit: Edit) -> None:
    """Make one edit."""
    what, which, to = edit
    if what == "value":
        lived.values[which] = to
    elif what == "drop":
        lived.values.pop(which, None)
    elif what == "turn":
        lived.values = dict(reversed(lived.values.items()))
    elif what == "code":
        lived.code[which] = to
    elif what == "rename":
        lived.name = which
    else:
        key, _, partition = which.partition("|")
        lived.delete(key, partition or None)


def test_any_history_of_keys_ends_where_a_clean_rebuild_does() -> None:
    """Keys come, go, come back, move and break; assets take over the list; data is lost."""

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck), deadline=None)
    @given(rounds)
    def lives(history: list[tuple[list[Edit], tuple[str, ...]]]) -> None:
        with a_folder() as folder:
            lived = Yields(folder / "lived")
            for many, selection in history:
                for edit in many:
                    change(lived, edit)
                lived.run(*selection)
            lived.values = {key: abs(value) for key, value in lived.values.items()}
            lived.run()
            clean = Yields(folder / "clean", lived.values, lived.code, lived.name)
            clean.run()
            assert lived.shown() == clean.shown()

    lives()

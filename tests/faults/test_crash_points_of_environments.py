"""Killed at any named point, what makes, promotes or drops an environment is all or none.

G12: environments are metadata only, and moves of heads are atomic; G3: the next command
brings what was begun to its end.
"""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from tests.faults.crash_project import CrashProject, make_project
from tests.faults.forked import run_python
from tests.faults.kills import OF_ENVIRONMENTS

ACT = """
import sys
from assets_core import Workspace

with Workspace.open(".") as workspace:
    environments = workspace.environments
    {
        "create": lambda: environments.create("new"),
        "promote": lambda: environments.promote("dev"),
        "drop": lambda: environments.drop("dev"),
        "none": lambda: None,
    }[sys.argv[1]]()
"""
LOOK = """
import json
import sys
from assets_core import Workspace
from assets_core.upkeep.doctor import examine

with Workspace.open(".") as workspace:
    if sys.argv[1] == "run":
        workspace.materialize()
    store = workspace.tools.store
    print(json.dumps({
        "environments": [one.environment.name for one in workspace.environments.all()],
        "dropping": [
            one.name for one in store.environments.all() if one.dropping
        ],
        "heads": {
            env: {str(cell): head.materialization for cell, head in heads.items()}
            for env in ("main", "dev", "new") if (heads := store.heads(env))
        },
        "findings": [
            one.kind for one in examine(workspace.tools, workspace.graph_of_assets, "main")
            .findings
        ],
    }))
"""
KILLED = [
    ("create", "environment.creating", 1),
    ("create", "environment.created", 1),
    ("promote", "promote.written", 1),
    ("promote", "promote.done", 1),
    ("promote", "publish.renamed", 2),
    ("drop", "environment.dropping", 1),
    ("drop", "environment.dropped", 1),
]


def act(folder: Path, what: str, crash: str = "") -> int:
    """Do something in a process of its own; return how it ended."""
    return run_python(folder, ACT, what, crash=crash).returncode


def look(folder: Path, first: str = "run") -> dict[str, Any]:
    """Materialize in `main`, or do nothing first, and return what is there then."""
    done = run_python(folder, LOOK, first)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> CrashProject:
    """Return the project with an environment that shows something else of all assets."""
    project = make_project(tmp_path_factory.mktemp("made") / "project")
    project.set_values("1 2 3")
    project.state()
    project.set_values("4 5")
    code = "with Workspace.open('.') as w:\n    w.environments.create('dev')\n"
    code += "with Workspace.open('.', env='dev') as w:\n    w.materialize()\n"
    imported = f"from assets_core import Workspace\n{code}"
    done = run_python(project.folder, imported)
    assert done.returncode == 0, done.stderr
    project.set_values("1 2 3")
    return project


@pytest.mark.sweep
@pytest.mark.parametrize(("what", "point", "count"), KILLED)
def test_what_is_killed_is_done_as_a_whole_or_not_at_all(
    made: CrashProject, tmp_path: Path, what: str, point: str, count: int
) -> None:
    """And once it is done again, nothing tells that it was killed."""
    folder = tmp_path / "killed"
    shutil.copytree(made.folder, folder, symlinks=True)
    if what == "promote":
        CrashProject(folder).set_values("4 5")  # of dev, so that nothing is computed

    assert act(folder, what, f"{point}:{count}:kill") == -signal.SIGKILL, "never reached"

    if what == "promote":
        refuse_half(made.folder, folder, point)
        assert act(folder, what) == 0
    left = look(folder)  # a run has brought to its end what can be
    assert left["findings"] == []
    if what == "promote":
        assert left["heads"]["main"] == left["heads"]["dev"]
        assert paths(folder) == paths(folder / "data" / ".env" / "dev", "")
    elif what == "create" and point != "environment.creating":
        assert left["heads"]["new"] == left["heads"]["main"]
    else:
        assert "new" not in left["environments"]
        act(folder, what)
        left = look(folder)
        there = {"create": "dev new", "drop": ""}[what].split()
        assert left["environments"] == ["main", *there]
        assert left["dropping"] == []
        assert not (folder / "data" / ".env").exists() or what == "create"


def refuse_half(before: Path, folder: Path, point: str) -> None:
    """Fail if not all heads are those of before, or all are the promoted ones.

    A run would reuse the results of `dev`, and so hide what was left half done.
    """
    was, left = look(before, "none")["heads"], look(folder, "none")["heads"]
    assert all(was["main"][cell] != was["dev"][cell] for cell in was["main"])
    assert left["dev"] == was["dev"]
    assert left["main"] == was["main" if point == "promote.written" else "dev"]
    old, new = led(before), led(before, "data/.env/dev")
    follow = {name for name, leads in led(folder).items() if leads == new[name]}
    stay = {name for name, leads in led(folder).items() if leads == old[name]}
    assert follow | stay == {*old}
    assert bool(follow) == (point == "publish.renamed")
    assert stay


def led(folder: Path, data: str = "data") -> dict[str, str]:
    """Return what the stable paths lead to, by its name."""
    return {name: path.name for name, path in paths(folder, data).items()}


def paths(folder: Path, data: str = "data") -> dict[str, Path]:
    """Return where the stable paths lead."""
    names = ("first", "mid/second", "third")
    return {name: (folder / data / f"{name}.parquet").resolve() for name in names}


def test_every_crash_point_of_environments_is_armed() -> None:
    """One that nobody stops at proves nothing."""
    assert {*OF_ENVIRONMENTS} <= {point for _, point, _ in KILLED}

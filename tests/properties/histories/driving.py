"""Lives a history with the real product, and compares every step with the oracle."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

from assets_core import RunFailed, RunResult, Workspace
from assets_core.model.records import MAIN, Head
from assets_core.upkeep.doctor import examine
from tests.properties.histories.edit import Edit
from tests.properties.histories.history import DEV, Author, History, Run
from tests.properties.histories.killing import KilledRuns
from tests.properties.histories.oracle import Oracle
from tests.properties.histories.project import Content, Project
from tests.properties.histories.records import Ran, Reason, Wanted
from tests.properties.histories.saying import said
from tests.properties.histories.second import Second, go_on, inside
from tests.properties.histories.surroundings import a_folder, listening
from tests.properties.histories.writing import files

KILLED = -9


def expect(what: str, found: object, wanted: object) -> None:
    """Fail in words if the product does something else than the oracle says."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        keys = sorted(found.keys() | wanted.keys())
        differ = [key for key in keys if found.get(key) != wanted.get(key)]
        found = {key: found.get(key) for key in differ}
        wanted = {key: wanted.get(key) for key in differ}
    assert found == wanted, f"{what}:\n  found    {found}\n  expected {wanted}"


@dataclass
class Life:
    """One project in a folder, and what the oracle knows of it."""

    folder: Path
    author: Author
    killer: KilledRuns
    tally: Counter[str]
    oracle: Oracle = field(default_factory=Oracle)
    shown: dict[str, Head] = field(default_factory=dict)
    versions: dict[Content, str] = field(default_factory=dict)
    deleted: dict[Content, Path] = field(default_factory=dict)
    written: dict[str, str | None] = field(default_factory=dict)
    second: Second | None = None
    was_killed: bool = False

    @property
    def project(self) -> Project:
        """Return the project as it is written now."""
        return self.author.project

    def write(self) -> None:
        """Write every file that says something else now."""
        for name, text in files(self.project).items():
            if text is None:
                (self.folder / name).unlink(missing_ok=True)
            elif self.written.get(name) != text:
                (self.folder / name).write_text(text)
            self.written[name] = text
        os.environ["OUTAGES"] = " ".join(map(str, sorted(self.project.outages)))

    def edit(self, edit: Edit) -> None:
        """Change the project's files, or its stored data."""
        done = self.author.does(edit)
        if edit.kind == "touch":
            path = self.folder / f"n{edit.which % len(self.project.sources)}.txt"
            done = path.exists()
            if done:
                path.write_bytes(path.read_bytes())
        elif edit.kind == "delete stored":
            done = self._delete(edit.which)
        self.tally[f"edit: {edit.kind}"] += done

    def _delete(self, which: int) -> bool:
        key = self.project.assets[which % len(self.project.assets)].key
        head = self.oracle.heads.get(key)
        if head is None or head.made.content in self.oracle.gone:
            return False
        path = (self.folder / "data" / f"{key}.parquet").resolve()
        if not path.exists():
            return False  # killed before it was published, and not found by this path
        path.unlink()
        self.deleted[head.made.content] = path
        self.oracle.gone.add(head.made.content)
        return True

    def run(self, run: Run) -> None:
        """Plan, explain and run, and compare all three with the oracle."""
        self.write()
        self._count(run)
        if run.killed:
            self._run_killed(run.wanted(self.project), run.killed)
            self.was_killed = True  # what that leaves, the next run tidies up
        elif run.env == MAIN:
            self.was_killed = False
            self._run(run)
        else:
            with inside(self):
                self._run(run)

    def _run(self, run: Run) -> None:
        wanted = run.wanted(self.project)
        with (
            Workspace.open(self.folder, env=run.env) as workspace,
            listening() as calls,
        ):
            self._explains(workspace)
            wished = self.oracle.copy().plan(self.project, wanted)
            texts = run.texts(self.project) or None
            plan = workspace.plan(texts, force=run.force, upstream=run.upstream)
            expect(
                "the plan",
                {step.cell.asset: step.action for step in plan.steps},
                {key: step.action for key, step in wished.items()},
            )
            expect(
                "what is fresh",
                {cell.asset for cell in plan.fresh},
                wanted.selected - wished.keys(),
            )
            try:
                result = workspace.materialize(
                    texts, force=run.force, upstream=run.upstream
                )
            except RunFailed as failed:
                result = failed.result
            expected = self.oracle.run(self.project, wanted)
            self._ran(result, calls, expected)
            self.looks_right(workspace)

    def _count(self, run: Run) -> None:
        self.tally["runs"] += 1
        self.tally["runs: killed"] += run.killed is not None
        self.tally["runs: some" if run.selected else "runs: all"] += 1
        self.tally["runs: forced"] += run.force
        self.tally["runs: no upstream"] += not run.upstream
        self.tally["runs: second environment"] += run.env != MAIN

    def _ran(self, result: RunResult, calls: list[int], expected: Ran) -> None:
        found = {step.cell.asset: step.status for step in result.steps}
        errors = [f"{step.cell}: {step.error}" for step in result.steps if step.error]
        expect("\n".join(["what was done", *errors]), found, expected.statuses)
        expect("functions called", sorted(calls), sorted(expected.calls))
        self.tally.update(f"step: {status}" for status in found.values())

    def _explains(self, workspace: Workspace) -> None:
        """Compare the reasons that are given for each stale asset with the edits made."""
        everything = Wanted(frozenset(spec.key for spec in self.project.assets))
        wished = self.oracle.plan(self.project, everything)
        plan = workspace.plan()
        found: dict[str, frozenset[Reason]] = {
            step.cell.asset: frozenset(map(said, step.reasons)) for step in plan.steps
        }
        expect("why", found, {key: step.reasons for key, step in wished.items()})
        for reasons in found.values():
            self.tally.update(f"reason: {kind}" for kind, _ in reasons)
        if plan.steps:
            self._begins(workspace, plan.steps[-1].cell.asset, found)

    def _begins(
        self, workspace: Workspace, key: str, found: dict[str, frozenset[Reason]]
    ) -> None:
        """Follow the reasons of the last stale asset to where they began."""
        explained = workspace.why(key)
        expect(
            f"why {key}",
            frozenset(said(one.reason) for one in explained.reasons),
            found[key],
        )
        for one in explained.reasons:
            root = one.root
            while root is not None and root.asset in found:
                kinds = {kind for kind, _ in found[root.asset]}
                assert root.kind in {*kinds, "input_changed"}, (key, root)
                root = root.root

    def looks_right(self, workspace: Workspace) -> None:
        """Compare all that is shown with the oracle."""
        env = workspace.env
        self.shown = {
            cell.asset: head for cell, head in workspace.tools.store.heads(env).items()
        }
        expect("what is shown", self.shown.keys(), self.oracle.heads.keys())
        keys = set(workspace)
        for key, head in self.shown.items():
            content = self.oracle.heads[key].made.content
            known = self.versions.get(content)
            if known is None and content not in self.oracle.gone and key in keys:
                table = workspace.load_arrow(key).to_pydict()
                rows = tuple(zip(table["v"], table["w"], strict=True))
                expect(f"the rows of {key}", rows, content.rows)
                assert head.data_version not in self.versions.values()
                known = self.versions[content] = head.data_version
            expect(
                f"the data version of {key}", known or head.data_version, head.data_version
            )
        examined = examine(workspace.tools, workspace.graph_of_assets, env)
        stopped = {"unpublished", "dead_claim", "leftover"}
        left = stopped if self.was_killed and env == MAIN else set()
        follow = {one.asset for one in examined.findings if one.kind == "unpublished"}
        wrong = {
            one.kind
            for one in examined.findings
            if one.kind != "path_wrong" or one.asset not in follow
        }
        assert wrong <= {"output_missing", *left}, examined

    def _run_killed(self, wanted: Wanted, killed: tuple[str, int]) -> None:
        """Kill a run, and take over what it had done before."""
        crash = f"{killed[0]}:{killed[1]}:kill"
        code = self.killer.run(self.folder, crash, os.environ["OUTAGES"])
        after = self.oracle.copy()
        ran = after.run(self.project, wanted)
        with Workspace.open(self.folder) as workspace:
            heads: dict[str, Head] = {
                cell.asset: head
                for cell, head in workspace.tools.store.heads("main").items()
            }
        moved = {key for key, head in heads.items() if head != self.shown.get(key)}
        ended = {"computed", "reused", "revalidated"}
        moving = {key for key, status in ran.statuses.items() if status in ended}
        assert moved <= moving, f"{crash} moved {moved - moving}"
        for spec in self.project.assets:
            above = {one.key for one in self.project.upstream(spec)} & moving
            assert spec.key not in moved or above <= moved, f"{crash}: {spec.key} too early"
        assert code in {0, KILLED}, f"{crash} ended with {code}"
        if code == 0:
            expect("a run that was not killed", moved, moving)
        for key in moved:
            self.oracle.take_over(key, after)
        self.oracle.gone = {
            content for content in self.oracle.gone if not self.deleted[content].exists()
        }
        self.shown = heads
        self.tally[f"killed at: {killed[0]}" if code else "killed at: too late"] += 1


def settled(project: Project) -> Project:
    """Return a project in which nothing fails and no stated version is out of date."""
    assets = [
        replace(
            spec,
            broken=False,
            looks=replace(spec.looks, warns=True, blocking=False),
            stated=None if spec.stated is None else 1000,
        )
        for spec in project.assets
    ]
    sources = tuple(value or 0 for value in project.sources)
    return replace(project, assets=tuple(assets), sources=sources, outages=frozenset())


def live(history: History, killer: KilledRuns, tally: Counter[str]) -> None:
    """Live a history, and compare its end with a clean rebuild."""
    with a_folder() as folder:
        life = Life(folder, Author(history.project), killer, tally)
        for one in history.rounds:
            for edit in one.edits:
                life.edit(edit)
            life.run(one.run)
            if one.then is not None:
                go_on(life, one.then)
        life.author.project = settled(life.project)
        life.run(Run())
        ends = {MAIN: life.shown}
        if life.second is not None:
            life.run(Run(DEV))
            ends[DEV] = life.second.shown
        with a_folder() as clean:
            again = Life(clean, Author(life.project), killer, Counter())
            again.run(Run())
            for env, shown in ends.items():
                expect(
                    f"a clean rebuild of {env}",
                    {key: shown[key].data_version for key in again.shown},
                    {key: head.data_version for key, head in again.shown.items()},
                )
    tally["histories"] += 1
    for spec in history.project.assets:
        tally.update(("assets", f"shape: {spec.shape}", f"gives: {spec.gives}"))
        tally.update(f"reads: {read.form}" for read in spec.reads)

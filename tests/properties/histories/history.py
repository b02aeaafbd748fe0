"""A history as data: a project, and in each round some edits and then a run."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, Literal

from assets_core.model.records import MAIN
from tests.properties.histories.edit import Edit
from tests.properties.histories.edits import edited
from tests.properties.histories.project import Looks, Project
from tests.properties.histories.records import Wanted

DEV = "dev"
Then = Literal["promote", "drop"]


@dataclass(frozen=True)
class Selected:
    """One asset of a selection, with what is upstream or downstream of it."""

    which: int
    upstream: bool = False
    downstream: bool = False


@dataclass(frozen=True)
class Run:
    """A run that is asked for; `killed` names a crash point and how often it is passed."""

    env: str = MAIN
    selected: tuple[Selected, ...] = ()
    force: bool = False
    upstream: bool = True
    killed: tuple[str, int] | None = None

    def texts(self, project: Project) -> list[str]:
        """Return what a user would write; nothing for everything."""
        return [
            "+" * one.upstream
            + project.assets[one.which % len(project.assets)].key
            + "+" * one.downstream
            for one in self.selected
        ]

    def wanted(self, project: Project) -> Wanted:
        """Return what is asked for."""
        keys: frozenset[str] = frozenset()
        for one in self.selected:
            key = project.assets[one.which % len(project.assets)].key
            keys |= {key}
            keys |= project.upward({key}) if one.upstream else set()
            keys |= project.downward({key}) if one.downstream else set()
        everything = frozenset(spec.key for spec in project.assets)
        return Wanted(keys if self.selected else everything, self.force, self.upstream)


@dataclass(frozen=True)
class Round:
    """Some edits, then a run, then what becomes of the second environment."""

    edits: tuple[Edit, ...]
    run: Run
    then: Then | None = None


@dataclass(frozen=True, repr=False)
class History:
    """A project's life. It is shown as a story."""

    project: Project
    rounds: tuple[Round, ...]

    def __repr__(self) -> str:
        lines = ["", "A project with"]
        lines += [f"  {shown(spec)}" for spec in self.project.assets]
        lines += [f"  {shown(helper)}" for helper in self.project.helpers]
        lines += [f"  constants {self.project.limits}, class constant {self.project.rate}"]
        lines += [f"  sources {self.project.sources}"]
        author = Author(self.project)
        for number, one in enumerate(self.rounds, 1):
            lines += [f"round {number}:"]
            for edit in one.edits:
                before = author.project
                author.does(edit)
                lines += [f"  {edit!r}: {', '.join(told(before, author.project))}"]
            texts = one.run.texts(author.project) if one.run.selected else ["everything"]
            lines += [f"  {shown(replace(one.run, selected=()))} of {', '.join(texts)}"]
            lines += [f"  {one.then} {DEV}"] if one.then else []
        return "\n".join(lines)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - its form
        """Let Hypothesis tell the story, and not the fields of each value."""
        printer.text(repr(self))


@dataclass
class Author:
    """Who edits a project, and can take edits back."""

    project: Project
    past: list[Project] = field(default_factory=list)

    def does(self, edit: Edit) -> bool:
        """Make an edit; return whether the files say something else now."""
        before = self.project
        self.past.append(before)
        if edit.kind == "revert":
            self.project = self.past[edit.to % len(self.past)]
        else:
            self.project = edited(before, edit)
        return self.project != before


def told(before: Project, after: Project) -> list[str]:
    """Return what an edit did to a project."""
    found = []
    for name in ("helpers", "limits", "rate", "sources", "factory", "outages", "respelled"):
        old, new = getattr(before, name), getattr(after, name)
        found += [f"{name} {shown(old)} → {shown(new)}"] if old != new else []
    for spec in after.assets:
        if not before.has(spec.number):
            found.append(f"new: {shown(spec)}")
            continue
        last = before.spec(spec.number)
        found += [
            f"a{spec.number}: {one.name} {shown(getattr(last, one.name))}"
            f" → {shown(getattr(spec, one.name))}"
            for one in fields(spec)
            if getattr(last, one.name) != getattr(spec, one.name)
        ]
    found += [f"no a{old.number}" for old in before.assets if not after.has(old.number)]
    return found or ["no text changed"]


def shown(value: Any) -> str:
    """Return a value without the fields that say what they say by default."""
    if isinstance(value, tuple):
        return f"({', '.join(map(shown, value))})"
    if not is_dataclass(value):
        return repr(value)
    held = [(one, getattr(value, one.name)) for one in fields(value)]
    told_ones = [
        f"{one.name}={shown(now)}"
        for place, (one, now) in enumerate(held)
        if now != one.default or (place == 0 and not isinstance(value, Run | Looks))
    ]
    return f"{type(value).__name__}({', '.join(told_ones)})"

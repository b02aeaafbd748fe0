"""What counts as an asset's code, by component: what a reason would name.

A component is known by its kind and its name in its module: where it stands takes no part
in anything. Its digest is stood for by its text, from which comments, docstrings and
`pass` are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.properties.histories import writing
from tests.properties.histories.project import HELPER_MODULES, MODULES, Project, Spec

Name = tuple[str, str]
Identity = frozenset[tuple[str, str, str]]
Change = tuple[str, str, str, str, str]
"""Kind, name, what happened, and the values of a constant before and after."""


OURS = {*MODULES, *HELPER_MODULES, "settings", "schemas", "factories"}


@dataclass(frozen=True)
class Version:
    """The components of some code: their kind, module, name there, and text."""

    parts: tuple[tuple[str, str, str, str], ...]

    @property
    def identity(self) -> Identity:
        """Return what tells this version from others."""
        return frozenset((kind, name, text) for kind, _, name, text in self.parts)

    @property
    def by_name(self) -> dict[Name, str]:
        """Return the texts of the components by their kind and name in their module."""
        return {(kind, name): text for kind, _, name, text in self.parts}


def changes(now: Version, last: Version) -> frozenset[Change]:
    """Return what differs between two versions."""
    before, after = last.by_name, now.by_name
    found = set()
    for kind, name in before.keys() | after.keys():
        old, new = before.get((kind, name)), after.get((kind, name))
        if old == new:
            continue
        what = "added" if old is None else "removed" if new is None else "changed"
        shown = (old or "", new or "") if kind == "constant" else ("", "")
        found.add((kind, name, what, *shown))
    return frozenset(found)


def without_module(name: str) -> str:
    """Return a component's name in its module: moving it is no change."""
    module, dot, rest = name.partition(".")
    return rest if dot and module in OURS else name


def code_of(project: Project, spec: Spec) -> Version:
    """Return the version of what makes an asset's data."""
    parts: list[tuple[str, str, str, str]] = []
    if spec.stated is not None:
        parts.append(("function", "", "code_version", str(spec.stated)))
    else:
        parts += dict.fromkeys(_parts(project, spec))
    if not spec.ordered:
        parts.append(("option", "", "ordered", "False"))
    return Version(tuple(parts))


def looks_of(spec: Spec) -> Version:
    """Return the version of what looks at an asset's data."""
    parts: list[tuple[str, str, str, str]] = []
    looks = spec.looks
    if looks.schema is not None:
        name, text = f"Schema{spec.number}", writing.schema_text(spec)
        parts.append(("object", "schemas", name, text))
        if not spec.number % 2:
            parts.append(("class", "schemas", name, text))
            parts.append(("class", "", "pandera.api.dataframe.model.Config", ""))
        parts.append(("option", "", "on_invalid", "warn" if looks.warns else "fail"))
    if looks.check is not None:
        name = f"few_{spec.number}"
        parts.append(("function", spec.module, name, writing.check_text(spec)))
        parts.append(("option", "", f"check {name} blocking", str(looks.blocking)))
    return Version(tuple(parts))


def _parts(project: Project, spec: Spec) -> Iterator[tuple[str, str, str, str]]:
    if spec.shape == "factory":
        text = writing.factory_text(project)
        yield "function", "factories", "scaled.build", text
        yield "constant", "factories", "scaled.build.number", str(spec.number)
        yield "constant", "factories", "scaled.build.step", str(spec.constant)
        return
    yield from _shape(project, spec)
    if spec.default is not None:
        yield "constant", spec.module, f"{_place(spec)}.more", str(spec.default)
    if spec.limit is not None:
        yield _limit(project, spec.limit)
    if spec.rate:
        yield "constant", "settings", "Rates.STEP", str(project.rate)
    if spec.helper is not None:
        yield from _helper(project, spec.helper)


def _place(spec: Spec) -> str:
    owner = writing.class_name(spec)
    return {
        "function": spec.name,
        "partial": f"parts{spec.number}",
        "method": f"{owner}.build",
        "callable": f"{owner}.__call__",
    }[spec.shape]


def _shape(project: Project, spec: Spec) -> Iterator[tuple[str, str, str, str]]:
    text = writing.function_text(project, spec, plain=True)
    module = spec.module
    if spec.shape == "function":
        yield "function", module, spec.name, text
        return
    yield "helper", module, _place(spec), text
    step = str(spec.constant)
    if spec.shape == "partial":
        yield "function", "", "partial", step
        return
    owner = writing.class_name(spec)
    yield "function", "", "build" if spec.shape == "method" else owner, step
    yield "class", module, owner, str(spec.least) if spec.shape == "method" else ""
    yield "helper", module, f"{owner}.__init__", writing.INIT


def _limit(project: Project, limit: int) -> tuple[str, str, str, str]:
    return "constant", "settings", f"LIMIT_{limit}", str(project.limits[limit])


def _helper(project: Project, helper: int) -> Iterator[tuple[str, str, str, str]]:
    one = project.helpers[helper]
    name = writing.helper_name(project, helper)
    yield "helper", one.module, name, writing.helper_text(project, helper)
    if one.limit is not None:
        yield _limit(project, one.limit)
    if one.calls is not None:
        yield from _helper(project, one.calls)

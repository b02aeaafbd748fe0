"""What an author does to a project between two runs, as values that can be read.

`edited(project, edit)` is the project afterwards. An edit of one asset is made to one of
those that it changes (a default value to an asset that has one); where there is none it
leaves the project as it is. Which one is taken modulo how many there are, so that a
history stays one when its project is made smaller.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from tests.properties.histories.edit import Edit, Kind
from tests.properties.histories.project import (
    HELPER_MODULES,
    MODULES,
    Helper,
    Project,
    Read,
    Spec,
)
from tests.properties.histories.writing import FIRST_ROW, MAKES


def edited(project: Project, edit: Edit) -> Project:
    """Return a project after an edit of its files."""
    if edit.kind in OF_PROJECT:
        return OF_PROJECT[edit.kind](project, edit.which, edit.to)
    if edit.kind not in OF_ASSET:
        return project
    change = OF_ASSET[edit.kind]
    specs = [
        changed
        for spec in project.assets
        if spec.shape != "factory" or edit.kind in OF_MADE
        if (changed := change(project, spec, edit.to)) != spec
    ]
    return project.with_spec(specs[edit.which % len(specs)]) if specs else project


# Of one asset.


def _looks(schema: bool, kind: Kind) -> Callable[[Project, Spec, int], Spec]:  # noqa: FBT001
    def change(project: Project, spec: Spec, to: int) -> Spec:
        looks = spec.looks
        if kind == "schema":
            looks = replace(looks, schema=(None, 1, 2, 9)[to % 4])
        elif kind == "check":
            looks = replace(looks, check=(None, 0, 1, 9)[to % 4])
        elif schema:
            looks = replace(looks, warns=not looks.warns)
        else:
            looks = replace(looks, blocking=not looks.blocking)
        return replace(spec, looks=looks)

    return change


def _default(project: Project, spec: Spec, to: int) -> Spec:
    return spec if spec.default is None else replace(spec, default=to)


def _config(project: Project, spec: Spec, to: int) -> Spec:
    return spec if spec.config is None else replace(spec, config=to)


def _stated(project: Project, spec: Spec, to: int) -> Spec:
    return spec if spec.stated is None else replace(spec, stated=to)


def _read(spec: Spec, to: int, change: Callable[[Read], Read]) -> Spec:
    """Change one of what an asset reads."""
    if not spec.reads:
        return spec
    place = to % len(spec.reads)
    reads = list(spec.reads)
    reads[place] = change(reads[place])
    return replace(spec, reads=tuple(reads))


def _form(project: Project, spec: Spec, to: int) -> Spec:
    forms = (*FIRST_ROW, "pa.Table")
    return _read(spec, to, lambda read: replace(read, form=forms[to % len(forms)]))


def _columns(project: Project, spec: Spec, to: int) -> Spec:
    choices = (None, ("v",), ("w",), ("v", "w"))
    return _read(spec, to, lambda read: replace(read, columns=choices[to % 4]))


def _parameter(project: Project, spec: Spec, to: int) -> Spec:
    return _read(spec, to, lambda read: replace(read, renamed=not read.renamed))


def _add_input(project: Project, spec: Spec, to: int) -> Spec:
    before = [
        one for one in project.assets if project.assets.index(one) < _at(project, spec)
    ]
    taken = {read.asset for read in spec.reads}
    free = [one.number for one in before if one.number not in taken]
    if not free:
        return spec
    read = Read(free[to % len(free)], tuple(FIRST_ROW)[to % len(FIRST_ROW)])
    return replace(spec, reads=(*spec.reads, read))


def _at(project: Project, spec: Spec) -> int:
    return [one.number for one in project.assets].index(spec.number)


def _remove_input(project: Project, spec: Spec, to: int) -> Spec:
    if not spec.reads:
        return spec
    place = to % len(spec.reads)
    return replace(spec, reads=spec.reads[:place] + spec.reads[place + 1 :])


def _use_helper(project: Project, spec: Spec, to: int) -> Spec:
    choices = (None, *range(len(project.helpers)))
    return replace(spec, helper=choices[to % len(choices)])


def _use_constant(project: Project, spec: Spec, to: int) -> Spec:
    choices = (None, *range(len(project.limits)))
    return replace(spec, limit=choices[to % len(choices)])


OF_ASSET: dict[Kind, Callable[[Project, Spec, int], Spec]] = {
    "constant": lambda _, spec, to: replace(spec, constant=to),
    "default": _default,
    "class attribute": lambda _, spec, to: replace(spec, least=to),
    "comment": lambda _, spec, to: replace(spec, noise=to),
    "break": lambda _, spec, to: replace(spec, broken=True),
    "mend": lambda _, spec, to: replace(spec, broken=False),
    "config": _config,
    "state a version": _stated,
    "schema": _looks(schema=True, kind="schema"),
    "schema warns": _looks(schema=True, kind="schema warns"),
    "check": _looks(schema=False, kind="check"),
    "check blocks": _looks(schema=False, kind="check blocks"),
    "reverse rows": lambda _, spec, to: replace(spec, descending=not spec.descending),
    "ordered": lambda _, spec, to: replace(spec, ordered=not spec.ordered),
    "form": _form,
    "columns": _columns,
    "parameter": _parameter,
    "reorder inputs": lambda _, spec, to: replace(spec, reads=spec.reads[::-1]),
    "add input": _add_input,
    "remove input": _remove_input,
    "use constant": _use_constant,
    "use helper": _use_helper,
    "rename asset": lambda _, spec, to: replace(spec, renames=to % 3),
    "move asset": lambda _, spec, to: replace(spec, module=MODULES[to % 3]),
}

OF_MADE = {"constant", "rename asset", "move asset"}
"""What can be changed of an asset that a shared factory makes."""


# Of what assets share, and of the project as a whole.


def _helper(change: Callable[[Project, int, Helper, int], Helper]) -> ProjectChange:
    def changed(project: Project, which: int, to: int) -> Project:
        if not project.helpers:
            return project
        place = which % len(project.helpers)
        helpers = list(project.helpers)
        helpers[place] = change(project, place, helpers[place], to)
        return replace(project, helpers=tuple(helpers))

    return changed


ProjectChange = Callable[[Project, int, int], Project]
T = TypeVar("T")


def put(values: tuple[T, ...], which: int, value: T) -> tuple[T, ...]:
    """Return values with one of them replaced."""
    place = which % len(values)
    return (*values[:place], value, *values[place + 1 :])


def _calls(project: Project, place: int, helper: Helper, to: int) -> Helper:
    later = (None, *range(place + 1, len(project.helpers)))
    return replace(helper, calls=later[to % len(later)])


def _outage(project: Project, which: int, to: int) -> Project:
    number = project.assets[which % len(project.assets)].number
    return replace(project, outages=project.outages | {number})


def _respell(project: Project, which: int, to: int) -> Project:
    return replace(project, respelled=project.respelled ^ {which % len(project.limits)})


def _add_asset(project: Project, which: int, to: int) -> Project:
    """Declare one more, which reads the last of those there are."""
    number = max(spec.number for spec in project.assets) + 1
    read = Read(project.assets[-1].number, "pa.Table", columns=("v",))
    spec = Spec(number, reads=(read,), gives="pa.Table", constant=to)
    return replace(project, assets=(*project.assets, spec))


def _remove_asset(project: Project, which: int, to: int) -> Project:
    """Take one away, and with it what others did with it."""
    gone = project.assets[which % len(project.assets)].number
    readers = [spec for spec in project.assets if gone in {r.asset for r in spec.reads}]
    if len(project.assets) == 1 or any(spec.shape == "factory" for spec in readers):
        return project
    kept = [spec for spec in project.assets if spec.number != gone]
    return replace(
        project,
        assets=tuple(
            replace(spec, reads=tuple(r for r in spec.reads if r.asset != gone))
            for spec in kept
        ),
        outages=project.outages - {gone},
    )


def _source(project: Project, which: int, to: int) -> Project:
    return replace(project, sources=put(project.sources, which, to))


OF_PROJECT: dict[Kind, ProjectChange] = {
    "outage": _outage,
    "end of outage": lambda project, which, to: replace(project, outages=frozenset()),
    "add asset": _add_asset,
    "remove asset": _remove_asset,
    "helper": _helper(lambda project, place, one, to: replace(one, adds=to)),
    "rename helper": _helper(
        lambda project, place, one, to: replace(one, name=("h", "helper_", "add_")[to % 3])
    ),
    "move helper": _helper(
        lambda project, place, one, to: replace(one, module=HELPER_MODULES[to % 2])
    ),
    "helper calls": _helper(_calls),
    "module constant": lambda project, which, to: replace(
        project, limits=put(project.limits, which, to)
    ),
    "respell constant": _respell,
    "class constant": lambda project, which, to: replace(project, rate=to),
    "factory": lambda project, which, to: replace(project, factory=to),
    "source": _source,
    "remove source": lambda project, which, to: replace(
        project, sources=put(project.sources, which, None)
    ),
}

CARRIERS = tuple(MAKES)

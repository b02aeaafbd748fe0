"""What a name in a piece of code stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from types import ModuleType
from typing import NamedTuple

from assets_core.frozen import frozen
from assets_core.versioning.imports import Unloadable, bring
from assets_core.versioning.namespaces import Namespace, Origin
from assets_core.versioning.scopes import Imported, Scope, Use
from assets_core.versioning.steps import UNKNOWN, step
from assets_core.versioning.things import World

__all__ = [
    "EMPTY",
    "LOCAL",
    "MISSING",
    "Reached",
    "Standing",
    "look_up",
    "look_up_all",
    "walk",
]


class _Nothing:
    """A reason why a name stands for nothing that is known."""


MISSING = _Nothing()
LOCAL = _Nothing()
"""It is a variable of a function around the code, whose value is not kept."""
EMPTY = _Nothing()
"""It is a variable of a function around the code that has no value yet."""


@frozen
class Standing:
    """Where code stands, and so what its names mean.

    Attributes:
        who: What the code is called in messages.
        namespace: Its global names.
        cells: The variables of the functions around it.
        at_load: It ran while the module was loaded, and never runs again.
    """

    who: str
    namespace: Namespace
    cells: Mapping[str, object] = field(default_factory=dict)
    at_load: bool = False


class Reached(NamedTuple):
    """What a name, or some steps from it, stands for.

    Attributes:
        origin: The global name that it was last reached by.
        label: The steps taken from the name.
        rest: The steps taken from the origin.
        builtin: It is one of Python's builtins.
        path: Its public path, where an import statement has just said it.
    """

    value: object
    origin: Origin | None = None
    label: str = ""
    rest: str = ""
    builtin: bool = False
    path: str = ""


def look_up(world: World, standing: Standing, use: Use, target: Scope) -> Reached:
    """Return what a name stands for."""
    name = use.name
    if name in standing.cells and (target.depth or name == "__class__"):
        return Reached(standing.cells[name])
    if target.depth:
        given = target.imports.get(name)
        return _brought(world, standing, given[-1]) if given else Reached(LOCAL)
    names = standing.namespace.names
    if name in names:
        return Reached(names[name], Origin(standing.namespace, name))
    builtins = names.get("__builtins__", {})
    known = vars(builtins) if isinstance(builtins, ModuleType) else builtins
    if name in known:
        return Reached(known[name], builtin=True)
    if standing.at_load and not standing.namespace.binds(name):
        for deleted in standing.namespace.imports(name, stars=False)[:1]:
            return _brought(world, standing, deleted)
    return Reached(MISSING)


def look_up_all(world: World, standing: Standing, use: Use, target: Scope) -> list[Reached]:
    """Return everything that a name may stand for: each import of a function's own."""
    given = target.imports.get(use.name, ()) if target.depth else ()
    if len(given) < 2 or use.name in standing.cells:  # noqa: PLR2004 - the usual case
        return [look_up(world, standing, use, target)]
    found = [_brought(world, standing, each) for each in dict.fromkeys(given)]
    # Of `try: from fast import f / except ImportError: from slow import f` one may fail.
    return [each for each in found if not isinstance(each.value, Unloadable)] or found[-1:]


def _brought(world: World, standing: Standing, given: Imported) -> Reached:
    value, module = bring(standing.namespace, given)
    if module is None:
        return Reached(value)
    namespace = world.where.namespace(vars(module))
    origin = Origin(namespace, given.name)
    if namespace.place.ours:
        return Reached(value, origin)
    return Reached(value, origin, path=f"{module.__name__}.{given.name}")


def walk(world: World, start: Reached, use: Use, namespace: Namespace) -> list[Reached]:
    """Return what each step from a name leads to, as far as that can be told."""
    reached = [start]
    if use.guard and use.guard in namespace.names:  # `getattr` is not what it seems
        return reached
    for taken in use.steps:
        last = reached[-1]
        value = step(last.value, taken)
        if value is UNKNOWN:
            break
        mark, key = taken
        text = f".{key}" if mark == "." else f"[{key!r}]"
        if isinstance(last.value, ModuleType):
            origin = Origin(world.where.namespace(vars(last.value)), str(key))
            reached.append(Reached(value, origin, last.label + text))
        else:
            reached.append(Reached(value, last.origin, last.label + text, last.rest + text))
    return reached

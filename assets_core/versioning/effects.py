"""What modules do to the outside while they are loaded.

`pd.set_option(…)`, `np.random.seed(0)`, `decimal.getcontext().prec = 50`: their effect is
in no value that could be looked at, and yet results depend on it.
"""

from __future__ import annotations

from collections.abc import Iterator
from types import FunctionType, ModuleType

from assets_core.versioning.namespaces import Namespace, Origin, Placed, loaded_module
from assets_core.versioning.readings import Act
from assets_core.versioning.scopes import Use
from assets_core.versioning.sources import look_at_statements
from assets_core.versioning.things import Thing, World

__all__ = ["effects", "look_at_effects", "modules_behind"]

_HARMLESS = frozenset(
    {"argparse", "atexit", "doctest", "faulthandler", "logging", "print", "pytest",
     "signal", "sys", "unittest", "warnings"}
)  # fmt: skip
"""What calls of these do to the process cannot show in a table."""

_RUNNERS = frozenset({"materialize", "Workspace", "main"})
_FRAMEWORK = frozenset({"assets_core", "io_managers"})


def look_at_effects(world: World, namespace: Namespace, placed: list[Placed]) -> Thing:
    """Return what a module does beside defining names, as a thing."""
    origin = Origin(namespace, "(on load)")
    return look_at_statements(world, "module", origin, [(origin, each) for each in placed])


def modules_behind(world: World, namespace: Namespace) -> Iterator[Namespace]:
    """Yield a module and all modules of the project that are loaded together with it."""
    seen: set[Namespace] = set()
    waiting = [namespace]
    while waiting:
        each = waiting.pop()
        if each in seen or each.is_notebook:
            continue
        seen.add(each)
        yield each
        for name in each.modules_imported:
            module = loaded_module(name)
            if module is not None and world.where.is_projects(module):
                waiting.append(world.where.namespace(vars(module)))


def effects(world: World, namespace: Namespace) -> list[Placed]:
    """Return the statements of a module that change something outside the project."""
    return [
        Placed(unit, statement)
        for unit in namespace.units
        for statement in unit.reading.statements
        if not statement.guarded
        and any(_reaches_outside(world, namespace, each) for each in statement.acts)
    ]


def _reaches_outside(world: World, namespace: Namespace, act: Act) -> bool:
    root = act.root
    if root in _HARMLESS or root not in namespace.names:
        return False
    value = namespace.names[root]
    path = world.where.path(value, Origin(namespace, root))
    if path is not None:
        return path.partition(".")[0] not in _HARMLESS | _FRAMEWORK
    if not act.calls:
        return False
    if world.where.is_ours(type(value)):
        # A method that is given something keeps it, as a rule: it counts where it is used.
        return not act.gives
    return world.where.is_projects(value) and not _runs_the_project(world, value)


def _runs_the_project(world: World, value: object) -> bool:
    """Return whether a function is a `main` that calls the framework."""
    if not isinstance(value, FunctionType):
        return False
    namespace = world.where.namespace(value.__globals__)
    found = namespace.find(value)
    if found is None:
        return False
    unit, piece = found
    return any(
        _runs(world, namespace, use)
        for use, target in unit.reading.free(piece)
        if not target.depth and use.name in namespace.names
    )


def _runs(world: World, namespace: Namespace, use: Use) -> bool:
    """Return whether a name stands for what runs a project."""
    value = namespace.names[use.name]
    path = world.where.path(value, Origin(namespace, use.name))
    if path is None or path.partition(".")[0] not in _FRAMEWORK:
        return False
    steps = [str(key) for _, key in use.steps] if isinstance(value, ModuleType) else []
    return not _RUNNERS.isdisjoint([path.rpartition(".")[2], *steps])

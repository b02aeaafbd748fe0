"""Modules as things: used whole, or for what they do while they are loaded."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from assets_core.model.versions import digest
from assets_core.versioning.findings import Findings
from assets_core.versioning.loaded_source import Unit
from assets_core.versioning.namespaces import Namespace, Origin, Placed, loaded_module
from assets_core.versioning.normal_form import NORMAL_FORM, normal_form
from assets_core.versioning.places import Place
from assets_core.versioning.resolving import Standing
from assets_core.versioning.scopes import Statement
from assets_core.versioning.sources import look_at_statements
from assets_core.versioning.things import Thing, World

__all__ = ["effects", "look_at_effects", "look_at_module", "modules_behind"]

_HARMLESS = frozenset(
    {"argparse", "atexit", "doctest", "faulthandler", "logging", "print", "pytest", "signal",
     "sys", "unittest", "warnings"}
)  # fmt: skip
"""What calls of these do to the process cannot show in a table."""


def look_at_module(world: World, module: ModuleType) -> Thing:
    """Return a module of the project, with all that it holds, as a thing."""
    namespace = world.namespace(vars(module))
    findings = Findings(world, Standing(namespace.title, namespace))
    file = namespace.names.get("__file__")
    if namespace.place is Place.BINARY:
        data = Path(str(file)).read_bytes()
        return Thing("module", namespace.title, hashlib.sha256(data).hexdigest()[:32])
    if not namespace.units:
        findings.opaque(f"module '{namespace.title}' has no source that can be read")
    bound = {name for unit in namespace.units for name in unit.names.module.bound}
    bound |= {name for name in namespace.names if namespace.imports(name)}
    for name in sorted(bound & namespace.names.keys()):
        findings.name(name)
    forms = [normal_form(unit.tree) for unit in namespace.units if unit.tree is not None]
    content = digest("module", NORMAL_FORM, *forms, *findings.paths)
    return findings.thing("module", namespace.title, content)


def look_at_effects(world: World, namespace: Namespace, placed: list[Placed]) -> Thing:
    """Return what a module does beside defining names, as a thing."""
    origin = Origin(namespace, "(on load)")
    return look_at_statements(world, "module", origin, [(origin, each) for each in placed])


def modules_behind(world: World, namespace: Namespace) -> Iterator[Namespace]:
    """Yield a module and all modules of the project that are loaded together with it."""
    seen: set[int] = set()
    waiting = [namespace]
    while waiting:
        each = waiting.pop()
        if id(each) in seen or each.is_notebook:
            continue
        seen.add(id(each))
        yield each
        for name in each.modules_imported():
            module = loaded_module(name)
            if module is not None:
                found = world.namespace(vars(module))
                if found.place.ours:
                    waiting.append(found)


def effects(world: World, namespace: Namespace) -> list[Placed]:
    """Return the statements of a module that change something outside the project.

    `pd.set_option(…)`, `np.random.seed(0)`, `decimal.getcontext().prec = 50`: what they do
    is in no value that could be looked at.
    """
    return [
        Placed(unit, statement)
        for unit in namespace.units
        for statement in unit.names.statements
        if not statement.guarded and _has_effect(world, namespace, unit, statement)
    ]


def _has_effect(
    world: World, namespace: Namespace, unit: Unit, statement: Statement
) -> bool:
    for node in _run_at_load(statement.node):
        root = _root(node)
        if root is None or root in _HARMLESS or root not in namespace.names:
            continue
        value = namespace.names[root]
        path = world.path(value, Origin(namespace, root))
        if path is None:
            if isinstance(node, ast.Expr) and world.is_projects(value) and _is_called(node):
                return True
        elif path.partition(".")[0] not in _HARMLESS | _FRAMEWORK:
            return True
    return False


_FRAMEWORK = frozenset({"assets_core", "io_managers"})


def _run_at_load(node: ast.stmt) -> Iterator[ast.AST]:
    """Yield the calls and assignments in a statement that run while the module is loaded."""
    waiting: list[ast.AST] = [node]
    while waiting:
        each = waiting.pop()
        match each:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield from (one for one in each.decorator_list if _registers(one))
            case ast.Expr(value=ast.Call()):
                yield each
            case ast.Assign(targets=targets):
                yield from (
                    one for one in targets if not isinstance(one, ast.Name | ast.Tuple)
                )
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                if not isinstance(target, ast.Name):
                    yield target
            case ast.stmt() | ast.excepthandler() | ast.match_case():
                waiting += ast.iter_child_nodes(each)
            case _:
                pass


def _registers(decorator: ast.expr) -> bool:
    """Return whether a decorator makes something known to a package, such as an accessor."""
    node = decorator.func if isinstance(decorator, ast.Call) else decorator
    name = node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")
    return name.startswith("register")


def _is_called(node: ast.Expr) -> bool:
    return isinstance(node.value, ast.Call) and isinstance(
        node.value.func, ast.Name | ast.Attribute
    )


def _root(node: ast.AST) -> str | None:
    """Return the name that an expression starts with."""
    while True:
        match node:
            case (
                ast.Expr(value=inner)
                | ast.Attribute(value=inner)
                | ast.Subscript(value=inner)
            ):
                node = inner
            case ast.Call(func=inner):
                node = inner
            case ast.Name(id=name):
                return name
            case _:
                return None

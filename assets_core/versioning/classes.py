"""What a class is made of: its statement, its bases, and everything that it holds now."""

from __future__ import annotations

import ast
import enum
import functools
import types
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from assets_core.model.versions import digest
from assets_core.versioning.decorators import framework_decorators
from assets_core.versioning.findings import Findings
from assets_core.versioning.loaded_source import Unit
from assets_core.versioning.namespaces import Namespace
from assets_core.versioning.normal_form import NORMAL_FORM, normal_form
from assets_core.versioning.resolving import Standing
from assets_core.versioning.sources import look_at_changes
from assets_core.versioning.things import Node, Thing, World

__all__ = ["look_at_class"]

_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def look_at_class(world: World, value: type, namespace: Namespace) -> Thing:
    """Return a class of the project as a thing."""
    short = value.__qualname__.replace("<locals>.", "")
    name = namespace.full_name(value.__qualname__)
    findings = Findings(world, Standing(short, namespace, at_load=True))
    for number, base in enumerate(value.__bases__):
        findings.own(f"base {number}", base, name)
    if type(value) is not type:
        findings.own("metaclass", type(value), name)
    members = dict(_members(world, value))
    seen = _definitions_of(world, members)
    statements = _statements(value, namespace, members)
    forms = [_statement(findings, unit, node, seen) for unit, node in statements]
    if not forms:
        findings.gap(f"class '{short}' has no class statement that can be read")
    bound = {each for unit, node in statements for each in unit.names.inner[node].bound}
    home = world.where.home(value)
    changes = home and Node(lambda: look_at_changes(world, home, value))
    for label, member in members.items():
        source = changes if label in bound else None
        forms += (label, findings.content(member, f"{name}.{label}", source))
    content = digest("class", NORMAL_FORM, value.__name__, *forms, *findings.paths)
    return findings.thing("class", name, content, short.rpartition(".")[2])


def _statement(
    findings: Findings, unit: Unit, node: ast.ClassDef, seen: set[ast.AST]
) -> str:
    """Add what a class statement names; its methods are looked at one by one."""
    methods = [each for each in node.body if each in seen]
    dropped = [*framework_decorators(findings, unit, node), *methods]
    findings.code(unit, node, without=dropped)
    return normal_form(node, without=dropped)


def _statements(
    value: type, namespace: Namespace, members: dict[str, object]
) -> list[tuple[Unit, ast.ClassDef]]:
    """Return the class statement; several, where it cannot be told which of them it was."""
    found = [
        (unit, node)
        for unit in _units(namespace, members)
        for node in unit.names.classes.get(value.__qualname__, ())
    ]
    if len(found) > 1:
        lines = {
            function.__code__.co_firstlineno
            for member in members.values()
            for function in _functions(member)
            if function.__qualname__.startswith(f"{value.__qualname__}.")
        }
        lines |= {line} if (line := vars(value).get("__firstlineno__")) else set()
        chosen = [(unit, node) for unit, node in found if lines & _lines(node)]
        return chosen or found
    return found


def _units(namespace: Namespace, members: dict[str, object]) -> list[Unit]:
    if not namespace.is_notebook:
        return namespace.units
    for member in members.values():
        for function in _functions(member):
            found = namespace.find(function)
            if found is not None:
                return [found[0]]
    return namespace.units[::-1]


def _lines(node: ast.ClassDef) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def _members(world: World, value: type) -> Iterator[tuple[str, object]]:
    """Yield what a class holds, but for what Python or a library keeps there."""
    is_enum = isinstance(value, enum.EnumType)
    if is_enum:
        for name, member in value.__members__.items():  # type: ignore[attr-defined]
            yield name, member.value
    for name, member in sorted(vars(value).items()):
        special = is_enum or (name.startswith("__") and name.endswith("__"))
        if special and not any(_functions(member)):
            continue
        if name.startswith("_abc_") or isinstance(member, _KEPT_BY_PYTHON):
            continue
        if not _is_generated(world, value, member):
            yield name, member


def _is_generated(world: World, owner: type, member: object) -> bool:
    """Return whether a library wrote a method as text, from what the class statement says."""
    if not any(hasattr(owner, mark) for mark in _WRITTEN_FOR):
        return False
    return any(
        function.__code__.co_filename.startswith("<")
        and world.where.namespace(function.__globals__).find(function) is None
        for function in _functions(member)
    )


_WRITTEN_FOR = ("__dataclass_fields__", "__attrs_attrs__", "_field_defaults")
_KEPT_BY_PYTHON = (types.MemberDescriptorType, types.GetSetDescriptorType)


def _definitions_of(world: World, members: dict[str, object]) -> set[ast.AST]:
    """Return the definitions that are looked at as functions of their own."""
    found: set[ast.AST] = set()
    for member in members.values():
        for function in _functions(member):
            placed = world.where.namespace(function.__globals__).find(function)
            if placed is not None:
                found.add(placed[1])
    return found


def _functions(member: Any) -> Iterator[FunctionType]:
    """Yield the functions that a member of a class is made of."""
    waiting = [member]
    while waiting:
        each = waiting.pop()
        if type(each) is FunctionType:
            yield each
            waiting.append(getattr(each, "__wrapped__", None))
        elif isinstance(each, staticmethod | classmethod):
            waiting.append(each.__func__)
        elif isinstance(each, property):
            waiting += (each.fget, each.fset, each.fdel)
        elif isinstance(each, functools.cached_property | functools.partialmethod):
            waiting.append(each.func)
        elif isinstance(each, functools.singledispatchmethod):
            waiting += each.dispatcher.registry.values()
        elif type(each).__name__ == "_lru_cache_wrapper":
            waiting.append(each.__wrapped__)

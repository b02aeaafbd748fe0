"""What the names stand for that code uses while modules are loaded, from texts alone."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from assets_core.frozen import frozen

__all__ = [
    "Module",
    "Ours",
    "Outside",
    "RestlessError",
    "Scope",
    "chain_of",
    "members_of",
    "module_of",
    "names_of_target",
    "resolve",
]

_INIT = ".__init__"
_OWN = frozenset({"__name__", "__file__", "__doc__", "__package__"})


class RestlessError(Exception):
    """Something that runs is not known to be still.

    Attributes:
        node: Where.
    """

    def __init__(self, node: ast.AST, module: str, why: str) -> None:
        super().__init__(why)
        self.node = node
        self.module = module
        self.why = why


@frozen
class Module:
    """A module of the project.

    Attributes:
        names: For each global name all that gives it a value: an import path, a
            definition, or None for a value.
        lazy_annotations: Annotations are not evaluated.
    """

    name: str
    tree: ast.Module
    names: Mapping[str, list[str | _Definition | None]]
    lazy_annotations: bool


_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@frozen
class Ours:
    """A function or class of the project."""

    node: _Definition
    module: Module


@frozen
class Outside:
    """Something from outside the project, by its import path."""

    path: str
    builtin: bool = False


Known = Ours | Outside | None
"""None is a value that was computed: what it is made of was looked at there."""


@frozen
class Scope:
    """Where code stands.

    Attributes:
        names: Names that are not the module's: of parameters, and of what is assigned.
        inside: It is a function or a class.
        deep: Functions inside it are called as well.
    """

    module: Module
    names: frozenset[str] = frozenset()
    inside: bool = False
    deep: bool = False

    def within(
        self, given: ast.arguments, body: Iterable[ast.stmt], *, deep: bool
    ) -> Scope:
        """Return the scope inside a function."""
        every = [*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg]
        names = {one.arg for one in (*every, given.kwarg) if one is not None}
        names |= _bound(body).keys()
        return replace(self, names=self.names | names, inside=True, deep=deep)

    def of_class(self, body: Iterable[ast.stmt]) -> Scope:
        """Return the scope in the body of a class."""
        return self.also(_bound(body).keys())

    def also(self, names: Iterable[str]) -> Scope:
        """Return a scope with more names of its own."""
        return replace(self, names=self.names | frozenset(names), inside=True)


def module_of(name: str, text: str) -> Module:
    """Parse a module; the name of a package ends with `.__init__`."""
    tree = ast.parse(text)
    package = name if name.endswith(_INIT) else f"{name.rpartition('.')[0]}{_INIT}"
    names = _bound(tree.body, package.removesuffix(_INIT))
    lazy = any(
        isinstance(one, ast.ImportFrom)
        and one.module == "__future__"
        and any(each.name == "annotations" for each in one.names)
        for one in tree.body
    )
    return Module(name.removesuffix(_INIT), tree, names, lazy)


def members_of(module: Module) -> Iterator[str]:
    """Yield the names in the bodies of all classes of a module."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef):
            yield from _bound(node.body)


def _bound(
    body: Iterable[ast.stmt], package: str = ""
) -> dict[str, list[str | _Definition | None]]:
    """Return what gives names values in a body, without what is in definitions."""
    found: dict[str, list[str | _Definition | None]] = {}
    waiting: list[ast.AST] = list(body)
    while waiting:
        node = waiting.pop()
        for name, given in _binds(node, package):
            found.setdefault(name, []).append(given)
        if not isinstance(node, _Definition | ast.Lambda):
            waiting += ast.iter_child_nodes(node)
    return found


def _binds(node: ast.AST, package: str) -> Iterator[tuple[str, str | _Definition | None]]:
    match node:
        case ast.Import(names=names):
            for one in names:
                top = one.name.partition(".")[0]
                yield (one.asname, one.name) if one.asname else (top, top)
        case ast.ImportFrom(names=names):
            module = _absolute(node, package)
            for one in names:
                yield one.asname or one.name, f"{module}.{one.name}"
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name, node
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            yield name, None
        case ast.ExceptHandler(name=str(name)):
            yield name, None
        case _:
            pass


def _absolute(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    base = ".".join(parts[: len(parts) - node.level + 1])
    return f"{base}.{node.module}" if node.module else base


def names_of_target(node: ast.expr) -> frozenset[str]:
    """Return the names that a target of a loop gives values."""
    return frozenset(one.id for one in ast.walk(node) if isinstance(one, ast.Name))


def chain_of(node: ast.expr) -> list[str]:
    """Return the names of `a.b.c`; none if an expression is anything else."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return []
    return [node.id, *reversed(parts)]


def resolve(modules: Mapping[str, Module], node: ast.expr, scope: Scope) -> list[Known]:
    """Return all that `a.b.c` may stand for."""
    chain = chain_of(node)
    if not chain or chain[0] in scope.names:
        return [None]
    return list(_resolved(modules, scope.module, chain, 0))


def _resolved(
    modules: Mapping[str, Module], module: Module, chain: list[str], depth: int
) -> Iterator[Known]:
    first, *rest = chain
    if first not in module.names:
        if first in _OWN:
            yield None
        else:
            builtin = hasattr(builtins, first)
            yield Outside(".".join(chain), builtin=builtin and not rest)
        return
    for given in module.names[first]:
        if isinstance(given, str):
            yield from _imported(modules, [*given.split("."), *rest], depth)
        elif given is None or rest:
            yield None if given is None else Outside(f"{module.name}.{'.'.join(chain)}")
        else:
            yield Ours(given, module)


_DEEPEST = 20


def _imported(
    modules: Mapping[str, Module], path: list[str], depth: int
) -> Iterator[Known]:
    for length in range(len(path), 0, -1):
        module = modules.get(".".join(path[:length]))
        if module is not None:
            left = path[length:]
            if not left:
                yield Outside(module.name)
            elif depth < _DEEPEST:
                yield from _resolved(modules, module, left, depth + 1)
            return
    yield Outside(".".join(path))

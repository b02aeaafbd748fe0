"""Whether expressions are still, and above all the calls in them."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from assets_core.versioning.still_names import (
    BUILTINS,
    CONSTANTS,
    METHODS,
    ORDERLESS,
    TIMES,
    VIEWS,
    is_still_call,
)
from assets_core.versioning.still_scopes import (
    Module,
    Ours,
    Outside,
    RestlessError,
    Scope,
    chain_of,
    names_of_target,
    resolve,
)
from assets_core.versioning.still_surroundings import IGNORED

__all__ = ["Calls"]

_ENVIRON = "os.environ"
_NOW = frozenset({"now", "today"})
_INNER = (
    *(ast.BinOp, ast.BoolOp, ast.Dict, ast.FormattedValue, ast.IfExp, ast.JoinedStr),
    *(ast.List, ast.NamedExpr, ast.Slice, ast.Starred, ast.Tuple, ast.UnaryOp),
)
_FACTORIES = frozenset({"list", "dict", "tuple", "str", "int", "float"})


class _Judge(Protocol):
    @property
    def modules(self) -> Mapping[str, Module]: ...

    @property
    def members(self) -> frozenset[str]: ...

    @property
    def is_inert(self) -> Callable[[str], bool]: ...

    def enter(self, found: Ours, *, deep: bool = ...) -> None: ...


class Calls:
    """Looks at the expressions of one scope."""

    def __init__(self, judge: _Judge, scope: Scope) -> None:
        self._judge = judge
        self._scope = scope

    def value(self, node: ast.expr) -> None:
        """Raise if an expression is restless."""
        if isinstance(node, ast.Constant):
            return
        look = _EXPRESSIONS.get(type(node))
        if look is not None:
            getattr(self, look)(node)
        elif isinstance(node, _INNER):
            self._inner(node)
        else:
            raise self._restless(node, f"has {ast.unparse(node):.60}")

    def iterable(self, node: ast.expr) -> None:
        """Raise if what a loop goes over is restless."""
        if self._is_view(node):
            self.value(node.func.value)  # type: ignore[attr-defined]
        else:
            self.value(node)

    def decorator(self, node: ast.expr) -> None:
        """Raise if what stands above a definition is restless."""
        if isinstance(node, ast.Call):
            self._call(node, deep=True)
            return
        if isinstance(node, ast.Attribute) and node.attr in {"setter", "getter", "deleter"}:
            return
        for found in resolve(self._judge.modules, node, self._scope):
            self._called(node, found, deep=False)

    def _inner(self, node: ast.AST) -> None:
        for each in ast.iter_child_nodes(node):
            if isinstance(each, ast.expr):
                self.value(each)

    def _name(self, node: ast.expr) -> None:
        for found in resolve(self._judge.modules, node, self._scope):
            if isinstance(found, Outside) and not self._is_inert(found):
                raise self._restless(node, f"uses {found.path}, which may change")

    def _is_inert(self, found: Outside) -> bool:
        if found.path == _ENVIRON:
            return False  # some of its variables are not looked at
        if found.builtin or found.path in CONSTANTS:
            return True
        return self._judge.is_inert(found.path)

    def _attribute(self, node: ast.Attribute) -> None:
        if chain_of(node):
            self._name(node)
        else:
            self.value(node.value)

    def _subscript(self, node: ast.Subscript) -> None:
        if self._is_environ(node.value):
            self._variable(node, [node.slice])
        else:
            self._inner(node)

    def _compare(self, node: ast.Compare) -> None:
        self.value(node.left)
        for operator, each in zip(node.ops, node.comparators, strict=True):
            among = isinstance(operator, ast.In | ast.NotIn)
            if among and isinstance(each, ast.Set):
                self._inner(each)
            elif among and self._is_environ(each):
                self._variable(node, [node.left])
            elif not (among and self._is_view(each)):
                self.value(each)

    def _lambda(self, node: ast.Lambda) -> None:
        for default in (*node.args.defaults, *node.args.kw_defaults):
            if default is not None:
                self.value(default)
        if self._scope.deep:
            self._lambda_called(node)

    def _lambda_called(self, node: ast.Lambda) -> None:
        scope = self._scope.within(node.args, [], deep=self._scope.deep)
        Calls(self._judge, scope).value(node.body)

    def _comprehension(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> None:
        self._with_loops(node.generators, [node.elt])

    def _dict_comprehension(self, node: ast.DictComp) -> None:
        self._with_loops(node.generators, [node.key, node.value])

    def _with_loops(
        self, loops: Iterable[ast.comprehension], values: Iterable[ast.expr]
    ) -> None:
        inner = self
        for loop in loops:
            if loop.is_async:
                raise self._restless(loop.target, "waits for something")
            inner.iterable(loop.iter)
            inner = Calls(self._judge, inner._scope.also(names_of_target(loop.target)))
            for test in loop.ifs:
                inner.value(test)
        for each in values:
            inner.value(each)

    # Calls.

    def _call(self, node: ast.Call, *, deep: bool = False) -> None:
        if self._reads_environment(node) or self._is_own_place(node):
            return
        for found in self._functions(node):
            self._called(node, found, deep=deep)
        self._arguments(node)

    def _functions(self, node: ast.Call) -> list[Ours | Outside | None]:
        """Return what may be called, without the values of which a method is."""
        function = node.func
        if chain_of(function):
            found = resolve(self._judge.modules, function, self._scope)
            if None not in found:
                return found
        name = function.attr if isinstance(function, ast.Attribute) else ""
        if name not in METHODS or name in self._judge.members:
            raise self._not_known(node, ast.unparse(function))
        assert isinstance(function, ast.Attribute)  # noqa: S101 - it has a name
        self.value(function.value)
        return [] if not chain_of(function) else [one for one in found if one is not None]

    def _called(self, node: ast.expr, found: object, *, deep: bool) -> None:
        if isinstance(found, Ours):
            self._judge.enter(found, deep=deep)
            return
        path = found.path if isinstance(found, Outside) else ast.unparse(node)
        builtin = isinstance(found, Outside) and found.builtin
        if builtin and path in BUILTINS:
            self._builtin(node, path)
        elif path in TIMES:
            self._time(node)
        elif found is None or builtin or not is_still_call(path):
            raise self._not_known(node, path)

    def _builtin(self, node: ast.expr, name: str) -> None:
        if not isinstance(node, ast.Call):
            return
        if name == "type" and len(node.args) != 1:
            raise self._restless(node, "makes a class by type()")
        if name == "hasattr" and not _is_text(node.args[1:2]):
            raise self._restless(node, "calls hasattr() with a name that is computed")

    def _time(self, node: ast.expr) -> None:
        given = node.args if isinstance(node, ast.Call) else []
        given = [*given, *(one.value for one in getattr(node, "keywords", ()))]
        for each in given:
            plain = each.operand if isinstance(each, ast.UnaryOp) else each
            if not isinstance(plain, ast.Constant) or (
                isinstance(plain.value, str) and plain.value.strip().lower() in _NOW
            ):
                raise self._restless(node, "makes a time of what is not written there")

    def _arguments(self, node: ast.Call) -> None:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        for each in node.args:
            self._argument(each, name)
        for keyword in node.keywords:
            if keyword.arg == "key" and name in {"sorted", "min", "max"}:
                self._key(keyword.value)
            elif keyword.arg == "default_factory":
                self._factory(keyword.value)
            else:
                self._argument(keyword.value, name)

    def _argument(self, node: ast.expr, name: str) -> None:
        if name in ORDERLESS and isinstance(node, ast.Set):
            self._inner(node)
        elif name in ORDERLESS and isinstance(node, ast.SetComp):
            self._comprehension(node)
        elif name in BUILTINS and self._is_view(node):
            self.value(node.func.value)  # type: ignore[attr-defined]
        else:
            self.value(node)

    def _key(self, node: ast.expr) -> None:
        if not isinstance(node, ast.Lambda):
            raise self._restless(node, "sorts by a function")
        self._lambda_called(node)

    def _factory(self, node: ast.expr) -> None:
        if isinstance(node, ast.Lambda):
            self._lambda_called(node)
            return
        for found in resolve(self._judge.modules, node, self._scope):
            if isinstance(found, Ours):
                self._judge.enter(found, deep=False)
            elif found is None or not found.builtin or found.path not in _FACTORIES:
                raise self._restless(node, f"has values made by {ast.unparse(node):.60}")

    # What is read of the surroundings.

    def _is_environ(self, node: ast.expr) -> bool:
        if not chain_of(node):
            return False
        found = resolve(self._judge.modules, node, self._scope)
        return found == [Outside(_ENVIRON)]

    def _reads_environment(self, node: ast.Call) -> bool:
        """Return whether a call reads a variable, whose name must be written there."""
        function = node.func
        if isinstance(function, ast.Attribute) and self._is_environ(function.value):
            reads = function.attr == "get"
        else:
            found = resolve(self._judge.modules, function, self._scope)
            reads = found == [Outside("os.getenv")]
        if reads:
            self._variable(node, node.args[:1])
            for each in (*node.args[1:], *(one.value for one in node.keywords)):
                self.value(each)
        return reads

    def _variable(self, node: ast.expr, name: list[ast.expr]) -> None:
        if not _is_text(name) or name[0].value in IGNORED:  # type: ignore[attr-defined]
            raise self._restless(node, "reads a variable whose name is computed")

    def _is_own_place(self, node: ast.Call) -> bool:
        """Return whether a call is `Path(__file__).resolve()`."""
        match node:
            case ast.Call(
                func=ast.Attribute(
                    attr="resolve" | "absolute",
                    value=ast.Call(args=[ast.Name(id="__file__")], keywords=[]) as inner,
                ),
                args=[],
                keywords=[],
            ):
                found = resolve(self._judge.modules, inner.func, self._scope)
                return found == [Outside("pathlib.Path")]
            case _:
                return False

    def _is_view(self, node: ast.expr) -> bool:
        function = node.func if isinstance(node, ast.Call) else None
        if not isinstance(function, ast.Attribute) or function.attr not in VIEWS:
            return False
        found = resolve(self._judge.modules, function, self._scope)
        return all(one is None for one in found)

    def _not_known(self, node: ast.AST, called: str) -> RestlessError:
        why = f"calls {called:.60}(), of which it is not known to be still"
        return self._restless(node, why)

    def _restless(self, node: ast.AST, why: str) -> RestlessError:
        return RestlessError(node, self._scope.module.name, why)


def _is_text(nodes: list[ast.expr]) -> bool:
    return (
        len(nodes) == 1
        and isinstance(nodes[0], ast.Constant)
        and isinstance(nodes[0].value, str)
    )


_EXPRESSIONS: dict[type[ast.expr], str] = {
    ast.Attribute: "_attribute",
    ast.Call: "_call",
    ast.Compare: "_compare",
    ast.DictComp: "_dict_comprehension",
    ast.GeneratorExp: "_comprehension",
    ast.Lambda: "_lambda",
    ast.ListComp: "_comprehension",
    ast.Name: "_name",
    ast.Subscript: "_subscript",
}

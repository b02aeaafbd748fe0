"""The pass over a syntax tree that fills `Names`."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from assets_core.versioning.annotations import unquoted
from assets_core.versioning.scopes import (
    NOTHING,
    Imported,
    Names,
    Scope,
    Statement,
    Step,
    Use,
)

__all__ = ["names_of"]

_AT_NAME = re.compile(r"@([^\W\d]\w*)")
_LOGGER_MAKERS = frozenset({"getLogger", "get_logger", "getChild"})
_NO_NAMES = frozenset({"ctx", "op", "ops", "type_ignores"})


def names_of(tree: ast.Module) -> Names:
    """Return the names that a module uses, with their scopes.

    >>> names = names_of(ast.parse("def f(x): return scale * x"))
    >>> [use.name for use in names.uses]
    ['scale', 'x']
    """
    walk = _Walk()
    for statement in tree.body:
        walk.top_level(statement)
    walk.names.finish()
    return walk.names


class _Begin:
    """Where the uses inside a node begin."""

    def __init__(self, node: ast.AST) -> None:
        self.node = node


class _End(_Begin):
    """Where they end."""


_Waiting = tuple[Any, Scope, bool]
"""A node, the scope that it stands in, and whether that is inside an annotation."""


class _Walk:
    def __init__(self) -> None:
        self.names = Names()
        self.waiting: list[_Waiting] = []
        self.statement: Statement | None = None

    def top_level(self, node: ast.stmt) -> None:
        self.statement = Statement(node, guarded=_is_guard(node, "__name__"))
        self.names.statements.append(self.statement)
        self.then([*self.spanned(node, self.names.module)])
        while self.waiting:
            each, scope, annotation = self.waiting.pop()
            visit = _VISITS.get(type(each))
            if visit is None:
                self.children(each, scope, annotation)
            else:
                visit(self, each, scope, annotation)

    def then(self, items: list[_Waiting]) -> None:
        items.reverse()
        self.waiting += items

    def spanned(self, node: ast.AST, scope: Scope) -> list[_Waiting]:
        if isinstance(node, _DEFINITIONS):  # these mark their span themselves
            return [(node, scope, False)]
        return [
            (_Begin(node), scope, False),
            (node, scope, False),
            (_End(node), scope, False),
        ]

    def begin(self, mark: _Begin, *_: object) -> None:
        here = len(self.names.uses)
        self.names.spans[mark.node] = (here, here)

    def end(self, mark: _End, *_: object) -> None:
        start, _end = self.names.spans[mark.node]
        self.names.spans[mark.node] = (start, len(self.names.uses))

    def children(self, node: ast.AST, scope: Scope, annotation: object) -> None:
        found: list[_Waiting] = []
        for name in node._fields:
            if name in _NO_NAMES:
                continue
            value = getattr(node, name, None)
            if value.__class__ is list:
                found += [
                    (each, scope, bool(annotation))
                    for each in value  # type: ignore[union-attr]
                    if isinstance(each, ast.AST)
                ]
            elif isinstance(value, ast.AST):
                found.append((value, scope, bool(annotation)))
        self.then(found)

    # Names

    def use(self, name: str, scope: Scope, annotation: object, **more: Any) -> None:
        self.names.uses.append(
            Use(scope.mangled(name), scope, annotation=bool(annotation), **more)
        )

    def bind(self, name: str, scope: Scope) -> None:
        name = scope.mangled(name)
        if name in scope.globals or name in scope.nonlocals:
            self.names.uses.append(Use(name, scope, guess=True))
            return
        scope.bound.add(name)
        if scope is self.names.module and self.statement is not None:
            self.statement.binds.add(name)

    def name(self, node: ast.Name, scope: Scope, annotation: object) -> None:
        if type(node.ctx) is ast.Load:
            self.use(node.id, scope, annotation)
        else:
            self.bind(node.id, scope)

    def walrus(self, node: ast.NamedExpr, scope: Scope, _: object) -> None:
        home = scope
        while home.kind == "comprehension" and home.parent is not None:
            home = home.parent
        self.then([(node.value, scope, False), (node.target, home, False)])

    def chain(
        self, node: ast.Attribute | ast.Subscript, scope: Scope, note: object
    ) -> None:
        found = _chain(node) if type(node.ctx) is ast.Load else None
        if found is not None:
            self.use(found[0], scope, note, steps=found[1])
        elif isinstance(node, ast.Subscript):
            named = _global_by_text(node)
            if named:
                self.use(named, self.names.module, note, guard="globals")
            else:
                self.then(
                    [(node.value, scope, bool(note)), (node.slice, scope, bool(note))]
                )
        else:
            self.then([(node.value, scope, bool(note))])

    def call(self, node: ast.Call, scope: Scope, annotation: object) -> None:
        found = _chain(node.func)
        if found is None:
            self.children(node, scope, annotation)
            return
        name, steps = found
        arguments: list[ast.AST] = [*node.args, *node.keywords]
        first = node.args[0] if node.args else None
        value = first.value if isinstance(first, ast.Constant) else NOTHING
        self.use(name, scope, annotation, steps=steps, first=value, called=True)
        last = steps[-1][1] if steps else name
        if last in _LOGGER_MAKERS:
            # The name of a logger is that of its module, which may move.
            arguments = [each for each in arguments if not _is_name(each, "__name__")]
        elif found == ("getattr", ()) and len(node.args) > 1:
            taken = _chain(node.args[0])
            attribute = node.args[1]
            if (
                taken
                and isinstance(attribute, ast.Constant)
                and type(attribute.value) is str
            ):
                steps = (*taken[1], (".", attribute.value))
                self.use(taken[0], scope, annotation, steps=steps, guard="getattr")
                arguments = arguments[2:]
        self.then([(each, scope, bool(annotation)) for each in arguments])

    def constant(self, node: ast.Constant, scope: Scope, annotation: object) -> None:
        if type(node.value) is not str or annotation:
            return
        self.names.texts.append((len(self.names.uses), node.value))
        if "@" in node.value:  # frame.query("total > @limit")
            for name in _AT_NAME.findall(node.value):
                self.use(name, scope, annotation, guess=True)

    # Statements

    def expression(self, node: ast.Expr, scope: Scope, _: object) -> None:
        if not isinstance(node.value, ast.Constant):  # a docstring
            self.then([(node.value, scope, False)])

    def annotated(self, node: ast.AnnAssign, scope: Scope, _: object) -> None:
        found: list[_Waiting] = []
        if scope.kind != "function":
            found.append((unquoted(node.annotation), scope, True))
        elif node.value is None and isinstance(node.target, ast.Name):
            self.bind(node.target.id, scope)
            return
        if node.value is not None:
            found.append((node.value, scope, False))
        self.then([*found, (node.target, scope, False)])

    def global_(self, node: ast.Global, scope: Scope, _: object) -> None:
        if scope.kind != "module":
            scope.globals.update(scope.mangled(name) for name in node.names)

    def nonlocal_(self, node: ast.Nonlocal, scope: Scope, _: object) -> None:
        scope.nonlocals.update(scope.mangled(name) for name in node.names)

    def import_(self, node: ast.Import, scope: Scope, _: object) -> None:
        for alias in node.names:
            whole = alias.asname or alias.name.partition(".")[0]
            module = alias.name if alias.asname else whole
            self.imports(whole, Imported(module, 0, ""), scope)
            self.loads(Imported(alias.name, 0, ""), scope)

    def import_from(self, node: ast.ImportFrom, scope: Scope, _: object) -> None:
        for alias in node.names:
            given = Imported(node.module or "", node.level, alias.name)
            if alias.name == "*":
                self.names.stars.append(given)
            else:
                self.imports(alias.asname or alias.name, given, scope)
            self.loads(given, scope)

    def imports(self, name: str, given: Imported, scope: Scope) -> None:
        scope.imports.setdefault(scope.mangled(name), []).append(given)
        self.bind(name, scope)

    def loads(self, given: Imported, scope: Scope) -> None:
        if scope.runs_at_load:
            self.names.imported.append(given)

    def if_(self, node: ast.If, scope: Scope, annotation: object) -> None:
        if scope.kind == "module" and _is_guard(node, "TYPE_CHECKING"):
            self.then([(each, scope, False) for each in node.orelse])
        else:
            self.children(node, scope, annotation)

    def handler(self, node: ast.ExceptHandler, scope: Scope, annotation: object) -> None:
        if node.name:
            self.bind(node.name, scope)
        self.children(node, scope, annotation)

    def pattern(self, node: Any, scope: Scope, annotation: object) -> None:
        name = node.rest if isinstance(node, ast.MatchMapping) else node.name
        if name:
            self.bind(name, scope)
        self.children(node, scope, annotation)

    # Scopes

    def typed(self, node: Any, scope: Scope) -> tuple[Scope, list[_Waiting]]:
        parameters = getattr(node, "type_params", None)
        if not parameters:
            return scope, []
        types = Scope("types", scope, scope.path)
        types.bound.update(types.mangled(each.name) for each in parameters)
        return types, [(each, types, False) for each in parameters]

    def function(self, node: Any, scope: Scope, _: object) -> None:
        self.bind(node.name, scope)
        types, found = self.typed(node, scope)
        inner = Scope("function", types, f"{scope.path}{node.name}.<locals>.")
        line = min((each.lineno for each in node.decorator_list), default=node.lineno)
        self.names.functions.setdefault((node.name, line), []).append(node)
        for decorator in node.decorator_list:
            found += self.spanned(decorator, scope)
        found += self.arguments(node, types, inner)
        if node.returns is not None:
            found.append((unquoted(node.returns), types, True))
        found += [(each, inner, False) for each in node.body]
        self.inside(node, inner, found)

    def lambda_(self, node: ast.Lambda, scope: Scope, _: object) -> None:
        inner = Scope("function", scope, f"{scope.path}<lambda>.<locals>.")
        self.names.functions.setdefault(("<lambda>", node.lineno), []).append(node)
        found = self.arguments(node, scope, inner)
        self.inside(node, inner, [*found, (node.body, inner, False)])

    def arguments(self, node: Any, scope: Scope, inner: Scope) -> list[_Waiting]:
        given: ast.arguments = node.args
        found: list[_Waiting] = []
        every = [
            *given.posonlyargs,
            *given.args,
            given.vararg,
            *given.kwonlyargs,
            given.kwarg,
        ]
        for each in every:
            if each is not None:
                inner.bound.add(inner.mangled(each.arg))
                if each.annotation is not None:
                    found.append((unquoted(each.annotation), scope, True))
        for default in [*given.defaults, *given.kw_defaults]:
            if default is not None:
                found += self.spanned(default, scope)
        return found

    def class_(self, node: ast.ClassDef, scope: Scope, _: object) -> None:
        self.bind(node.name, scope)
        types, found = self.typed(node, scope)
        inner = Scope("class", types, f"{scope.path}{node.name}.")
        inner.private = node.name.lstrip("_")
        self.names.classes.setdefault(scope.path + node.name, []).append(node)
        for decorator in node.decorator_list:
            found += self.spanned(decorator, scope)
        found += [(each, types, False) for each in [*node.bases, *node.keywords]]
        found += [(each, inner, False) for each in node.body]
        self.inside(node, inner, found)

    def inside(self, node: ast.AST, inner: Scope, found: list[_Waiting]) -> None:
        self.names.inner[node] = inner
        self.then([(_Begin(node), inner, False), *found, (_End(node), inner, False)])

    def comprehension(self, node: Any, scope: Scope, _: object) -> None:
        inner = Scope("comprehension", scope, scope.path)
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        found: list[_Waiting] = [(each, inner, False) for each in results]
        outer = scope
        for each in node.generators:
            found += [(each.target, inner, False), (each.iter, outer, False)]
            found += [(test, inner, False) for test in each.ifs]
            outer = inner  # only the first iterable is worked out outside
        self.then(found)

    def type_alias(self, node: Any, scope: Scope, _: object) -> None:
        self.bind(node.name.id, scope)
        types, found = self.typed(node, scope)
        self.then([*found, (node.value, types, False)])


_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
_VISITS: dict[type, Callable[[_Walk, Any, Scope, bool], None]] = {
    _Begin: _Walk.begin,
    _End: _Walk.end,
    ast.Name: _Walk.name,
    ast.NamedExpr: _Walk.walrus,
    ast.Attribute: _Walk.chain,
    ast.Subscript: _Walk.chain,
    ast.Call: _Walk.call,
    ast.Constant: _Walk.constant,
    ast.Expr: _Walk.expression,
    ast.AnnAssign: _Walk.annotated,
    ast.Global: _Walk.global_,
    ast.Nonlocal: _Walk.nonlocal_,
    ast.Import: _Walk.import_,
    ast.ImportFrom: _Walk.import_from,
    ast.If: _Walk.if_,
    ast.ExceptHandler: _Walk.handler,
    ast.MatchAs: _Walk.pattern,
    ast.MatchStar: _Walk.pattern,
    ast.MatchMapping: _Walk.pattern,
    ast.FunctionDef: _Walk.function,
    ast.AsyncFunctionDef: _Walk.function,
    ast.Lambda: _Walk.lambda_,
    ast.ClassDef: _Walk.class_,
    ast.ListComp: _Walk.comprehension,
    ast.SetComp: _Walk.comprehension,
    ast.DictComp: _Walk.comprehension,
    ast.GeneratorExp: _Walk.comprehension,
}
if hasattr(ast, "TypeAlias"):  # Python 3.12
    _VISITS[ast.TypeAlias] = _Walk.type_alias


def _chain(node: ast.AST) -> tuple[str, tuple[Step, ...]] | None:
    """Return the name and the steps of `name.attribute["key"]`, or None for anything else."""
    steps: list[Step] = []
    while not isinstance(node, ast.Name):
        if isinstance(node, ast.Attribute):
            steps.append((".", node.attr))
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            key = node.slice.value
            if type(key) is not str and type(key) is not int:
                return None
            steps.append(("[", key))
        else:
            return None
        node = node.value
    return node.id, tuple(reversed(steps))


def _global_by_text(node: ast.Subscript) -> str:
    """Return the name in `globals()["name"]`, else nothing."""
    match node:
        case ast.Subscript(
            value=ast.Call(func=ast.Name(id="globals"), args=[], keywords=[]),
            slice=ast.Constant(value=str() as name),
            ctx=ast.Load(),
        ):
            return name
        case _:
            return ""


def _is_name(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _is_guard(node: ast.AST, name: str) -> bool:
    """Return whether a statement is `if name:` or `if name == …:`."""
    if not isinstance(node, ast.If):
        return False
    test = node.test.left if isinstance(node.test, ast.Compare) else node.test
    return _is_name(test, name) or (isinstance(test, ast.Attribute) and test.attr == name)

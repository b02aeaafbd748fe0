"""What each kind of node does to names: the rules of the language."""

from __future__ import annotations

import ast
from typing import Any

from assets_core.versioning.annotations import unquoted
from assets_core.versioning.chains import (
    chain_of,
    global_by_text,
    is_guard,
    is_whole,
    logger_arguments,
)
from assets_core.versioning.dynamic import DOORS
from assets_core.versioning.name_walk import Begin, End, NameWalk, Visit, Waiting
from assets_core.versioning.scope_visits import SCOPE_VISITS
from assets_core.versioning.scopes import Imported, Names, Scope
from assets_core.versioning.text_names import marked_names

__all__ = ["names_of"]


def names_of(tree: ast.Module) -> Names:
    """Return the names that a module uses, with their scopes.

    >>> names = names_of(ast.parse("def f(x): return scale * x"))
    >>> [use.name for use in names.uses]
    ['scale', 'x']
    """
    walk = NameWalk(_VISITS)
    for statement in tree.body:
        walk.top_level(statement)
    walk.names.finish()
    return walk.names


def _begin(walk: NameWalk, mark: Begin, *_: object) -> None:
    here = len(walk.names.uses)
    walk.names.spans[mark.node] = (here, here)


def _end(walk: NameWalk, mark: End, *_: object) -> None:
    start, _end = walk.names.spans[mark.node]
    walk.names.spans[mark.node] = (start, len(walk.names.uses))


def _name(walk: NameWalk, node: ast.Name, scope: Scope, annotation: object) -> None:
    if type(node.ctx) is ast.Load:
        walk.use(node.id, scope, annotation)
    else:
        walk.bind(node.id, scope)


def _walrus(walk: NameWalk, node: ast.NamedExpr, scope: Scope, _: object) -> None:
    home = scope
    while home.kind == "comprehension" and home.parent is not None:
        home = home.parent
    walk.then([(node.value, scope, False), (node.target, home, False)])


def _chain(
    walk: NameWalk, node: ast.Attribute | ast.Subscript, scope: Scope, note: object
) -> None:
    _open_doors(walk, node, scope)
    found = chain_of(node) if type(node.ctx) is ast.Load else None
    if found is not None:
        walk.use(found[0], scope, note, steps=found[1])
    elif name := global_by_text(node):
        walk.use(name, walk.names.module, note, guard="globals")
    elif isinstance(node, ast.Subscript):
        walk.then([(node.value, scope, bool(note)), (node.slice, scope, bool(note))])
    else:
        stored = chain_of(node)
        if stored is not None:  # `config.client = …` is about `config.client`, too
            walk.use(stored[0], scope, note, steps=stored[1], guess=True)
        walk.then([(node.value, scope, bool(note))])


def _open_doors(walk: NameWalk, node: ast.AST, scope: Scope) -> None:
    """Note attributes through which code reaches what it does not name."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        if isinstance(node, ast.Attribute) and node.attr in DOORS:
            name, steps = chain_of(node.value) or ("", ())
            walk.use(name, scope, annotation=False, steps=steps, door=node.attr)
        node = node.value


def _call(walk: NameWalk, node: ast.Call, scope: Scope, annotation: object) -> None:
    found_items: list[Waiting] = []
    found = chain_of(node.func)
    if found is None:
        found_items.append((node.func, scope, bool(annotation)))
        arguments: list[ast.AST] = [*node.args, *node.keywords]
    else:
        name, steps = found
        _open_doors(walk, node.func, scope)
        walk.use(name, scope, annotation, steps=steps, first=_first(node), called=True)
        arguments = logger_arguments(node, steps[-1][1] if steps else name)
        if found == ("getattr", ()) and _get_attribute(walk, node, scope, annotation):
            arguments = arguments[2:]
    for each in arguments:
        item = (each, scope, bool(annotation))
        found_items += walk.spanned(each, scope) if each in walk.marked else [item]
    walk.then(found_items)


def _first(node: ast.Call) -> str | None:
    """Return the first argument of a call, if it is a text."""
    first = node.args[0] if node.args else None
    value = first.value if isinstance(first, ast.Constant) else None
    return value if isinstance(value, str) and is_whole(value) else None


def _get_attribute(walk: NameWalk, node: ast.Call, scope: Scope, note: object) -> bool:
    """Take `getattr(module, "name")` as `module.name`; return whether it is that."""
    match node.args:
        case [taken, ast.Constant(value=str() as attribute), *_]:
            found = chain_of(taken)
            if found is not None:
                steps = (*found[1], (".", attribute))
                walk.use(found[0], scope, note, steps=steps, guard="getattr")
                return True
        case _:
            pass
    return False


def _constant(walk: NameWalk, node: ast.Constant, scope: Scope, annotation: object) -> None:
    if type(node.value) is not str or annotation:
        return
    walk.names.texts.append((len(walk.names.uses), node.value))
    for name in marked_names(node.value):
        walk.use(name, scope, annotation, guess=True)


def _expression(walk: NameWalk, node: ast.Expr, scope: Scope, _: object) -> None:
    if not isinstance(node.value, ast.Constant):  # a docstring
        walk.then([(node.value, scope, False)])


def _annotated(walk: NameWalk, node: ast.AnnAssign, scope: Scope, _: object) -> None:
    found: list[Waiting] = []
    if scope.kind != "function":
        found.append((unquoted(node.annotation), scope, True))
    elif node.value is None and isinstance(node.target, ast.Name):
        walk.bind(node.target.id, scope)
        return
    if node.value is not None:
        found.append((node.value, scope, False))
    walk.then([*found, (node.target, scope, False)])


def _global(_: NameWalk, node: ast.Global, scope: Scope, __: object) -> None:
    if scope.kind != "module":
        scope.globals.update(scope.mangled(name) for name in node.names)


def _nonlocal(_: NameWalk, node: ast.Nonlocal, scope: Scope, __: object) -> None:
    scope.nonlocals.update(scope.mangled(name) for name in node.names)


def _import(walk: NameWalk, node: ast.Import, scope: Scope, _: object) -> None:
    for alias in node.names:
        whole = alias.asname or alias.name.partition(".")[0]
        module = alias.name if alias.asname else whole
        inner = "" if alias.asname or whole == alias.name else alias.name
        walk.imports(whole, Imported(module, 0, "", inner), scope)
        walk.loads(Imported(alias.name, 0, ""), scope)


def _import_from(walk: NameWalk, node: ast.ImportFrom, scope: Scope, _: object) -> None:
    for alias in node.names:
        given = Imported(node.module or "", node.level, alias.name)
        if alias.name == "*":
            walk.names.stars.append(given)
        else:
            walk.imports(alias.asname or alias.name, given, scope)
        walk.loads(given, scope)


def _if(walk: NameWalk, node: ast.If, scope: Scope, annotation: object) -> None:
    if scope.kind == "module" and is_guard(node, "TYPE_CHECKING"):
        walk.then([(each, scope, False) for each in node.orelse])
    else:
        walk.children(node, scope, annotation)


def _named(walk: NameWalk, node: Any, scope: Scope, annotation: object) -> None:
    """Visit `except … as name`, `case name`, `case [*name]`, `case {**name}`."""
    name = node.rest if isinstance(node, ast.MatchMapping) else node.name
    if name:
        walk.bind(name, scope)
    walk.children(node, scope, annotation)


_VISITS: dict[type, Visit] = {
    Begin: _begin,
    End: _end,
    ast.Name: _name,
    ast.NamedExpr: _walrus,
    ast.Attribute: _chain,
    ast.Subscript: _chain,
    ast.Call: _call,
    ast.Constant: _constant,
    ast.Expr: _expression,
    ast.AnnAssign: _annotated,
    ast.Global: _global,
    ast.Nonlocal: _nonlocal,
    ast.Import: _import,
    ast.ImportFrom: _import_from,
    ast.If: _if,
    ast.ExceptHandler: _named,
    ast.MatchAs: _named,
    ast.MatchStar: _named,
    ast.MatchMapping: _named,
    **SCOPE_VISITS,
}

"""Whether the modules of a project are still: loaded twice, they declare the same twice.

What a module computes while it is loaded may depend on the clock, on chance, on anything.
So everything that runs then has to be known: definitions, literals, loops over these,
calls of functions of the project of which the same holds, and names that are listed. All
else is restless. Texts are only read; nothing is run.

That a body is not looked at means that nothing runs it while the module is loaded.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from assets_core.versioning.still_calls import Calls
from assets_core.versioning.still_names import BASES, SPECIAL_METHODS
from assets_core.versioning.still_scopes import (
    Module,
    Ours,
    Outside,
    RestlessError,
    Scope,
    members_of,
    module_of,
    names_of_target,
    resolve,
)

__all__ = ["restless"]


def restless(texts: Mapping[str, str], is_inert: Callable[[str], bool]) -> str:
    r"""Return why modules are not known to be still; empty if they are.

    Args:
        texts: The texts of all modules of the project that are loaded, by name; a
            package's ends with `.__init__`.
        is_inert: Whether what an import path names is a value that is the same in every
            process that loads the same files, such as a class.

    >>> restless({"one": "from datetime import date\nX = date(2024, 1, 1)"}, str.isalpha)
    ''
    >>> restless({"one": "from datetime import date\nX = date.today()"}, str.isalpha)
    "line 2 of 'one' calls datetime.date.today(), of which it is not known to be still"
    """
    try:
        modules = {one.name: one for one in (module_of(*pair) for pair in texts.items())}
    except (SyntaxError, ValueError, RecursionError):
        return "a module cannot be parsed"
    members = frozenset(name for one in modules.values() for name in members_of(one))
    judge = Judge(modules, members, is_inert)
    for module in modules.values():
        try:
            judge.module(module)
        except RestlessError as error:
            line = getattr(error.node, "lineno", 0)
            return f"line {line} of '{error.module}' {error.why}"
        except RecursionError:
            return f"'{module.name}' is nested too deep"
    return ""


_TYPING = Outside("typing.TYPE_CHECKING")


@dataclass(slots=True)
class Judge:
    """Goes through all that runs while modules are loaded.

    Attributes:
        members: What any class of the project has: a call of such a method may be anything.
        entered: Functions and classes that were looked into.
    """

    modules: Mapping[str, Module]
    members: frozenset[str]
    is_inert: Callable[[str], bool]
    entered: set[tuple[int, bool]] = field(default_factory=set)

    def module(self, module: Module) -> None:
        """Raise if something that a module does when it is loaded is restless."""
        if "__getattr__" in module.names:
            raise RestlessError(module.tree, module.name, "gives names when it is asked")
        self.body(module.tree.body, Scope(module))

    def body(self, statements: Iterable[ast.stmt], scope: Scope) -> None:
        """Raise if one of some statements is restless."""
        for statement in statements:
            look = _STATEMENTS.get(type(statement))
            if look is None:
                what = f"has a statement of the kind '{type(statement).__name__.lower()}'"
                raise RestlessError(statement, scope.module.name, what)
            getattr(self, look)(statement, scope)

    def value(self, node: ast.expr | None, scope: Scope) -> None:
        """Raise if an expression is restless."""
        if node is not None:
            Calls(self, scope).value(node)

    def enter(self, found: Ours, *, deep: bool = False) -> None:
        """Raise if calling a function or a class of the project is restless.

        Args:
            deep: Also look into functions inside it: what it returns is called.
        """
        key = (id(found.node), deep)
        if key in self.entered:
            return
        self.entered.add(key)
        if isinstance(found.node, ast.ClassDef):
            self._enter_class(found)
        else:
            self._enter_function(found.node, Scope(found.module), deep=deep)

    def _enter_function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, outer: Scope, *, deep: bool
    ) -> None:
        if isinstance(node, ast.AsyncFunctionDef):
            raise RestlessError(node, outer.module.name, f"calls '{node.name}'")
        scope = outer.within(node.args, node.body, deep=deep)
        self.body(node.body, scope)

    def _enter_class(self, found: Ours) -> None:
        node, scope = found.node, Scope(found.module)
        assert isinstance(node, ast.ClassDef)  # noqa: S101 - the caller has looked
        for each in node.body:
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef):
                self._enter_function(each, scope, deep=False)
            elif any(isinstance(one, ast.Lambda) for one in ast.walk(each)):
                raise RestlessError(
                    each, scope.module.name, "has a member that is a lambda"
                )
        for base in node.bases:
            inner = base.value if isinstance(base, ast.Subscript) else base
            for one in resolve(self.modules, inner, scope):
                if isinstance(one, Ours):
                    self.enter(one)

    # Statements.

    def _nothing(self, node: ast.stmt, scope: Scope) -> None:
        """Look at a statement that runs nothing."""

    def _import_from(self, node: ast.ImportFrom, scope: Scope) -> None:
        if any(one.name == "*" for one in node.names):
            raise RestlessError(node, scope.module.name, "imports '*'")

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope) -> None:
        calls = Calls(self, scope)
        for one in node.decorator_list:
            calls.decorator(one)
        for default in (*node.args.defaults, *node.args.kw_defaults):
            self.value(default, scope)
        arguments = node.args
        every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
        for argument in (*every, arguments.vararg, arguments.kwarg):
            self._annotation(argument.annotation if argument else None, scope)
        self._annotation(node.returns, scope)
        if scope.deep:
            self._enter_function(node, scope, deep=True)

    def _annotation(self, node: ast.expr | None, scope: Scope) -> None:
        if not scope.module.lazy_annotations:
            self.value(node, scope)

    def _class(self, node: ast.ClassDef, scope: Scope) -> None:
        for one in node.decorator_list:
            Calls(self, scope).decorator(one)
        for keyword in node.keywords:
            if keyword.arg == "metaclass" or not isinstance(keyword.value, ast.Constant):
                why = f"makes the class '{node.name}' in a way of its own"
                raise RestlessError(node, scope.module.name, why)
        for base in node.bases:
            self._base(base, scope)
        if any(getattr(each, "name", "") in SPECIAL_METHODS for each in node.body):
            why = f"has the class '{node.name}', which makes classes in a way of its own"
            raise RestlessError(node, scope.module.name, why)
        self.body(node.body, scope.of_class(node.body))
        if any(self._makes_members(base, scope) for base in node.bases):
            self.enter(Ours(node, scope.module))

    def _makes_members(self, base: ast.expr, scope: Scope) -> bool:
        """Return whether the class body alone makes instances, as one of an enum does."""
        found = resolve(self.modules, base, scope)
        return any(not isinstance(one, Outside) or one.path[:5] == "enum." for one in found)

    def _base(self, base: ast.expr, scope: Scope) -> None:
        inner = base
        if isinstance(base, ast.Subscript):
            self.value(base.slice, scope)
            inner = base.value
        for one in resolve(self.modules, inner, scope):
            ours = isinstance(one, Ours) and isinstance(one.node, ast.ClassDef)
            plain = isinstance(one, Outside) and (one.builtin or one.path in BASES)
            if not ours and not plain:
                why = f"makes a class of {ast.unparse(base)}, which is not known"
                raise RestlessError(base, scope.module.name, why)

    def _assign(self, node: ast.Assign, scope: Scope) -> None:
        self.value(node.value, scope)
        for target in node.targets:
            self._target(target, scope)

    def _ann_assign(self, node: ast.AnnAssign, scope: Scope) -> None:
        self._annotation(node.annotation, scope)
        self.value(node.value, scope)
        self._target(node.target, scope)

    def _aug_assign(self, node: ast.AugAssign, scope: Scope) -> None:
        self.value(node.value, scope)
        self._target(node.target, scope)

    def _target(self, node: ast.expr, scope: Scope) -> None:
        if isinstance(node, ast.Tuple | ast.List):
            for each in node.elts:
                self._target(each, scope)
        elif isinstance(node, ast.Starred):
            self._target(node.value, scope)
        elif isinstance(node, ast.Subscript):
            self.value(node.slice, scope)
            if not all(
                one is None for one in resolve(self.modules, node.value, scope)
            ) or not isinstance(node.value, ast.Name):
                raise RestlessError(node, scope.module.name, "changes what is not its own")
        elif not isinstance(node, ast.Name):
            raise RestlessError(node, scope.module.name, "changes an attribute")

    def _expression(self, node: ast.Expr, scope: Scope) -> None:
        self.value(node.value, scope)

    def _return(self, node: ast.Return, scope: Scope) -> None:
        self.value(node.value, scope)

    def _raise(self, node: ast.Raise, scope: Scope) -> None:
        self.value(node.exc, scope)
        self.value(node.cause, scope)

    def _assert(self, node: ast.Assert, scope: Scope) -> None:
        self.value(node.test, scope)
        self.value(node.msg, scope)

    def _if(self, node: ast.If, scope: Scope) -> None:
        is_main = ast.unparse(node.test) == "__name__ == '__main__'"
        is_main &= "__name__" not in scope.names and "__name__" not in scope.module.names
        if not is_main and resolve(self.modules, node.test, scope) != [_TYPING]:
            self.value(node.test, scope)
            self.body(node.body, scope)
        self.body(node.orelse, scope)

    def _for(self, node: ast.For, scope: Scope) -> None:
        Calls(self, scope).iterable(node.iter)
        self._target(node.target, scope)
        names = names_of_target(node.target)
        inner = replace(scope, names=scope.names | names) if scope.inside else scope
        self.body(node.body, inner)
        self.body(node.orelse, inner)

    def _try(self, node: ast.Try, scope: Scope) -> None:
        self.body(node.body, scope)
        for handler in node.handlers:
            self.value(handler.type, scope)
            self.body(handler.body, scope)
        self.body(node.orelse, scope)
        self.body(node.finalbody, scope)


_STATEMENTS: dict[type[ast.stmt], str] = {
    ast.AnnAssign: "_ann_assign",
    ast.Assert: "_assert",
    ast.Assign: "_assign",
    ast.AsyncFunctionDef: "_function",
    ast.AugAssign: "_aug_assign",
    ast.Break: "_nothing",
    ast.ClassDef: "_class",
    ast.Continue: "_nothing",
    ast.Expr: "_expression",
    ast.For: "_for",
    ast.FunctionDef: "_function",
    ast.If: "_if",
    ast.Import: "_nothing",
    ast.ImportFrom: "_import_from",
    ast.Pass: "_nothing",
    ast.Raise: "_raise",
    ast.Return: "_return",
    ast.Try: "_try",
}
"""What runs; a statement of another kind is not known to be still."""

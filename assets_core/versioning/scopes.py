"""Which names a piece of code uses that it does not make itself.

One pass over a module's syntax tree lists every use of a name in the order of the text,
with the attributes and constant keys that follow it (`config.limits["max"]`), and finds
out in which scope the name lives. It follows the rules of the language, not the bytecode,
and so has the same answers on every Python.
"""

from __future__ import annotations

import ast
from typing import NamedTuple

__all__ = ["Imported", "Names", "Scope", "Step", "Use"]

Step = tuple[str, str | int]
""".name is `(".", "name")`, ["key"] is `("[", "key")`."""


class Imported(NamedTuple):
    """What an import statement gives a name.

    Attributes:
        module: As written, without leading dots.
        level: The number of leading dots.
        name: What is taken out of the module; empty where it is the module itself.
        inner: What is loaded with it: `import a.b` gives `a`, and loads `a.b`.
    """

    module: str
    level: int
    name: str
    inner: str = ""


class Scope:
    """A stretch of code with names of its own."""

    __slots__ = (
        "bound", "depth", "globals", "imports", "kind", "nonlocals", "parent", "path",
        "private",
    )  # fmt: skip

    def __init__(self, kind: str, parent: Scope | None, path: str = "") -> None:
        self.kind = kind  # module, function, class, comprehension, types
        self.parent = parent
        self.path = path  # what comes before the name of a function inside, `Table.`
        self.depth: int = 0 if parent is None else parent.depth + 1
        self.private: str = "" if parent is None else parent.private
        self.bound: set[str] = set()
        self.globals: set[str] = set()
        self.nonlocals: set[str] = set()
        self.imports: dict[str, list[Imported]] = {}

    def mangled(self, name: str) -> str:
        """Return the name that `__name` has inside a class."""
        if self.private and name.startswith("__") and not name.endswith("__"):
            return f"_{self.private}{name}"
        return name

    def find(self, name: str) -> Scope:
        """Return the scope that has the name; the module's where no other has."""
        scope: Scope = self
        direct = True  # the names of a class are seen by its own statements only
        while scope.parent is not None:
            if name in scope.globals:
                break
            seen = direct or scope.kind != "class"
            if name in scope.bound and seen:
                return scope
            direct = direct and scope.kind == "types"
            scope = scope.parent
        while scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def runs_at_load(self) -> bool:
        """Return whether the code here runs while the module is loaded."""
        scope: Scope | None = self
        while scope is not None:
            if scope.kind == "function":
                return False
            scope = scope.parent
        return True


class Use(NamedTuple):
    """A name that is read, and what of it.

    Attributes:
        annotation: It stands in an annotation, where it may not exist.
        guess: It was read out of a text, and may mean nothing.
        guard: `steps` hold only while this name is the builtin one.
        first: The first argument, where the name is called with a text.
        called: The name, with its steps, is called.
        door: What is used is this attribute, of what the name and its steps stand for, or
            of something else where there is no name.
    """

    name: str
    scope: Scope
    steps: tuple[Step, ...] = ()
    annotation: bool = False
    guess: bool = False
    guard: str = ""
    first: str | None = None
    called: bool = False
    door: str = ""


class Names:
    """All uses of names in one syntax tree, in the order of the text."""

    def __init__(self) -> None:
        self.module = Scope("module", None)
        self.uses: list[Use] = []
        self.targets: list[Scope] = []
        self.texts: list[tuple[int, str]] = []  # constants, with the number of uses before
        self.spans: dict[ast.AST, tuple[int, int]] = {}
        self.inner: dict[ast.AST, Scope] = {}
        self.functions: dict[tuple[str, int], list[ast.AST]] = {}
        self.classes: dict[str, list[ast.ClassDef]] = {}
        self.binds: dict[ast.stmt, set[str]] = {}  # of each statement of the module
        self.stars: list[Imported] = []
        self.imported: list[Imported] = []  # while the module loads

    def finish(self) -> None:
        """Find the scope of every use, once all scopes are known."""
        self.targets = [use.scope.find(use.name) for use in self.uses]

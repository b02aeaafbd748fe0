"""Which names code uses, compared with what Python's own compiler says of real code."""

from __future__ import annotations

import ast
import importlib.util
import symtable
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets_core.versioning.parsing import read_text

# Large, old and written in many styles.
MODULES = (
    "_pydecimal", "argparse", "ast", "asyncio.base_events", "configparser",
    "dataclasses", "datetime", "difflib", "doctest", "email.message", "enum", "functools",
    "http.client", "inspect", "logging", "optparse", "pickle", "pickletools",
    "smtplib", "statistics", "subprocess", "tarfile", "threading", "typing",
    "unittest.mock", "urllib.request", "xml.dom.minidom", "zipfile",
)  # fmt: skip

ANONYMOUS = {"lambda", "genexpr", "listcomp", "setcomp", "dictcomp"}
Found = tuple[str, frozenset[str]]


class WithoutAnnotations(ast.NodeTransformer):
    """Takes annotations out of a tree: Pythons differ in the scope that these have."""

    def visit_arg(self, node: ast.arg) -> ast.arg:
        """Take the annotation of a parameter."""
        node.annotation = None
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        """Take the annotation of what is returned."""
        node.returns = None
        return self.generic_visit(node)

    visit_AsyncFunctionDef = visit_FunctionDef  # type: ignore[assignment]  # noqa: N815

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        """Turn an annotated assignment into a plain one."""
        value = node.value or ast.Constant(None)
        return self.generic_visit(ast.Assign([node.target], value, lineno=node.lineno))


def by_compiler(table: symtable.SymbolTable) -> Iterator[Found]:
    """Yield every function with the global names that it and what is in it use."""
    for child in table.get_children():
        if child.get_type() == "function" and child.get_name() not in ANONYMOUS:
            yield child.get_name(), frozenset(globals_in(child))
        yield from by_compiler(child)


def globals_in(table: symtable.SymbolTable) -> Iterator[str]:
    """Yield the names that are looked up in the module."""
    for symbol in table.get_symbols():
        if symbol.is_global() and (symbol.is_referenced() or symbol.is_declared_global()):
            yield symbol.get_name()
    for child in table.get_children():
        yield from globals_in(child)


def by_us(text: str) -> Iterator[Found]:
    """Yield the same, as it is read out of the text."""
    reading = read_text(text)
    for (name, _), pieces in reading.functions.items():
        for piece in pieces if name != "<lambda>" else ():
            used = {
                use.name
                for use, target in reading.free(piece, [*piece.decorators, *piece.defaults])
                if target is reading.module
                and not use.door
                and (not use.guess or use.name in use.scope.globals)
            }
            yield name, frozenset(used)


@pytest.mark.parametrize("name", MODULES)
def test_the_global_names_of_real_code_are_those_that_python_finds(name: str) -> None:
    """A name that is missed is a change that is missed."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        pytest.skip(f"this Python has no module '{name}'")
    tree = ast.parse(Path(spec.origin).read_text("utf-8"))
    text = ast.unparse(ast.fix_missing_locations(WithoutAnnotations().visit(tree)))

    ours = Counter(by_us(text))
    theirs = Counter(by_compiler(symtable.symtable(text, name, "exec")))

    assert (theirs - ours, ours - theirs) == (Counter(), Counter())
    assert theirs.total() > 10

"""Which code object came from which piece of source."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

from assets_core.model.versions import digest
from assets_core.versioning.loaded_source import Unit
from assets_core.versioning.normal_form import normal_form
from assets_core.versioning.parsing import read_text
from tests.unit.versioning.test_scopes import MODULES

NOT_FUNCTIONS = {"<module>", "<genexpr>", "<listcomp>", "<setcomp>", "<dictcomp>"}


def codes(code: CodeType) -> Iterator[CodeType]:
    """Yield a code object and all inside it."""
    yield code
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from codes(constant)


def is_function(code: CodeType) -> bool:
    """Return whether a code object is that of a function or a lambda."""
    optimized = 1  # a class has no fast local names
    return bool(code.co_flags & optimized) and code.co_name not in NOT_FUNCTIONS


@pytest.mark.parametrize("name", MODULES)
def test_every_function_of_real_code_is_found_in_its_source(name: str) -> None:
    """A function that is not found is computed each time."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        pytest.skip(f"this Python has no module '{name}'")
    text = Path(spec.origin).read_text("utf-8")
    loaded = [
        each
        for each in codes(compile(text, "x", "exec", dont_inherit=True))
        if is_function(each)
    ]
    unit = Unit(text, "x")

    found = [unit.piece_of(each) for each in loaded]

    assert [piece and piece.name for piece in found] == [code.co_name for code in loaded]
    assert len(set(map(id, found))) == len(loaded)


@pytest.mark.parametrize(
    "text",
    [
        "fs = [lambda: 1, lambda: 2, lambda: 1]",
        "fs = [lambda: lambda: 1, lambda: lambda: 2]",
        "fs = [lambda x=lambda: 1: x, (lambda: 3)]",
        "fs = [f for n in (1, 2) for f in (lambda: n, lambda: -n)]",
        "f = (lambda: 1) if True else (lambda: 2)",
        "def f(a=lambda: 1, b=lambda: 2): return lambda: 3",
        "class A: f, g = lambda self: 1, lambda self: 2",
        "@(lambda f: f)\ndef f(): return lambda: 1, lambda: 2",
    ],
)
def test_functions_on_one_line_are_told_apart(text: str) -> None:
    """Each code object belongs to the lambda whose body it computes."""
    unit = Unit(text, "x")
    loaded = [
        each
        for each in codes(compile(text, "x", "exec", dont_inherit=True))
        if is_function(each)
    ]

    forms = {
        digest("form", normal_form(node, bare=True)): node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Lambda | ast.FunctionDef)
    }
    for code in loaded:
        piece = unit.piece_of(code)
        assert piece is not None
        node = forms[piece.own]
        assert piece.name == code.co_name
        if isinstance(node, ast.Lambda) and isinstance(node.body, ast.Constant):
            assert node.body.value in code.co_consts


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def f(): return 1", "def f(): return 2"),
        ("def f(): return 1", "def f(): return 1.0"),
        ("def f(): return x", "def f(): return y"),
        ("def f(x): return x", "def f(y): return y"),
        ("def f(): return 1", "\ndef f(): return 1"),
        ("def f(): return lambda: 1", "def f(): return lambda: 2"),
        ("def f(): return 1", "def g(): return 1"),
        ("def f(): return 1", "def f(:"),
        ("def f(): return {1, 2}", "def f(): return [1, 2]"),
        ("def f(): return x in {1, 2}", "def f(): return x in {1, 3}"),
    ],
)
def test_another_source_is_not_taken_for_that_of_the_code(before: str, after: str) -> None:
    """What is on disk may be newer than what runs."""
    loaded = next(
        each
        for each in codes(compile(before, "x", "exec", dont_inherit=True))
        if is_function(each)
    )

    assert Unit(before, "x").piece_of(loaded) is not None
    assert Unit(after, "x").piece_of(loaded) is None


def test_what_python_cannot_write_as_a_decimal_number_is_compared_all_the_same() -> None:
    """Python limits how long decimal numbers can be, and not how large numbers can be."""
    text = f"def f(): return 0x{'f' * 4000}\ndef g(): return 1"
    loaded = [
        each
        for each in codes(compile(text, "x", "exec", dont_inherit=True))
        if is_function(each)
    ]
    other = Unit(text.replace("0xf", "0xe"), "x")

    assert [Unit(text, "x").piece_of(each) is not None for each in loaded] == [True] * 2
    assert [other.piece_of(each) is not None for each in loaded] == [False, True]


def test_without_columns_lambdas_on_a_line_are_never_mixed_up() -> None:
    """Python can be told to leave columns out: then like lambdas are one piece of code."""
    program = (
        "from assets_core.versioning.loaded_source import Unit\n"
        "text = 'A = [lambda: 1, lambda: 1, lambda: 2]'\n"
        "names = {}\n"
        "exec(compile(text, 'x', 'exec'), names)\n"
        "unit = Unit(text, 'x')\n"
        "found = [unit.piece_of(each.__code__) for each in names['A']]\n"
        "print(found[2] is None or found[2].own != found[0].own)"
    )
    done = subprocess.run(
        [sys.executable, "-X", "no_debug_ranges", "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )

    assert done.stdout == "True\n"


def test_the_options_of_a_decorator_that_a_call_gives_have_names_inside() -> None:
    """`@make()(schema=…)` is as good as `@asset(schema=…)`."""
    reading = read_text("@make()(schema=f(LIMIT))\ndef g(): pass")
    ((option, piece),) = reading.functions["g", 1][0].decorators[0].options

    assert option == "schema"
    assert [use.name for use, _ in reading.free(piece)] == ["f", "LIMIT"]

"""Edits of the text alone: the same code written in another way, or not quite the same."""

from __future__ import annotations

from tests.unit.versioning.edits import Edit, fresh, stale

PLAIN = """
    def make(x, y=2):
        total = x + y
        if total > 3:
            return total
        return {"total": total, "parts": (x, y)}
"""

TEXT: list[Edit] = [
    fresh("a comment", PLAIN, ("total = x + y", "total = x + y  # both")),
    fresh(
        "a comment line above the function", PLAIN, ("def make", "# makes\n    def make")
    ),
    fresh("an empty line", PLAIN, ("        if total", "\n        if total")),
    fresh("parentheses without meaning", PLAIN, ("x + y", "(x + y)")),
    fresh("another kind of quotes", PLAIN, ('"total":', "'total':")),
    fresh(
        "a trailing comma in a call's layout",
        PLAIN,
        ("(x, y)}", "(\n            x,\n            y,\n        )}"),
    ),
    fresh(
        "a docstring", PLAIN, ("        total =", '        """Makes."""\n        total =')
    ),
    fresh(
        "a text that stands alone",
        PLAIN,
        ("        if total", '        "why"\n        if total'),
    ),
    fresh(
        "pass beside other statements",
        PLAIN,
        ("        if total", "        pass\n        if total"),
    ),
    fresh("an annotation of a local name", PLAIN, ("total = x", "total: int = x")),
    fresh(
        "a declaration of a local name",
        PLAIN,
        ("        total =", "        total: int\n        total ="),
    ),
    fresh(
        "indentation by other widths",
        PLAIN,
        after="def make(x, y=2):\n  total = x + y\n  if total > 3:\n    return total\n  return {'total': total, 'parts': (x, y)}\n",
    ),
    fresh("a text cut in two", "def make(): return 'abcdef'", ("'abcdef'", "'abc' 'def'")),
    fresh(
        "a number with underscores", "def make(): return 1000000", ("1000000", "1_000_000")
    ),
    fresh("a number in base 16", "def make(): return 255", ("255", "0xff")),
    fresh("an f-string without fields", "def make(): return 'abc'", ("'abc'", "f'abc'")),
    fresh(
        "an f-string cut in two",
        "def make(x): return f'a{x}bc'",
        ("f'a{x}bc'", "f'a{x}' 'b' f'c'"),
    ),
    fresh("an empty format", "def make(x): return f'{x}'", ("{x}", "{x:}")),
    fresh("a raw text", r"def make(): return '\\d'", (r"'\\d'", r"r'\d'")),
    fresh(
        "the quotes of an annotation",
        "def make(x: 'int') -> 'list[int]': return [x]",
        ("'int'", "int"),
        ("'list[int]'", "list['int']"),
    ),
    fresh(
        "annotations that are texts everywhere",
        "def make(x: int) -> int: return x",
        ("def", "from __future__ import annotations\ndef"),
    ),
    fresh(
        "else that does nothing",
        "def make(x):\n    if x:\n        return 1\n    return 2",
        ("    return 2", "    else:\n        pass\n    return 2"),
    ),
    fresh(
        "the order of functions",
        "def a(): return 1\ndef b(): return 2\ndef make(): return a() + b()",
        after="def b(): return 2\ndef make(): return a() + b()\ndef a(): return 1\n",
    ),
    fresh(
        "another function of the module",
        PLAIN,
        ("def make", "def other(): return 1\n\n    def make"),
    ),
    fresh(
        "code for the script alone",
        PLAIN,
        ("def make", "import sys\n    def make"),
        (
            "(x, y)}",
            "(x, y)}\n\n    if __name__ == '__main__':\n        print(make(1), sys.argv)",
        ),
    ),
    stale("a number", PLAIN, ("> 3", "> 4"), because="function assets.make changed"),
    stale(
        "a number of another type",
        PLAIN,
        ("> 3", "> 3.0"),
        because="function assets.make changed",
    ),
    stale(
        "a number turned into a truth value",
        "def make(): return 1",
        ("1", "True"),
        because="function assets.make changed",
    ),
    stale(
        "the sign of zero",
        "def make(): return 0.0",
        ("0.0", "-0.0"),
        because="function assets.make changed",
    ),
    stale("an operator", PLAIN, ("x + y", "x - y"), because="function assets.make changed"),
    stale(
        "the order of operands",
        PLAIN,
        ("x + y", "y + x"),
        because="function assets.make changed",
    ),
    stale(
        "a branch that goes",
        PLAIN,
        ("> 3:\n            return total", "> 3:\n            pass"),
        because="function assets.make changed",
    ),
    stale(
        "the name of a key",
        PLAIN,
        ('"total":', '"sum":'),
        because="function assets.make changed",
    ),
    stale(
        "the order of keys",
        "def make(): return {'a': 1, 'b': 2}",
        ("'a': 1, 'b': 2", "'b': 2, 'a': 1"),
        because="function assets.make changed",
    ),
    stale(
        "a tuple turned into a list",
        PLAIN,
        ("(x, y)}", "[x, y]}"),
        because="function assets.make changed",
    ),
    stale(
        "a text's case",
        "def make(): return 'a'",
        ("'a'", "'A'"),
        because="function assets.make changed",
    ),
    stale(
        "a text turned into bytes",
        "def make(): return 'a'",
        ("'a'", "b'a'"),
        because="function assets.make changed",
    ),
    stale(
        "spaces inside a text",
        "def make(): return 'a b'",
        ("a b", "a  b"),
        because="function assets.make changed",
    ),
    stale(
        "a field of an f-string",
        "def make(x): return f'{x}'",
        ("{x}", "{x!r}"),
        because="function assets.make changed",
    ),
    stale(
        "the format of a field",
        "def make(x): return f'{x:>3}'",
        (">3", ">4"),
        because="function assets.make changed",
    ),
    stale(
        "a parameter's default",
        PLAIN,
        ("y=2", "y=3"),
        because="constant assets.make.y: 2 → 3",
    ),
    stale(
        "a parameter's kind",
        PLAIN,
        ("x, y=2", "x, *, y=2"),
        because="function assets.make changed",
    ),
    stale(
        "a parameter's annotation",
        "def make(x: int): return x",
        ("int", "float"),
        because="function assets.make changed",
    ),
    stale(
        "the annotation of what is returned",
        "def make(x) -> int: return x",
        ("int", "float"),
        because="function assets.make changed",
    ),
    stale(
        "a choice that an annotation quotes",
        "from typing import Literal\ndef make(x: Literal['a b']): return x",
        ("'a b'", "'a  b'"),
        because="function assets.make changed",
    ),
    stale(
        "data that an annotation carries",
        "from typing import Annotated\ndef make(x: Annotated[int, 'a-b']): return x",
        ("'a-b'", "'a - b'"),
        because="function assets.make changed",
    ),
    stale(
        "yield in place of return",
        "def make(): return 1",
        ("return", "yield"),
        because="function assets.make changed",
    ),
    stale(
        "a function turned asynchronous",
        "def make(): return 1",
        ("def", "async def"),
        because="function assets.make changed",
    ),
    stale(
        "the name of a local function, which pandas may show",
        "def make():\n    def mean(x): return x\n    return mean",
        after="def make():\n    def average(x): return x\n    return average\n",
        because="function assets.make changed",
    ),
    stale(
        "a docstring that is read",
        "def make():\n    '''One.'''\n    return make.__doc__",
        ("One", "Two"),
        because="constant assets.make.__doc__: 'One.' → 'Two.'",
    ),
]

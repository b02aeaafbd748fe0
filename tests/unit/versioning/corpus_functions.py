"""Edits of functions: defaults, closures, decorators, dispatch."""

from __future__ import annotations

from tests.unit.versioning.edits import Edit, fresh, stale

RETRY = """
    from functools import wraps

    def retry(times):
        def decorate(function):
            @wraps(function)
            def again(*args):
                for _ in range(times):
                    result = function(*args)
                return result
            return again
        return decorate

    @retry(3)
    def clean(x):
        return x

    def make(x):
        return clean(x)
"""
FACTORY = """
    def factory(limit, unused=None):
        def inner(x):
            return x > limit
        return inner

    make = factory(3)
"""
DISPATCH = """
    from functools import singledispatch

    @singledispatch
    def show(x):
        return "?"

    @show.register
    def _(x: int):
        return "int"

    @show.register(str)
    def _(x):
        return "str"

    def make(x):
        return show(x)
"""

FUNCTIONS: list[Edit] = [
    stale(
        "the argument of a decorator",
        RETRY,
        ("@retry(3)", "@retry(4)"),
        because="helper assets.clean changed",
    ),
    stale(
        "the code of a decorator",
        RETRY,
        ("result = function(*args)", "result = function(*args) or 1"),
        because="helper assets.retry changed",
    ),
    stale(
        "a decorated function",
        RETRY,
        ("        return x\n\n    def make", "        return -x\n\n    def make"),
        because="helper assets.clean changed",
    ),
    stale(
        "a decorator that comes",
        "def twice(f): return lambda x: f(f(x))\ndef clean(x): return x + 1\ndef make(x): return clean(x)",
        ("def clean", "@twice\ndef clean"),
        because="helper assets.twice added",
    ),
    stale(
        "a decorated function behind functools.cache",
        "from functools import cache\n@cache\ndef clean(x): return x\ndef make(x): return clean(x)",
        ("return x\ndef", "return -x\ndef"),
        because="helper assets.clean changed",
    ),
    stale(
        "a cached function with another size",
        "from functools import lru_cache\n@lru_cache(maxsize=3)\ndef clean(x): return x\ndef make(x): return clean(x)",
        ("maxsize=3", "maxsize=4"),
        because="helper assets.clean changed",
    ),
    stale(
        "a context manager",
        "from contextlib import contextmanager\n@contextmanager\ndef opened(x): yield x\ndef make(x):\n    with opened(x) as y: return y",
        ("yield x", "yield -x"),
        because="helper assets.opened changed",
    ),
    fresh(
        "a decorator of the framework",
        "from assets_core.declaring.decorators import asset\n@asset\ndef table(): return 1\nmake = table.function",
        ("@asset", "@asset(group='raw', description='x')"),
    ),
    stale(
        "the function of an asset",
        "from assets_core.declaring.decorators import asset\n@asset\ndef table(): return 1\nmake = table.function",
        ("return 1", "return 2"),
        because="function assets.table changed",
    ),
    stale(
        "another asset that is called as a function",
        "from assets_core.declaring.decorators import asset\n@asset(group='a')\ndef table(): return 1\ndef make(): return table()",
        ("return 1", "return 2"),
        because="helper assets.table changed",
    ),
    fresh(
        "the options of an asset that is called as a function",
        "from assets_core.declaring.decorators import asset\n@asset(group='a')\ndef table(): return 1\ndef make(): return table()",
        ("group='a'", "group='b'"),
    ),
    stale(
        "what a closure holds",
        FACTORY,
        ("factory(3)", "factory(4)"),
        because="constant assets.factory.inner.limit: 3 → 4",
    ),
    fresh(
        "an argument that a closure does not hold",
        FACTORY,
        ("factory(3)", "factory(3, unused=4)"),
    ),
    stale(
        "the code of a closure",
        FACTORY,
        ("x > limit", "x >= limit"),
        because="function assets.factory.inner changed",
    ),
    fresh(
        "the code around a closure",
        FACTORY,
        ("        def inner", "        unused = 1\n        def inner"),
    ),
    stale(
        "a function in a closure",
        "def factory(f):\n    def inner(x): return f(x)\n    return inner\ndef one(x): return x\nmake = factory(one)",
        ("return x\nmake", "return -x\nmake"),
        because="helper assets.one changed",
    ),
    stale(
        "a module in a closure",
        "import helpers\ndef factory(m):\n    def inner(): return m.N\n    return inner\nmake = factory(helpers)\n# helpers.py\nN = 1",
        ("N = 1", "N = 2"),
        because="constant helpers.N: 1 → 2",
    ),
    stale(
        "a local import that a closure holds",
        "def factory():\n    import helpers\n    def inner(): return helpers.N\n    return inner\nmake = factory()\n# helpers.py\nN = 1",
        ("N = 1", "N = 2"),
        because="constant helpers.N: 1 → 2",
    ),
    stale(
        "a lambda",
        "make = lambda x: x + 1",
        ("x + 1", "x + 2"),
        because="function assets.<lambda> changed",
    ),
    stale(
        "the first of two lambdas on a line",
        "fs = (lambda x: x + 1, lambda x: x + 5)\nmake = fs[0]",
        ("x + 1", "x + 2"),
        because="function assets.<lambda> changed",
    ),
    fresh(
        "the other of two lambdas on a line",
        "fs = (lambda x: x + 1, lambda x: x + 5)\nmake = fs[0]",
        ("x + 5", "x + 6"),
    ),
    fresh(
        "a lambda inside another on the same line",
        "fs = (lambda: lambda x: x + 1, lambda x: x + 5)\nmake = fs[1]",
        ("x + 1", "x + 2"),
    ),
    stale(
        "a lambda in a table of functions",
        "TABLE = {'a': lambda x: x + 1, 'b': lambda x: x}\ndef make(x, k): return TABLE[k](x)",
        ("x + 1", "x + 2"),
        because="helper assets.<lambda> changed",
    ),
    fresh(
        "another function in a table that is asked by a constant",
        "TABLE = {'a': lambda x: x + 1, 'b': lambda x: x}\ndef make(x): return TABLE['a'](x)",
        ("'b': lambda x: x", "'b': lambda x: -x"),
    ),
    stale(
        "a partial's argument",
        "from functools import partial\ndef add(x, y): return x + y\nmake = partial(add, y=2)",
        ("y=2", "y=3"),
        because="function partial changed",
    ),
    stale(
        "the function inside a partial",
        "from functools import partial\ndef add(x, y): return x + y\nplus = partial(add, y=2)\ndef make(x): return plus(x)",
        ("x + y", "x - y"),
        because="helper assets.add changed",
    ),
    stale(
        "a default that is a constant of the module",
        "N = 2\ndef make(x=N): return x",
        ("N = 2", "N = 3"),
        because="constant assets.make.x: 2 → 3",
    ),
    fresh(
        "a default written in another way", "N = 2\ndef make(x=N): return x", ("x=N", "x=2")
    ),
    stale(
        "a default of a keyword",
        "def make(*, a=1, b=2): return a",
        ("b=2", "b=3"),
        because="constant assets.make.b: 2 → 3",
    ),
    stale(
        "a default that is a function",
        "def f(): return 1\ndef make(g=f): return g()",
        ("return 1", "return 2"),
        because="helper assets.f changed",
    ),
    stale(
        "a default that is a client",
        "import random\ndef make(r=random.Random(1)): return r",
        ("Random(1)", "Random(2)"),
        because="object assets.make (defaults) changed",
    ),
    stale(
        "an attribute of a function",
        "def make(): return make.limit\nmake.limit = 3",
        ("limit = 3", "limit = 4"),
        because="constant assets.make.limit: 3 → 4",
    ),
    stale(
        "a function that was replaced",
        "import helpers\nhelpers.f = lambda: 2\ndef make(): return helpers.f()\n# helpers.py\ndef f(): return 1",
        ("lambda: 2", "lambda: 3"),
        because="helper assets.<lambda> changed",
    ),
    stale(
        "one of two definitions, chosen while loading",
        "FAST = True\nif FAST:\n    def f(): return 1\nelse:\n    def f(): return 2\ndef make(): return f()",
        ("FAST = True", "FAST = False"),
        because="helper assets.f changed",
    ),
    fresh(
        "the other of two definitions",
        "FAST = True\nif FAST:\n    def f(): return 1\nelse:\n    def f(): return 2\ndef make(): return f()",
        ("return 2", "return 3"),
    ),
    stale(
        "the function for a type that was registered by annotation",
        DISPATCH,
        ('"int"', '"whole"'),
        because="helper assets._ changed",
    ),
    stale(
        "the function for a type that was registered by name",
        DISPATCH,
        ('"str"', '"text"'),
        because="helper assets._ (2) changed",
    ),
    stale(
        "the type that a function is registered for",
        DISPATCH,
        ("register(str)", "register(bytes)"),
        because="helper assets._ (2) changed",
    ),
    stale(
        "the function for any other type",
        DISPATCH,
        ('"?"', '"!"'),
        because="helper assets.show changed",
    ),
    stale(
        "a generator",
        "def rows(n):\n    for i in range(n): yield i\ndef make(): return list(rows(3))",
        ("yield i", "yield i + 1"),
        because="helper assets.rows changed",
    ),
    stale(
        "an operator that picks",
        "from operator import itemgetter\nfirst = itemgetter(0)\ndef make(x): return first(x)",
        ("itemgetter(0)", "itemgetter(1)"),
        because="constant assets.first changed",
    ),
    stale(
        "a method of a text",
        "JOIN = ', '.join\ndef make(x): return JOIN(x)",
        ("', '", "'; '"),
        because="constant assets.JOIN changed",
    ),
    stale(
        "a function of a package in a table",
        "import math\nTABLE = {'f': math.sin}\ndef make(x, k): return TABLE[k](x)",
        ("math.sin", "math.cos"),
        because="constant assets.TABLE changed",
    ),
    stale(
        "a helper behind a chain of a thousand",
        "".join(f"def f{i}(): return f{i + 1}()\n" for i in range(1000))
        + "def f1000(): return 1\nmake = f0",
        ("return 1\n", "return 2\n"),
        because="helper assets.f1000 changed",
    ),
]

"""Edits of what a name stands for: helpers, constants, imports, modules."""

from __future__ import annotations

from tests.unit.versioning.edits import Edit, fresh, stale

HELPER = """
    from helpers import scale

    def make(x):
        return scale(x)
    # helpers.py
    from limits import FACTOR

    UNUSED = 1

    def scale(x):
        return x * FACTOR

    def unused(x):
        return x
    # limits.py
    FACTOR = 3
    OTHER = 4
"""
MODULE = """
    import helpers

    def make(x):
        return helpers.scale(x)
    # helpers.py
    FACTOR = 3
    OTHER = 4

    def scale(x):
        return x * FACTOR

    def other(x):
        return x - OTHER
"""
CONFIG = """
    CONFIG = {"limit": 3, "unused": 4, "deep": {"max": 5, "min": 6}}

    def make(x):
        return x > CONFIG["limit"]
"""

NAMES: list[Edit] = [
    stale(
        "a helper in another module",
        HELPER,
        ("x * FACTOR", "x / FACTOR"),
        because="helper helpers.scale changed",
    ),
    stale(
        "a constant two modules away",
        HELPER,
        ("FACTOR = 3", "FACTOR = 4"),
        because="constant limits.FACTOR: 3 → 4",
    ),
    stale(
        "the type of a constant",
        HELPER,
        ("FACTOR = 3", "FACTOR = 3.0"),
        because="constant limits.FACTOR: 3 → 3.0",
    ),
    stale(
        "a secret is not shown",
        "API_TOKEN = 'a'\ndef make(): return API_TOKEN",
        ("'a'", "'b'"),
        because="constant assets.API_TOKEN changed",
    ),
    fresh("how a constant is worked out", HELPER, ("FACTOR = 3", "FACTOR = 1 + 2")),
    fresh("a constant that nobody uses", HELPER, ("UNUSED = 1", "UNUSED = 2")),
    fresh("another constant of an imported module", HELPER, ("OTHER = 4", "OTHER = 5")),
    fresh(
        "a helper that nobody uses",
        HELPER,
        ("        return x\n    # limits", "        return -x\n    # limits"),
    ),
    fresh(
        "a helper that moved to another module",
        HELPER,
        after="""
    from moved import scale
    def make(x):
        return scale(x)
    # moved.py
    FACTOR = 3
    def scale(x):
        return x * FACTOR
    """,
    ),
    stale(
        "another helper under the same name",
        "from helpers import one as f\ndef make(): return f()\n# helpers.py\ndef one(): return 1\ndef two(): return 2",
        ("import one", "import two"),
        because="helper helpers.one removed",
    ),
    stale(
        "two helpers that swap names",
        "from helpers import one as f, two as g\ndef make(): return f() - g()\n# helpers.py\ndef one(): return 1\ndef two(): return 2",
        ("one as f, two as g", "two as f, one as g"),
        because="function assets.make changed",
    ),
    stale(
        "a helper reached through its module",
        MODULE,
        ("x * FACTOR", "x / FACTOR"),
        because="helper helpers.scale changed",
    ),
    stale(
        "a constant behind a helper reached through its module",
        MODULE,
        ("FACTOR = 3", "FACTOR = 5"),
        because="constant helpers.FACTOR: 3 → 5",
    ),
    fresh(
        "another name of a module",
        MODULE,
        ("x - OTHER", "x + OTHER"),
        ("OTHER = 4", "OTHER = 5"),
    ),
    stale(
        "a module that is handed on whole",
        MODULE,
        ("helpers.scale(x)", "[helpers, x]"),
        because="function assets.make changed",
    ),
    stale(
        "any name of a module that is used whole",
        "import helpers\ndef make(name): return getattr(helpers, name)()\n# helpers.py\nN = 1\ndef f(): return N",
        ("N = 1", "N = 2"),
        because="constant helpers.N: 1 → 2",
    ),
    fresh(
        "another name of a module whose names are asked for by a constant text",
        "import helpers\ndef make(): return getattr(helpers, 'f')()\n# helpers.py\ndef f(): return 1\ndef g(): return 1",
        ("def g(): return 1", "def g(): return 2"),
    ),
    stale(
        "what a constant text names in a module",
        "import helpers\ndef make(): return getattr(helpers, 'f')()\n# helpers.py\ndef f(): return 1",
        ("return 1", "return 2"),
        because="helper helpers.f changed",
    ),
    stale(
        "an import inside the function",
        "def make(x):\n    from helpers import scale\n    return scale(x)\n# helpers.py\ndef scale(x): return x",
        ("def scale(x): return x", "def scale(x): return -x"),
        because="helper helpers.scale changed",
    ),
    stale(
        "a module imported inside the function",
        "def make(x):\n    import helpers as h\n    return h.scale(x)\n# helpers.py\ndef scale(x): return x",
        ("def scale(x): return x", "def scale(x): return -x"),
        because="helper helpers.scale changed",
    ),
    fresh(
        "an import inside the function that moved",
        "def make(x):\n    from helpers import scale\n    return scale(x)\n# helpers.py\ndef scale(x): return x",
        ("from helpers", "from moved"),
        ("# helpers.py", "# moved.py"),
    ),
    stale(
        "a module inside a package",
        "from pack.inner import scale\ndef make(x): return scale(x)\n# pack/__init__.py\n\n# pack/inner.py\ndef scale(x): return x",
        ("def scale(x): return x", "def scale(x): return -x"),
        because="helper pack.inner.scale changed",
    ),
    stale(
        "a relative import",
        "from pack import scale\ndef make(x): return scale(x)\n# pack/__init__.py\nfrom .inner import scale\n# pack/inner.py\ndef scale(x): return x",
        ("def scale(x): return x", "def scale(x): return -x"),
        because="helper pack.inner.scale changed",
    ),
    stale(
        "a relative import inside a function",
        "from pack import scale\ndef make(x): return scale(x)\n# pack/__init__.py\ndef scale(x):\n    from .inner import n\n    return n\n# pack/inner.py\nn = 1",
        ("n = 1", "n = 2"),
        because="constant pack.inner.n: 1 → 2",
    ),
    stale(
        "a name from a star import",
        "from helpers import *\ndef make(x): return scale(x)\n# helpers.py\ndef scale(x): return x",
        ("def scale(x): return x", "def scale(x): return -x"),
        because="helper helpers.scale changed",
    ),
    stale(
        "a module named by its path",
        "import pack.inner\ndef make(x): return pack.inner.scale(x)\n# pack/__init__.py\n\n# pack/inner.py\ndef scale(x): return x\nother = 1",
        ("def scale(x): return x", "def scale(x): return -x"),
        because="helper pack.inner.scale changed",
    ),
    fresh(
        "another name of a module named by its path",
        "import pack.inner\ndef make(x): return pack.inner.scale(x)\n# pack/__init__.py\n\n# pack/inner.py\ndef scale(x): return x\nother = 1",
        ("other = 1", "other = 2"),
    ),
    stale(
        "a module loaded by a constant name",
        "import importlib\ndef make(x): return importlib.import_module('helpers').scale(x)\n# helpers.py\ndef scale(x): return x",
        ("def scale(x): return x", "def scale(x): return -x"),
        because="helper helpers.scale changed",
    ),
    stale(
        "another function of a package",
        "from math import sin as f\ndef make(x): return f(x)",
        ("import sin", "import cos"),
        because="function assets.make changed",
    ),
    stale(
        "another module of a package",
        "import json as m\ndef make(x): return m.dumps(x)",
        ("import json as m", "import pickle as m"),
        because="function assets.make changed",
    ),
    fresh(
        "an import that nobody uses",
        "def make(x): return x",
        ("def make", "import json\ndef make"),
    ),
    stale(
        "a builtin that is covered by an own function",
        "def make(x): return len(x)",
        ("def make", "def len(x): return 1\ndef make"),
        because="helper assets.len added",
    ),
    stale(
        "a key of a dictionary",
        CONFIG,
        ('"limit": 3', '"limit": 4'),
        because="constant assets.CONFIG['limit']: 3 → 4",
    ),
    fresh("another key of a dictionary", CONFIG, ('"unused": 4', '"unused": 5')),
    stale(
        "any key of a dictionary that is used whole",
        CONFIG.replace('["limit"]', "[x]"),
        ('"unused": 4', '"unused": 5'),
        because="constant assets.CONFIG changed",
    ),
    stale(
        "a key of a dictionary inside a dictionary",
        CONFIG.replace('["limit"]', '["deep"]["max"]'),
        ('"max": 5', '"max": 7'),
        because="constant assets.CONFIG['deep']['max']: 5 → 7",
    ),
    fresh(
        "another key of a dictionary inside a dictionary",
        CONFIG.replace('["limit"]', '["deep"]["max"]'),
        ('"min": 6', '"min": 7'),
    ),
    stale(
        "the order of a dictionary",
        CONFIG.replace('["limit"]', ".items()"),
        ('"limit": 3, "unused": 4', '"unused": 4, "limit": 3'),
        because="constant assets.CONFIG changed",
    ),
    fresh(
        "the order of a set",
        "UNITS = {'a', 'b', 'c'}\ndef make(): return UNITS",
        ("{'a', 'b', 'c'}", "{'c', 'b', 'a'}"),
    ),
    stale(
        "a table that a query names",
        "import pandas as pd\nLOOKUP = pd.DataFrame({'a': [1]})\ndef make():\n    import duckdb\n    return duckdb.sql('select * from LOOKUP')",
        ("[1]", "[2]"),
        because="constant assets.LOOKUP changed",
        needs="pandas",
    ),
    stale(
        "a constant that a filter names",
        "LIMIT = 3\ndef make(x): return x.query('total > @LIMIT')",
        ("LIMIT = 3", "LIMIT = 4"),
        because="constant assets.LIMIT: 3 → 4",
    ),
    stale(
        "a global name that a function changes",
        "COUNT = 0\ndef make():\n    global COUNT\n    COUNT += 1\n    return COUNT",
        ("COUNT = 0", "COUNT = 5"),
        because="constant assets.COUNT: 0 → 5",
    ),
    stale(
        "a private name of a class's module",
        "__scale = 2\n_Table__scale = 3\nclass Table:\n    def f(self): return __scale\ndef make(): return Table().f()",
        ("_Table__scale = 3", "_Table__scale = 4"),
        because="constant assets._Table__scale: 3 → 4",
    ),
    fresh(
        "a name that only annotations use while types are checked",
        "from __future__ import annotations\nfrom typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from helpers import Frame\ndef make(x: Frame): return x\n# helpers.py\nFrame = int",
        ("Frame = int", "Frame = float"),
    ),
    stale(
        "a name inside a comprehension",
        "N = 1\ndef make(xs): return [x + N for x in xs]",
        ("N = 1", "N = 2"),
        because="constant assets.N: 1 → 2",
    ),
    fresh(
        "a global name hidden by a local one",
        "x = 1\ndef make(xs): return [x for x in xs]",
        ("x = 1", "x = 2"),
    ),
    stale(
        "the first iterable of a comprehension",
        "x = [1]\ndef make(): return [x for x in x]",
        ("x = [1]", "x = [2]"),
        because="constant assets.x: [1] → [2]",
    ),
    stale(
        "a function that calls itself through another",
        "def make(n): return n and back(n - 1)\ndef back(n): return make(n)",
        ("return make(n)", "return make(n) + 1"),
        because="helper assets.back changed",
    ),
]

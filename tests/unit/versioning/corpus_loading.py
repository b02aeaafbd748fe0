"""Edits of what modules do while they are loaded."""

from __future__ import annotations

from tests.unit.versioning.edits import Edit, fresh, stale

SEED = """
    import random
    import settings

    random.seed(1)
    print("loaded")

    def make():
        return random.random()
    # settings.py
    import decimal
    import logging

    logging.basicConfig(level="INFO")
    decimal.getcontext().prec = 28
"""

LOADING: list[Edit] = [
    stale(
        "a seed set while loading",
        SEED,
        ("seed(1)", "seed(2)"),
        because="module assets.(on load) changed",
    ),
    stale(
        "a setting made by an imported module",
        SEED,
        ("prec = 28", "prec = 29"),
        because="module settings.(on load) changed",
    ),
    fresh("how the log is written", SEED, ('level="INFO"', 'level="DEBUG"')),
    fresh("what is printed", SEED, ('"loaded"', '"ready"')),
    stale(
        "a setting made by a function",
        "import decimal\ndef setup(n): decimal.getcontext().prec = n\nsetup(28)\ndef make(): return decimal.Decimal(1) / 3",
        ("setup(28)", "setup(27)"),
        because="module assets.(on load) changed",
    ),
    stale(
        "the function that makes a setting",
        "import decimal\ndef setup(): decimal.getcontext().prec = 28\nsetup()\ndef make(): return decimal.Decimal(1) / 3",
        ("= 28", "= 27"),
        because="helper assets.setup changed",
    ),
    stale(
        "an accessor of frames",
        "import accessors\ndef make(df): return df.geo.n\n# accessors.py\nimport pandas as pd\n@pd.api.extensions.register_dataframe_accessor('geo')\nclass Geo:\n    def __init__(self, df): self.df = df\n    @property\n    def n(self): return 1",
        ("return 1", "return 2"),
        because="module accessors.(on load) changed",
        needs="pandas",
    ),
    stale(
        "a method put into a class of a package",
        "import string\ndef shout(self): return 1\nstring.Template.shout = shout\ndef make(t): return t.shout()",
        ("return 1", "return 2"),
        because="helper assets.shout changed",
    ),
    fresh(
        "the call that runs the project",
        "from assets_core.declaring.decorators import asset\nimport assets_core\n@asset\ndef table(): return 1\nmake = table.function\nif __name__ == '__main__':\n    assets_core.materialize([table])",
        ("[table]", "[table, table]"),
    ),
    fresh(
        "a module that is imported for nothing",
        "def make(): return 1\n# helpers.py\nX = 1",
        ("def make", "import helpers\ndef make"),
    ),
    fresh(
        "names that nobody uses",
        "def make(): return 1",
        ("def make", "VALUES = sorted([3, 1])\ndef make"),
    ),
    stale(
        "a table filled in a loop",
        "TABLE = {}\nfor i in range(3):\n    TABLE[i] = i\ndef make(k): return TABLE[k]",
        ("range(3)", "range(4)"),
        because="constant assets.TABLE: {0: 0, 1: 1, 2: 2} → {0: 0, 1: 1, 2: 2, 3: 3}",
    ),
    stale(
        "functions registered by a decorator of the project",
        "TABLE = {}\ndef register(f):\n    TABLE[f.__name__] = f\n    return f\n@register\ndef one(): return 1\ndef make(k): return TABLE[k]()",
        ("return 1", "return 2"),
        because="helper assets.one changed",
    ),
    stale(
        "a registered function that comes",
        "TABLE = {}\ndef register(f):\n    TABLE[f.__name__] = f\n    return f\n@register\ndef one(): return 1\ndef make(k): return TABLE[k]()",
        ("def make", "@register\ndef two(): return 2\ndef make"),
        because="helper assets.two added",
    ),
    stale(
        "a value read from a file while loading",
        "from pathlib import Path\nLIMIT = len(Path(__file__).with_name('helpers.py').read_text())\ndef make(): return LIMIT\n# helpers.py\nX = 1",
        ("X = 1", "X = 100"),
        because="constant assets.LIMIT: 5 → 7",
    ),
    stale(
        "what a module answers to unknown names",
        "import helpers\ndef make(): return helpers.missing\n# helpers.py\ndef __getattr__(name): return 1",
        ("return 1", "return 2"),
        because="helper helpers.__getattr__ changed",
    ),
    stale(
        "a module's own text, where it is handed on",
        "import helpers\ndef make(): return dir(helpers)\n# helpers.py\nX = 1",
        ("X = 1", "X = 1\nY = 2"),
        because="constant helpers.Y added",
    ),
]

"""What runs while modules are loaded is taken for still only where that is known."""

from __future__ import annotations

import pytest

from assets_core.versioning.stillness import restless

STILL = {
    "an asset": (
        "import pandas as pd\nfrom assets_core import asset\n"
        "@asset(group='a')\ndef one() -> pd.DataFrame:\n    return now()\n"
    ),
    "a value": "A, B = {'x': [1, 2.5, None]}, 3 * 4 if 1 in (1, 2) else -5\n",
    "a loop": "A = {}\nfor k, v in {'a': 1}.items():\n    A[k] = [n for n in range(v)]\n",
    "an ordered set": "A = sorted({'b', 'a'}) if 'x' in {'x'} else len({1})\n",
    "a date": "from datetime import date, timedelta\nA = date(2024, 1, 1) + timedelta(1)\n",
    "a literal time": "import pandas as pd\nA = pd.Timestamp('2024-01-01')\n",
    "a variable": "import os\nA = os.environ['A'] + os.getenv('B', '')\n",
    "its own place": (
        "from pathlib import Path\nA = Path(__file__).resolve().parent / 'data'\n"
    ),
    "a function of the project": (
        "def f(x):\n    y = [x]\n    if x:\n        y.append(2)\n    return y\nA = f(1)\n"
    ),
    "a decorator": (
        "from functools import wraps\ndef d(f):\n    @wraps(f)\n    def inner(*a):\n"
        "        return f(*a)\n    return inner\n@d\ndef g(): pass\n"
    ),
    "a dataclass": (
        "from dataclasses import dataclass, field\n@dataclass\nclass A:\n    x: int = 1\n"
        "    y: list = field(default_factory=list)\n\nB = A(2).x\n"
    ),
    "an enum": "from enum import Enum\nclass A(Enum):\n    B = 1\nC = A.B\n",
    "a try": "try:\n    import there\nexcept ImportError:\n    there = None\n",
    "types alone": (
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import x\nA = 1\n"
    ),
    "a program": "if __name__ == '__main__':\n    import time\n    time.time()\n",
}
RESTLESS = {
    "the clock": "from datetime import datetime\nA = datetime.now()\n",
    "the day": "from datetime import date\nA = date.today()\n",
    "seconds": "import time as t\nA = t.time()\n",
    "an alias": "import time\nf = time.time\nA = f()\n",
    "a method of a container": "import time\nA = {'f': time.time}['f']()\n",
    "a text that means now": "import pandas as pd\nA = pd.Timestamp('now')\n",
    "a text from elsewhere": "import pandas as pd\nN = 'now'\nA = pd.Timestamp(N)\n",
    "chance": "import random\nA = random.random()\n",
    "chance in a function": (
        "import random\ndef f():\n    return random.random()\nA = f()\n"
    ),
    "chance in a class": (
        "import random\nclass A:\n    def __init__(self): random.random()\nB = A()\n"
    ),
    "chance in a member": (
        "import random\nclass A:\n    get = staticmethod(random.random)\nB = A().get()\n"
    ),
    "chance in an enum": (
        "import random\nfrom enum import Enum\nclass A(Enum):\n    B = 1\n"
        "    def __init__(self, x): random.random()\n"
    ),
    "chance in a default": "import random\ndef f(x=random.random()): pass\n",
    "chance in a decorator": (
        "import time\ndef d(n):\n    def inner(f): return time.time()\n    return inner\n"
        "@d(1)\ndef f(): pass\n"
    ),
    "chance in a key": "import time\nA = sorted([2, 1], key=lambda x: time.time())\n",
    "chance in an annotation": "import random\nA: random.choice([int, str]) = 1\n",
    "chance in a factory": (
        "import time\nfrom dataclasses import dataclass, field\n@dataclass\nclass A:\n"
        "    x: float = field(default_factory=time.time)\nB = A()\n"
    ),
    "an import that is computed": "A = __import__('time').time()\n",
    "code that is computed": "exec('import time')\n",
    "the order of a set": "A = [x for x in {'a', 'b'}]\n",
    "the order of views": "A = {'a': 1}.keys() - {'b': 1}.keys()\n",
    "an address": "A = id(object())\n",
    "the command line": "import sys\nA = sys.argv\n",
    "the command line by a module": "import sys\ndef f(m): return m.argv\nA = f(sys)\n",
    "the command line by a name": "import sys\nA = getattr(sys, 'argv')\n",
    "all variables": "import os\nA = dict(os.environ)\n",
    "a variable of the terminal": "import os\nA = os.environ['SHLVL']\n",
    "a variable that is computed": "import os\nB = 'A'\nA = os.environ[B]\n",
    "a file": "A = open('x').read()\n",
    "whether a file is there": "from pathlib import Path\nA = Path('x').exists()\n",
    "a program": "import subprocess\nA = subprocess.run(['date'])\n",
    "a builtin's name": "import time\ndef range(x): return time.time()\nA = range(3)\n",
    "a patch": "import assets_core\nassets_core.asset = 1\n",
    "a patch by an item": "import sys\nsys.modules['x'] = 1\n",
    "a patch by a call": "import time\nsetattr(time, 'time', 1)\n",
    "a star": "from os.path import *\n",
    "a metaclass": "class M(type): pass\nclass A(metaclass=M): pass\n",
    "an unknown base": "from elsewhere import Base\nclass A(Base): pass\n",
    "names when they are asked for": "def __getattr__(name): return 1\n",
    "a while": "while True:\n    break\n",
    "a with": "with open('x') as f:\n    pass\n",
}


def inert(path: str) -> bool:
    """Return what is true of the few names that are used here."""
    return path in {"pandas.DataFrame", "enum.Enum"} or path.startswith("m.")


@pytest.mark.parametrize("text", STILL.values(), ids=STILL)
def test_what_is_the_same_each_time_is_still(text: str) -> None:
    """A project that nobody can remember is loaded each time, for nothing."""
    assert restless({"m": text}, inert) == ""


@pytest.mark.parametrize("text", RESTLESS.values(), ids=RESTLESS)
def test_what_may_be_another_each_time_is_restless(text: str) -> None:
    """An answer about such a module would be one about yesterday's."""
    assert restless({"m": text}, inert) != ""


def test_what_another_module_of_the_project_does_counts() -> None:
    """The clock may be read two modules away."""
    texts = {
        "m": "from inner.part import f\nA = f()\n",
        "inner.__init__": "",
        "inner.part": "from .deep import g as f\n",
        "inner.deep": "import time\ndef g(): return time.time()\n",
    }
    assert "line 2 of 'inner.deep' calls time.time()" in restless(texts, inert)


def test_a_function_that_calls_itself_is_looked_at_once() -> None:
    """A search without an end would hang each command."""
    assert restless({"m": "def f(x): return f(x - 1) if x else 0\nA = f(3)\n"}, inert) == ""


def test_a_text_that_cannot_be_parsed_is_restless() -> None:
    """What nobody can read, nobody can vouch for."""
    assert restless({"m": "def"}, inert) == "a module cannot be parsed"

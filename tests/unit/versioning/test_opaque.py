"""Code whose version cannot be known: it always runs, and the reason can be read."""

from __future__ import annotations

import importlib.util
import linecache
import os
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from types import FunctionType

import pytest

from assets_core.versioning.code_version import CodeVersions
from tests.unit.versioning.edits import loaded, version, version_of, write

OPAQUE = {
    "exec": (
        "def make(): exec('x = 1')",
        "'make' uses exec(), which can run anything",
    ),
    "eval": (
        "def make(): return eval('1')",
        "'make' uses eval(), which can run anything",
    ),
    "eval under another name": (
        "run = eval\ndef make(): return run('1')",
        "'make' uses eval(), which can run anything",
    ),
    "eval of the module of builtins": (
        "import builtins\ndef make(): return builtins.eval('1')",
        "'make' uses eval(), which can run anything",
    ),
    "eval in a helper": (
        "def helper(): return eval('1')\ndef make(): return helper()",
        "'helper' uses eval(), which can run anything",
    ),
    "eval in a method": (
        "class A:\n    def f(self): return eval('1')\ndef make(): return A().f()",
        "'A.f' uses eval(), which can run anything",
    ),
    "eval in a local function": (
        "def make():\n    def inner(): return eval('1')\n    return inner()",
        "'make' uses eval(), which can run anything",
    ),
    "compile": (
        "def make(): return compile('1', 'x', 'eval')",
        "'make' uses compile(), which can run anything",
    ),
    "globals": (
        "def make(name): return globals()[name]",
        "'make' uses globals(), through which any name can be reached",
    ),
    "the builtins as a mapping": (
        "def make(name): return __builtins__[name]",
        "'make' uses the builtins as a whole, which can run anything",
    ),
    "an import by a name that is worked out": (
        "import importlib\ndef make(name): return importlib.import_module(name)",
        "'make' uses import_module() with a name known only when it runs",
    ),
    "an import by a relative name": (
        "from importlib import import_module\ndef make(): return import_module('.x', 'y')",
        "'make' uses import_module() with a name known only when it runs",
    ),
    "__import__": (
        "def make(): return __import__('json')",
        "'make' uses __import__(), which can load anything",
    ),
    "all loaded modules": (
        "import sys\ndef make(name): return sys.modules[name]",
        "'make' uses sys.modules, through which any module can be reached",
    ),
    "the frames of the program": (
        "import inspect\ndef make(): return inspect.currentframe()",
        "'make' uses currentframe(), through which any name can be reached",
    ),
    "the names of another function": (
        "def make(f): return f.__globals__['x']",
        "'make' uses '.__globals__', through which anything can be reached",
    ),
    "subclasses of a class that is not known": (
        "def make(x): return type(x).__subclasses__()",
        "'make' looks for subclasses of a class known only when it runs",
    ),
    "a name that does not exist": (
        "def make(): return LIMIT",
        "'make' uses the name 'LIMIT', which does not exist",
    ),
    "a module that cannot be loaded": (
        "def make():\n    import broken\n    return broken\n# broken.py\nraise ValueError('no')",
        "'make' imports 'broken', which cannot be loaded: no",
    ),
    "a function that was made from a text": (
        "names = {}\nexec('def f(): return 1', names)\nmake = names['f']",
        "function 'f' has no source that can be read",
    ),
    "an object that was put there from outside": (
        "import urllib.request\nglobals()['client'] = urllib.request.Request('http://a')\n"
        "def make(): return client",
        "a 'urllib.request.Request' was made out of sight",
    ),
}


@pytest.mark.parametrize(("code", "why"), OPAQUE.values(), ids=OPAQUE.keys())
def test_what_cannot_be_followed_is_told(code: str, why: str, tmp_path: Path) -> None:
    """A constant in place of a version would never be stale again."""
    assert version(tmp_path, code).opaque == (why,)


CLEAR = {
    "a module of a package that is not installed": (
        "def make():\n    try:\n        import not_there\n    except ImportError:\n        return 1"
    ),
    "a module of a package that is not loaded yet": (
        "def make():\n    import xml.dom.pulldom as p\n    return p.parse"
    ),
    "constant names of everything": (
        "import sys, importlib, helpers\nN = 1\ndef make():\n"
        "    globals()['N'], sys.modules['helpers'].f, getattr(helpers, 'f', None)\n"
        "    return importlib.import_module('helpers').f\n"
        "# helpers.py\ndef f(): return 1"
    ),
    "names of the function itself": "def make(): return vars(), locals(), dir()",
    "a name that only some Pythons have": (
        "def make(x):\n    match x:\n        case [a, *b]: return a, b\n"
        "        case {'k': c, **d}: return c, d\n        case str() as e: return e"
    ),
    "names bound in every way": (
        "import contextlib\ndef make(xs, *args, **more):\n"
        "    global TOTAL\n    TOTAL = 0\n"
        "    for i, (j, *k) in xs: pass\n"
        "    with contextlib.suppress() as s, contextlib.suppress() as (t, u): pass\n"
        "    try: pass\n    except ValueError as error: print(error)\n"
        "    if (n := len(args)) > 1: del n\n"
        "    def inner():\n        nonlocal i\n        i = 2\n        return i\n"
        "    class Local:\n        z = 1\n        w = [y for y in range(z)]\n"
        "    lambda q, *r, p=1, **v: (q, r, p, v)\n"
        "    return [a for a in xs if (b := a)], b, i, j, k, s, t, u, inner, Local, more"
    ),
    "values deep inside each other": (
        "DEEP = []\nfor _ in range(2000):\n    DEEP = [DEEP]\ndef make(): return DEEP"
    ),
    "a class with everything": (
        "import abc, enum, dataclasses, functools, typing\n"
        "T = typing.TypeVar('T')\n"
        "class A(abc.ABC, typing.Generic[T]):\n"
        "    __slots__ = ('x', '__y')\n    kinds: typing.ClassVar[list] = []\n"
        "    def __init__(self): self.x, self.__y = 1, 2\n"
        "    @property\n    def y(self): return self.__y\n"
        "    @y.setter\n    def y(self, value): self.__y = value\n"
        "    @functools.singledispatchmethod\n    def f(self, x): return x\n"
        "    @f.register\n    def _(self, x: int): return -x\n"
        "    half = functools.partialmethod(f, 2)\n"
        "    @classmethod\n    @functools.cache\n    def g(cls): return cls\n"
        "    def __eq__(self, other): return super().__eq__(other)\n"
        "@dataclasses.dataclass(order=True, slots=True)\nclass D:\n"
        "    a: int\n    b: list = dataclasses.field(default_factory=list)\n"
        "    c: dataclasses.InitVar[int] = 0\n"
        "class F(enum.Flag):\n    R = enum.auto()\n    W = enum.auto()\n    RW = R | W\n"
        "a, d = A(), D(1)\n"
        "def make(): return a, d, A(), D(2), F.RW, F.R"
    ),
    "objects of every kind": (
        "import collections, concurrent.futures, contextvars, datetime, functools, io\n"
        "import itertools, logging, re, string, threading, types, typing, urllib.request, weakref\n"
        "log = logging.getLogger(__name__)\nlock = threading.RLock()\nevent = threading.Event()\n"
        "local = threading.local()\npool = concurrent.futures.ThreadPoolExecutor(2)\n"
        "count = itertools.count()\nbuffer = io.StringIO('x')\nempty = object()\n"
        "var = contextvars.ContextVar('v', default=1)\nweak = weakref.WeakKeyDictionary()\n"
        "table = collections.defaultdict(list, a=[1])\nqueue = collections.deque([1], maxlen=3)\n"
        "counter = collections.Counter('aab')\nview = types.MappingProxyType({'a': 1})\n"
        "word = typing.NewType('word', str)\nzone = datetime.timezone.utc\n"
        "opener = urllib.request.build_opener()\nkinds = typing.Union[int, None], list[int]\n"
        "once = functools.lru_cache(maxsize=None)(lambda x: x)\nprint_all = functools.partial(print)\n"
        "def make():\n    return (log, lock, event, local, pool, count, buffer, empty, var, weak,\n"
        "            table, queue, counter, view, word, zone, opener, kinds, once, print_all)"
    ),
}


@pytest.mark.parametrize("code", CLEAR.values(), ids=CLEAR.keys())
def test_ordinary_code_is_never_opaque(code: str, tmp_path: Path) -> None:
    """What is opaque runs each time: that must be rare."""
    assert version(tmp_path, code).opaque == ()

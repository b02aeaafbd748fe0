"""Edits of classes and their instances."""

from __future__ import annotations

from tests.unit.versioning.edits import Edit, fresh, stale

CLEANER = """
    from base import Base

    class Cleaner(Base):
        limit = 3
        def __init__(self, factor):
            self.factor = factor
        def run(self, x):
            return self.helper(x) * self.factor
        @property
        def name(self):
            return "cleaner"
        @staticmethod
        def plain(x):
            return x
        @classmethod
        def default(cls):
            return cls(2)

    def make(x):
        return Cleaner(2).run(x)
    # base.py
    class Base:
        def helper(self, x):
            return x + 1
"""
INSTANCE = """
    class Cleaner:
        def __init__(self, factor):
            self.factor = factor
        def run(self, x):
            return x * self.factor

    cleaner = Cleaner(2)

    def make(x):
        return cleaner.run(x)
"""
DATACLASS = """
    from dataclasses import dataclass, field

    @dataclass(frozen=True)
    class Config:
        limit: int = 3
        names: list = field(default_factory=list)

    CONFIG = Config(limit=5)

    def make(x):
        return CONFIG.limit, CONFIG
"""
SETTINGS = """
    class Settings:
        limit = 3
        other = 4
        @staticmethod
        def f(x):
            return x

    def make(x):
        return x > Settings.limit
"""
COLOR = """
    import enum

    class Color(enum.Enum):
        RED = 1
        BLUE = 2
        def label(self):
            return self.name

    def make():
        return Color.RED
"""

CLASSES: list[Edit] = [
    stale(
        "a method",
        CLEANER,
        ("* self.factor", "/ self.factor"),
        because="helper assets.Cleaner.run changed",
    ),
    stale(
        "a method of a base class in another module",
        CLEANER,
        ("x + 1", "x + 2"),
        because="helper base.Base.helper changed",
    ),
    stale(
        "an attribute of a class",
        CLEANER,
        ("limit = 3", "limit = 4"),
        because="class assets.Cleaner changed",
    ),
    stale(
        "a property",
        CLEANER,
        ('"cleaner"', '"broom"'),
        because="helper assets.Cleaner.name changed",
    ),
    stale(
        "a static method",
        CLEANER,
        (
            "            return x\n        @classmethod",
            "            return -x\n        @classmethod",
        ),
        because="helper assets.Cleaner.plain changed",
    ),
    stale(
        "a class method",
        CLEANER,
        ("cls(2)", "cls(3)"),
        because="helper assets.Cleaner.default changed",
    ),
    stale(
        "a base class that goes",
        CLEANER,
        ("Cleaner(Base)", "Cleaner"),
        because="class assets.Cleaner changed",
    ),
    stale(
        "a method turned into a static method",
        "class A:\n    def f(x): return x\ndef make(): return A.f, A",
        ("    def f", "    @staticmethod\n    def f"),
        because="class assets.A changed",
    ),
    fresh(
        "a docstring of a class",
        CLEANER,
        ("        limit = 3", '        """Cleans."""\n        limit = 3'),
    ),
    fresh(
        "a base class that moved",
        CLEANER,
        ("from base", "from moved"),
        ("# base.py", "# moved.py"),
    ),
    stale(
        "the order of methods, which a class may look at",
        "class A:\n    def f(self): return 1\n    def g(self): return 2\ndef make(): return A().f()",
        after="class A:\n    def g(self): return 2\n    def f(self): return 1\ndef make(): return A().f()\n",
        because="class assets.A changed",
    ),
    stale(
        "a method that was put in from outside",
        "class A:\n    def f(self): return 1\ndef g(self): return 2\nA.f = g\ndef make(): return A().f()",
        ("return 2", "return 3"),
        because="helper assets.g changed",
    ),
    stale(
        "an attribute that was set from outside",
        "class A: pass\nA.limit = 3\ndef make(): return A()",
        ("limit = 3", "limit = 4"),
        because="class assets.A changed",
    ),
    stale(
        "the state of an instance",
        INSTANCE,
        ("Cleaner(2)", "Cleaner(3)"),
        because="constant assets.cleaner changed",
    ),
    stale(
        "a method of an instance's class",
        INSTANCE,
        ("x * self.factor", "x / self.factor"),
        because="helper assets.Cleaner.run changed",
    ),
    stale(
        "a bound method",
        INSTANCE.replace(
            "def make(x):\n        return cleaner.run(x)", "make = cleaner.run"
        ),
        ("Cleaner(2)", "Cleaner(3)"),
        because="function run changed",
    ),
    stale(
        "an instance that can be called",
        INSTANCE.replace("def run", "def __call__").replace("cleaner.run(x)", "cleaner(x)"),
        ("x * self", "x + self"),
        because="helper assets.Cleaner.__call__ changed",
    ),
    stale(
        "an attribute kept in a slot",
        "class A:\n    __slots__ = ('n',)\n    def __init__(self, n): self.n = n\na = A(1)\ndef make(): return [a]",
        ("A(1)", "A(2)"),
        because="constant assets.a changed",
    ),
    stale(
        "a field's value",
        DATACLASS,
        ("limit=5", "limit=6"),
        because="constant assets.CONFIG.limit: 5 → 6",
    ),
    stale(
        "a field's default",
        DATACLASS,
        ("limit: int = 3", "limit: int = 4"),
        because="class assets.Config changed",
    ),
    stale(
        "a field's factory",
        DATACLASS,
        ("default_factory=list", "default_factory=dict"),
        because="class assets.Config changed",
    ),
    stale(
        "a field's annotation",
        DATACLASS,
        ("limit: int", "limit: float"),
        because="class assets.Config changed",
    ),
    stale(
        "an option of a dataclass",
        DATACLASS,
        ("frozen=True", "frozen=False"),
        because="class assets.Config changed",
    ),
    stale(
        "the attribute that is read of a class",
        SETTINGS,
        ("limit = 3", "limit = 4"),
        because="constant assets.Settings.limit: 3 → 4",
    ),
    fresh("an attribute that is not read of a class", SETTINGS, ("other = 4", "other = 5")),
    fresh(
        "another attribute of an instance of which one is read",
        "from types import SimpleNamespace\nS = SimpleNamespace(a=1, b=2)\ndef make(): return S.a",
        ("b=2", "b=3"),
    ),
    stale(
        "a static method reached through its class",
        SETTINGS.replace("x > Settings.limit", "Settings.f(x)"),
        ("            return x\n", "            return -x\n"),
        because="helper assets.Settings.f changed",
    ),
    fresh(
        "another attribute of a class of which a static method is called",
        SETTINGS.replace("x > Settings.limit", "Settings.f(x)"),
        ("other = 4", "other = 5"),
    ),
    stale(
        "the value of an enum's member",
        COLOR,
        ("RED = 1", "RED = 3"),
        because="class assets.Color changed",
    ),
    stale(
        "a method of an enum",
        COLOR,
        ("self.name", "self.value"),
        because="helper assets.Color.label changed",
    ),
    stale(
        "a member of an enum in a constant",
        COLOR.replace("return Color.RED", "return DEFAULT").replace(
            "    def make", "    DEFAULT = Color.RED\n    def make"
        ),
        ("DEFAULT = Color.RED", "DEFAULT = Color.BLUE"),
        because="constant assets.DEFAULT changed",
    ),
    stale(
        "a named tuple's field",
        "from typing import NamedTuple\nclass P(NamedTuple):\n    x: int = 1\ndef make(): return P()",
        ("x: int = 1", "x: int = 2"),
        because="class assets.P changed",
    ),
    stale(
        "a named tuple made by a call",
        "from collections import namedtuple\nP = namedtuple('P', 'x y')\ndef make(): return P(1, 2)",
        ("'x y'", "'y x'"),
        because="object assets.P changed",
    ),
    stale(
        "an instance of a named tuple made by a call",
        "from collections import namedtuple\nP = namedtuple('P', 'x y')\nORIGIN = P(1, 2)\ndef make(): return ORIGIN",
        ("'x y'", "'y x'"),
        because="object assets.P changed",
    ),
    stale(
        "a typed dictionary",
        "from typing import TypedDict\nclass Row(TypedDict):\n    a: int\ndef make(): return Row(a=1)",
        ("a: int", "a: str"),
        because="class assets.Row changed",
    ),
    stale(
        "an abstract base class",
        "from abc import ABC, abstractmethod\nclass A(ABC):\n    @abstractmethod\n    def f(self): ...\nclass B(A):\n    def f(self): return 1\ndef make(): return B().f()",
        ("return 1", "return 2"),
        because="helper assets.B.f changed",
    ),
    stale(
        "a class that a factory makes",
        "def factory(n):\n    class A:\n        limit = n\n        def f(self): return self.limit\n    return A\nA = factory(3)\ndef make(): return A().f()",
        ("factory(3)", "factory(4)"),
        because="class assets.factory.A changed",
    ),
    stale(
        "a mixin's method called through super",
        "class M:\n    def f(self): return 1\nclass A(M):\n    def f(self): return super().f()\ndef make(): return A().f()",
        ("return 1", "return 2"),
        because="helper assets.M.f changed",
    ),
    stale(
        "a cached property",
        "from functools import cached_property\nclass A:\n    @cached_property\n    def n(self): return 1\na = A()\ndef make(): return a.n",
        ("return 1", "return 2"),
        because="helper assets.A.n changed",
    ),
    stale(
        "a descriptor",
        "class D:\n    def __get__(self, *a): return 1\nclass A:\n    d = D()\ndef make(): return A().d",
        ("return 1", "return 2"),
        because="helper assets.D.__get__ changed",
    ),
    stale(
        "a metaclass",
        "class Meta(type):\n    def __call__(cls): return 1\nclass A(metaclass=Meta): pass\ndef make(): return A()",
        ("return 1", "return 2"),
        because="helper assets.Meta.__call__ changed",
    ),
    stale(
        "a class decorator",
        "def mark(cls):\n    cls.limit = 3\n    return cls\n@mark\nclass A: pass\ndef make(): return A()",
        ("limit = 3", "limit = 4"),
        because="helper assets.mark changed",
    ),
    stale(
        "a registry that subclasses fill",
        "class Base:\n    known = {}\n    def __init_subclass__(cls): Base.known[cls.__name__] = cls\nclass A(Base):\n    def f(self): return 1\ndef make(): return Base.known['A']().f()",
        ("return 1", "return 2"),
        because="helper assets.A.f changed",
    ),
    stale(
        "subclasses that are looked up",
        "class Base: pass\nclass A(Base):\n    n = 1\ndef make(): return [c.n for c in Base.__subclasses__()]",
        ("n = 1", "n = 2"),
        because="class assets.A changed",
    ),
    stale(
        "a value that refers to itself",
        "LOOP = [1]\nLOOP.append(LOOP)\ndef make(): return LOOP",
        ("[1]", "[2]"),
        because="constant assets.LOOP changed",
    ),
    stale(
        "a pydantic model's field",
        "from pydantic import BaseModel\nclass M(BaseModel):\n    x: int = 1\ndef make(): return M()",
        ("x: int = 1", "x: int = 2"),
        because="class assets.M changed",
        needs="pydantic",
    ),
    stale(
        "a pydantic instance",
        "from pydantic import BaseModel\nclass M(BaseModel):\n    x: int = 1\nm = M()\ndef make(): return m.x",
        ("M()", "M(x=2)"),
        because="constant assets.m.x: 1 → 2",
        needs="pydantic",
    ),
]

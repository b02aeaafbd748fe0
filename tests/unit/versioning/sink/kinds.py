"""Classes that use what classes can do."""

import abc
import enum
from functools import cached_property


class Field:
    def __set_name__(self, owner, name):
        self.name = name

    def __get__(self, instance, owner=None):
        return (self.name, instance._factor * 2)


class Meta(type):
    def __new__(mcls, name, bases, body, **options):
        made = super().__new__(mcls, name, bases, body)
        made.tag = name.lower() + options.get("suffix", "-t")
        return made

    @property
    def shout(cls):
        return cls.tag.upper() + "?"


class Base(abc.ABC):
    known = {}
    _factor = 3

    def __init_subclass__(cls, weight=1, **options):
        super().__init_subclass__(**options)
        Base.known[cls.__name__] = weight + 1

    @abc.abstractmethod
    def run(self): ...

    def twice(self):
        return [self.run(), self.run() + self._factor]


class First(Base, weight=5):
    field = Field()
    __slots__ = ("_value", "__secret")

    def __init__(self, value=9):
        self._value = value
        self.__secret = value + 1

    def run(self):
        return self._value + self.__hidden()

    def __hidden(self):
        return self.__secret * 10

    def __call__(self, x, /, y=2):
        return x - y

    @staticmethod
    def plain(x):
        return x + 0.5

    @classmethod
    def named(cls):
        return cls.__name__ + "!"


class Second(First):
    @property
    def half(self):
        return self._value / 2

    @cached_property
    def third(self):
        return self._value // 3

    def run(self):
        return super().run() + 1000


class Tagged(metaclass=Meta, suffix="-x"):
    pass


class Color(enum.Enum):
    RED = 1
    BLUE = 2

    @property
    def next(self):
        return list(Color)[self.value % 2].name


class Flags(enum.Flag):
    R = enum.auto()
    W = enum.auto()
    RW = R | W


class Registry:
    def __init__(self):
        self.entries = {}

    def add(self, weight):
        def decorate(function):
            self.entries[function.__name__] = (function, weight)
            return function

        return decorate

    def all(self):
        return [(name, f(w)) for name, (f, w) in sorted(self.entries.items())]


REGISTRY = Registry()


@REGISTRY.add(3)
def triple(x):
    return x * 3


@REGISTRY.add(weight=5)
def minus(x):
    return x - 1


SHARED = Second(15)


def run():
    first = First()
    return (
        first.run(), first.twice(), first.field, first(3), first(3, 4), First.plain(1),
        First.named(), SHARED.half, SHARED.third, SHARED.run(), Base.known, Tagged.tag, Tagged.shout,
        Color.RED.value, Color.BLUE.next, Flags.RW.value, [c.__name__ for c in Base.__subclasses__()],
        local_class(2),
    )  # fmt: skip


def local_class(n):
    class Local:
        m = n + 21

        def get(self):
            return [self.m for _ in range(n)]

    return Local().get()

"""Makes frozen values of classes, as `dataclass(frozen=True, slots=True)` does, but faster.

For each class the standard library writes and compiles eight methods, one by one; for all
of ours that took as long as loading pyarrow. Here `__init__` is compiled, what compares is
compiled when it is first needed, and classes share the others. Otherwise a value behaves as
one of the standard library: `fields`, `replace`, `asdict`, patterns, pickling and copying
are for these too.

>>> @frozen
... class Point:
...     x: int
...     y: int = 0
>>> Point(1)
Point(x=1, y=0)
>>> Point(1) == Point(1, 0)
True
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, FrozenInstanceError, dataclass, field, fields
from reprlib import recursive_repr
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")


@overload
def frozen(kind: type[T]) -> type[T]: ...


@overload
def frozen(*, eq: bool) -> Callable[[type[T]], type[T]]: ...


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(kind: type[Any] | None = None, *, eq: bool = True) -> Any:
    """Return a class whose values have a slot for each field and never change.

    Methods that the class has itself are kept.

    Args:
        kind: The class, with its fields as annotations; None when this is called for them.
        eq: Whether values of the same fields are equal. Otherwise each equals only itself.
    """
    return (lambda kind: _made(kind, eq)) if kind is None else _made(kind, eq)


def _made(kind: type[Any], eq: bool) -> type[Any]:  # noqa: FBT001 - as `frozen` was given it
    own = dict(vars(kind))
    # Where there is no text, the standard library takes long to make one of the signature.
    kind.__doc__ = kind.__doc__ or kind.__name__
    made: type[Any] = dataclass(init=False, repr=False, eq=False, slots=True)(kind)
    given: dict[str, Any] = {"__name__": kind.__module__}
    methods = _SHARED | (_comparing(made) if eq else {})
    if "__init__" not in own:
        methods |= _compiled(made, _init(made, given), given)
        types = {one.name: one.type for one in fields(made) if one.init}
        methods["__init__"].__annotations__ = types
    for name, method in methods.items():
        if own.get(name) is None:  # `__hash__` is None in a class that has its own `__eq__`
            setattr(made, name, method)
    return made


def _compiled(made: type[Any], text: str, given: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    exec(text, given, found)  # noqa: S102 - nothing but names of fields
    for name, method in found.items():
        method.__qualname__ = f"{made.__qualname__}.{name}"
    return found


def _comparing(made: Any) -> dict[str, Any]:
    """Return `__eq__` and `__hash__`, which compile themselves when one is first called."""

    def compile_both() -> None:
        names = [one.name for one in fields(made) if one.compare]
        text = _EQUAL.replace("LEFT", "".join(f"self.{name}, " for name in names))
        text = text.replace("RIGHT", "".join(f"other.{name}, " for name in names))
        for name, method in _compiled(made, text, {"__name__": made.__module__}).items():
            if getattr(made, name) is first[name]:
                setattr(made, name, method)

    def equal(self: Any, other: object) -> Any:
        compile_both()
        return made.__eq__(self, other)

    def hashed(self: Any) -> Any:
        compile_both()
        return made.__hash__(self)

    first = {"__eq__": equal, "__hash__": hashed}
    return first


_EQUAL = """
def __eq__(self, other):
    if other.__class__ is not self.__class__:
        return NotImplemented
    return (LEFT) == (RIGHT)
def __hash__(self):
    return hash((LEFT))
"""


def _init(made: type[Any], given: dict[str, Any]) -> str:
    """Return the text of a class's `__init__`, and give it what its lines name."""
    taken, lines = [], []
    for one in fields(made):
        name, value, usual = one.name, one.name, ""
        given[f"_put_{name}"] = getattr(made, name).__set__  # of its slot
        if one.default_factory is not MISSING:
            given |= {"_missing": MISSING, f"_make_{name}": one.default_factory}
            value, usual = f"_make_{name}() if {name} is _missing else {name}", "=_missing"
        elif one.default is not MISSING:
            given[f"_usual_{name}"] = one.default
            usual = f"=_usual_{name}"
        if one.init:
            taken.append(name + usual)
        elif usual:
            value = f"_usual_{name}"
        else:  # its `__post_init__` sets it
            continue
        lines.append(f"    _put_{name}(self, {value})\n")
    if hasattr(made, "__post_init__"):
        lines.append("    self.__post_init__()\n")
    return f"def __init__(self, {', '.join(taken)}):\n{''.join(lines) or '    pass'}\n"


@recursive_repr()
def _repr(self: Any) -> str:
    shown = (f"{one.name}={getattr(self, one.name)!r}" for one in fields(self) if one.repr)
    return f"{type(self).__qualname__}({', '.join(shown)})"


def _set(_: Any, name: str, __: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(_: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[object]:
    return [getattr(self, one.name) for one in fields(self)]


def _set_state(self: Any, state: list[object]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)


_SHARED: dict[str, Any] = {
    "__repr__": _repr,
    "__setattr__": _set,
    "__delattr__": _delete,
    "__getstate__": _state,
    "__setstate__": _set_state,
}

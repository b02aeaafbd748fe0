"""What `name.attribute["key"]` stands for, as far as it can be told without running code.

`CONFIG.limit` and `CONFIG["limit"]` need only that one value and not all of `CONFIG`. A
step is taken where Python would surely give the same: the name of a module, the key of a
plain dictionary, an attribute that no descriptor and no `__getattr__` could answer.
"""

from __future__ import annotations

from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

from assets_core.versioning.scopes import Step

__all__ = ["UNKNOWN", "step"]

UNKNOWN = object()
_SCALARS = frozenset({type(None), bool, int, float, complex, str, bytes})
_CONTAINERS = frozenset({tuple, list, set, frozenset, dict})
_DEEPEST = 5
_ORDINARY = (object.__getattribute__, SimpleNamespace.__getattribute__)


def step(value: Any, taken: Step) -> object:
    """Return what a step from a value leads to, or `UNKNOWN`."""
    mark, key = taken
    if mark == "[":
        return _item(value, key)
    if isinstance(value, ModuleType):
        return vars(value).get(str(key), UNKNOWN)
    if type(value) is type:
        return _class_attribute(value, str(key))
    return _attribute(value, str(key))


def _item(value: Any, key: object) -> object:
    kind = type(value)
    if kind is dict:
        return value.get(key, UNKNOWN)
    if kind in {list, tuple} and type(key) is int and key < len(value):
        return value[key]
    return UNKNOWN


def _class_attribute(value: type, name: str) -> object:
    found = _in_classes(value, name)
    if isinstance(found, staticmethod) and isinstance(found.__func__, FunctionType):
        return found.__func__
    return found if is_plain(found) else UNKNOWN


def _attribute(value: object, name: str) -> object:
    kind = type(value)
    if kind.__getattribute__ not in _ORDINARY:
        return UNKNOWN
    found = _in_classes(kind, name)
    if type(found).__name__ == "member_descriptor":  # one of the class's `__slots__`
        try:
            own = found.__get__(value)  # type: ignore[attr-defined]
        except AttributeError:
            return UNKNOWN
    elif found is UNKNOWN or is_plain(found):
        own = getattr(value, "__dict__", {}).get(name, UNKNOWN)
    else:
        return UNKNOWN
    return own if is_plain(own) else UNKNOWN


def _in_classes(kind: type, name: str) -> object:
    for owner in kind.__mro__:
        if name in vars(owner):
            return vars(owner)[name]
    return UNKNOWN


def is_plain(value: object, depth: int = 0) -> bool:
    """Return whether a value is a number, a text, or a container of such."""
    kind = type(value)
    if kind in _SCALARS:
        return True
    if kind not in _CONTAINERS or depth > _DEEPEST:
        return False
    items: list[object] = list(value)  # type: ignore[call-overload]
    items += value.values() if isinstance(value, dict) else ()
    return all(is_plain(item, depth + 1) for item in items)

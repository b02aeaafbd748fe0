"""What a class holds that its author put there."""

from __future__ import annotations

import enum
import functools
import types
from collections.abc import Iterator
from types import FunctionType
from typing import Any

from assets_core.versioning.things import World

__all__ = ["functions_in", "members_of"]

_KEPT_BY_PYTHON = (types.MemberDescriptorType, types.GetSetDescriptorType)
_KEPT_AS = ("_abc_", "__annotate")
_WRITTEN_FOR = ("__dataclass_fields__", "__attrs_attrs__", "_field_defaults")


def members_of(world: World, value: type) -> Iterator[tuple[str, object]]:
    """Yield the members of a class, but for what Python or a library keeps there."""
    is_enum = isinstance(value, enum.EnumType)
    if is_enum:
        for name, member in value.__members__.items():  # type: ignore[attr-defined]
            yield name, member.value
    for name, member in sorted(vars(value).items()):
        special = is_enum or (name.startswith("__") and name.endswith("__"))
        if special and not any(map(world.where.is_projects, functions_in(member))):
            continue
        if name.startswith(_KEPT_AS) or isinstance(member, _KEPT_BY_PYTHON):
            continue
        if not _is_generated(world, value, member):
            yield name, member


def _is_generated(world: World, owner: type, member: object) -> bool:
    """Return whether a library wrote a method, from what the class statement says."""
    if not any(hasattr(owner, mark) for mark in _WRITTEN_FOR):
        return False
    return any(
        function.__code__.co_filename.startswith("<")
        and world.where.namespace(function.__globals__).find(function) is None
        for function in functions_in(member)
    )


def functions_in(member: Any) -> Iterator[FunctionType]:
    """Yield the functions that a member of a class is made of."""
    waiting = [member]
    while waiting:
        each = waiting.pop()
        if type(each) is FunctionType:
            yield each
            waiting.append(getattr(each, "__wrapped__", None))
        elif isinstance(each, staticmethod | classmethod):
            waiting.append(each.__func__)
        elif isinstance(each, property):
            waiting += (each.fget, each.fset, each.fdel)
        elif isinstance(each, functools.cached_property | functools.partialmethod):
            waiting.append(each.func)
        elif isinstance(each, functools.singledispatchmethod):
            waiting += each.dispatcher.registry.values()
        elif type(each).__name__ == "_lru_cache_wrapper":
            waiting.append(each.__wrapped__)

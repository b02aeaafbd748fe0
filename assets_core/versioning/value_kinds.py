"""How values of Python's own types are written.

A type that stands here counts by content. Locks and loggers count as what they are: they
hold nothing that a result could depend on.
"""

from __future__ import annotations

import array
import collections
import contextvars
import datetime as dt
import decimal
import enum
import fractions
import functools
import ipaddress
import logging
import operator
import pathlib
import re
import string
import struct
import threading
import types
import typing
import uuid
import zoneinfo
from collections.abc import Callable
from typing import Any

from assets_core.versioning.places import Place, place_of_module
from assets_core.versioning.values import Kind, ValueWriter

__all__ = ["CHANGEABLE", "kind_of"]

CHANGEABLE = (
    list, dict, set, bytearray, collections.deque, array.array, types.SimpleNamespace,
)  # fmt: skip
"""What can be changed in place, so that it matters whether two are one and the same."""


def kind_of(owner: type) -> Kind | None:
    """Return how the instances of a class of Python's own are written, if it is known."""
    if issubclass(owner, enum.Enum):
        return _member
    return _KINDS.get(owner)


def _items(name: str) -> Kind:
    def write(writer: ValueWriter, value: Any) -> None:
        writer.put(name)
        writer.each(value)

    return write


def _set(name: str) -> Kind:
    def write(writer: ValueWriter, value: Any) -> None:
        writer.put(name)
        writer.unordered(value)

    return write


def _made_of(name: str, parts: Callable[[Any], tuple[object, ...]]) -> Kind:
    """Return a writer for what its parts say entirely."""

    def write(writer: ValueWriter, value: Any) -> None:
        writer.put(name)
        writer.each(parts(value))

    return write


def _neutral(name: str) -> Kind:
    return lambda writer, _: writer.put(name)


def _dict(writer: ValueWriter, value: Any) -> None:
    writer.put("dict")
    writer.pairs(value)
    if isinstance(value, collections.defaultdict):
        writer.write(value.default_factory)
    elif getattr(value, "__dict__", None) and not writer.kinds.is_ours(type(value)):
        writer.part(value)  # something is kept beside the items


def _namespace(writer: ValueWriter, value: Any) -> None:
    writer.put("namespace")
    writer.pairs(sorted(vars(value).items()))


def _path(writer: ValueWriter, value: pathlib.PurePath) -> None:
    writer.put("path", type(value).__name__)
    writer.text(str(value))


def _member(writer: ValueWriter, value: Any) -> None:
    writer.code(type(value))
    writer.put("member", str(value._name_))
    writer.write(value._value_)


def _zone(writer: ValueWriter, value: zoneinfo.ZoneInfo) -> None:
    name: str | None = value.key  # it may have been read from a file without a name
    if name is None:
        writer.part(value)
    else:
        writer.put("zone", name)


def _method(writer: ValueWriter, value: types.MethodType) -> None:
    function, owner = value.__func__, value.__self__
    path = writer.kinds.path(owner) if isinstance(owner, type) else None
    if path and place_of_module(str(function.__module__)) is Place.STANDARD:
        # `Path.cwd`: in which base class it is defined is not the same in all Pythons.
        writer.outside(f"{path}.{getattr(function, '__name__', '')}")
        return
    writer.put("method")
    writer.write(function)
    writer.write(owner)


def _builtin(writer: ValueWriter, value: types.BuiltinFunctionType) -> None:
    path = writer.kinds.path(value)
    if path is not None:
        writer.outside(path)
    elif isinstance(value.__self__, types.ModuleType) or value.__self__ is None:
        writer.part(value)
    else:  # a method of some value, such as `re.compile("x").match`
        writer.put("method", value.__name__)
        writer.write(value.__self__)


def _reduced(writer: ValueWriter, value: Any) -> None:
    writer.put("made by")
    writer.each(value.__reduce__())


def _alias(writer: ValueWriter, value: Any) -> None:
    origin = typing.get_origin(value)
    if origin in {types.UnionType, typing.Union}:
        writer.put("union")
        writer.each(typing.get_args(value))
    elif origin is None:  # such as `typing.Annotated`: a class in some Pythons
        writer.outside(repr(value))
    else:
        writer.put("alias")
        writer.write(origin)
        writer.each(typing.get_args(value))
        writer.each(getattr(value, "__metadata__", ()))


def _type_variable(writer: ValueWriter, value: Any) -> None:
    bound = getattr(value, "__bound__", None)
    if isinstance(value, typing.ParamSpec) and bound is type(None):
        bound = None  # what Python 3.12 gives where none was set
    writer.put("type variable", value.__name__)
    writer.each(getattr(value, "__constraints__", ()))
    writer.write(bound)


_TYPING = ("_GenericAlias", "_SpecialGenericAlias", "_SpecialForm", "_AnyMeta")

_KINDS: dict[type, Kind] = {
    tuple: _items("tuple"),
    list: _items("list"),
    collections.deque: _made_of("deque", lambda value: (value.maxlen, *value)),
    set: _set("set"),
    frozenset: _set("frozenset"),
    dict: _dict,
    types.MappingProxyType: lambda writer, value: writer.pairs(dict(value)),
    types.SimpleNamespace: _namespace,
    str: lambda writer, value: writer.text(str.__str__(value)),
    int: lambda writer, value: writer.put("int", hex(int.__int__(value))),
    float: lambda writer, value: writer.write(float.__float__(value)),
    bytes: lambda writer, value: writer.put("bytes", bytes(value)),
    bytearray: lambda writer, value: writer.put("bytearray", bytes(value)),
    array.array: _made_of("array", lambda value: (value.typecode, value.tobytes())),
    range: _made_of("range", lambda value: (value.start, value.stop, value.step)),
    slice: _made_of("slice", lambda value: (value.start, value.stop, value.step)),
    dt.datetime: _made_of(
        "datetime",
        lambda value: (value.replace(tzinfo=None).isoformat(), value.fold, value.tzinfo),
    ),
    dt.date: _made_of("date", lambda value: (value.isoformat(),)),
    dt.time: _made_of(
        "time",
        lambda value: (value.replace(tzinfo=None).isoformat(), value.fold, value.tzinfo),
    ),
    dt.timedelta: _made_of(
        "timedelta", lambda value: (value.days, value.seconds, value.microseconds)
    ),
    dt.timezone: _made_of(
        "timezone", lambda value: (value.utcoffset(None), value.tzname(None))
    ),
    zoneinfo.ZoneInfo: _zone,
    decimal.Decimal: _made_of("decimal", lambda value: (str(value),)),
    fractions.Fraction: _made_of(
        "fraction", lambda value: (value.numerator, value.denominator)
    ),
    uuid.UUID: _made_of("uuid", lambda value: (value.int,)),
    pathlib.PurePath: _path,
    re.Pattern: _made_of("pattern", lambda value: (value.pattern, value.flags)),
    string.Template: _made_of("template", lambda value: (value.template,)),
    struct.Struct: _made_of("struct", lambda value: (value.format,)),
    ipaddress.IPv4Address: _made_of("ipv4", lambda value: (str(value),)),
    ipaddress.IPv6Address: _made_of("ipv6", lambda value: (str(value),)),
    ipaddress.IPv4Network: _made_of("ipv4 network", lambda value: (str(value),)),
    ipaddress.IPv6Network: _made_of("ipv6 network", lambda value: (str(value),)),
    functools.partial: _made_of(
        "partial", lambda value: (value.func, value.args, value.keywords)
    ),
    functools.partialmethod: _made_of(
        "partialmethod", lambda value: (value.func, value.args, value.keywords)
    ),
    functools.cached_property: _made_of("cached property", lambda value: (value.func,)),
    functools.singledispatchmethod: _made_of(
        "dispatch method", lambda value: (value.dispatcher,)
    ),
    property: _made_of("property", lambda value: (value.fget, value.fset, value.fdel)),
    staticmethod: _made_of("staticmethod", lambda value: (value.__func__,)),
    classmethod: _made_of("classmethod", lambda value: (value.__func__,)),
    operator.itemgetter: _reduced,
    operator.attrgetter: _reduced,
    operator.methodcaller: _reduced,
    BaseException: _made_of("exception", lambda value: value.args),
    types.MethodType: _method,
    types.BuiltinFunctionType: _builtin,
    types.FunctionType: ValueWriter.code,
    types.MethodDescriptorType: ValueWriter.code,
    types.WrapperDescriptorType: ValueWriter.code,
    types.MethodWrapperType: ValueWriter.code,
    types.ClassMethodDescriptorType: ValueWriter.code,
    types.GetSetDescriptorType: ValueWriter.code,
    types.MemberDescriptorType: ValueWriter.code,
    types.ModuleType: ValueWriter.code,
    type: ValueWriter.code,
    types.GenericAlias: _alias,
    types.UnionType: _alias,
    typing.TypeVar: _type_variable,
    typing.ParamSpec: _type_variable,
    typing.NewType: _made_of(
        "new type", lambda value: (value.__name__, value.__supertype__)
    ),
    typing.ForwardRef: _made_of("forward", lambda value: (value.__forward_arg__,)),
    **{getattr(typing, name): _alias for name in _TYPING if hasattr(typing, name)},
    contextvars.ContextVar: _made_of("context variable", lambda value: (value.name,)),
    logging.Logger: _neutral("logger"),
    logging.LoggerAdapter: _neutral("logger"),
    logging.Handler: _neutral("logger"),
    logging.Formatter: _neutral("logger"),
    type(threading.Lock()): _neutral("lock"),
    type(threading.RLock()): _neutral("lock"),
    threading.Event: _neutral("event"),
    threading.Condition: _neutral("condition"),
    threading.Semaphore: _neutral("semaphore"),
    threading.Barrier: _neutral("barrier"),
    threading.local: _neutral("thread local"),
}

"""Digests of values by content and exact type.

Nothing that a digest covers can be mistaken for another: every piece is written with its
kind and length. `True`, `1` and `1.0` differ, and so do `-0.0` and `0.0`; one NaN is like
another; the order of a dictionary counts and that of a set does not. Paths inside the
project's folder are written relative to it, so that the same project has the same digests
wherever it lies.

Functions, classes and modules are no values. They are handed back as parts, in the order
in which they were met, and so is what cannot be told by looking at it, such as a client.
"""

from __future__ import annotations

import hashlib
import os
import re
import struct
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assets_core.frozen import frozen
from assets_core.model.versions import Digest

__all__ = ["Content", "Kinds", "Paths", "ValueWriter"]

DEEPEST = 100
"""How deep values may lie inside each other."""


class Paths:
    """The project's folder, under each of its names."""

    def __init__(self, root: str) -> None:
        names = {os.path.abspath(root), os.path.realpath(root)}  # noqa: PTH100
        found = sorted((name for name in names if name != os.sep), key=len, reverse=True)
        inside = "|".join(re.escape(name) for name in found)
        self._inside = re.compile(rf"(?<![\w.~-])(?:{inside})(?=/|$)") if found else None

    def relative(self, text: str) -> str | None:
        """Return a text with the folder taken out, or None if it does not name it."""
        if self._inside is None or os.sep not in text:
            return None
        changed = self._inside.sub("\0", text)
        return None if changed == text else changed


@dataclass(slots=True)
class Content:
    """What a value was found to be.

    Attributes:
        parts: What the walk has to follow.
        gaps: What of it could not be told, in sentences.
        outside: The modules, of packages and of Python, that it refers to.
        changeable: The identities of everything in it that could be changed in place.
    """

    digest: Digest = ""
    parts: list[object] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    outside: set[str] = field(default_factory=set)
    changeable: list[int] = field(default_factory=list)


Kind = Callable[["ValueWriter", Any], None]


@frozen
class Kinds:
    """What the writer asks about values that are not plain.

    Attributes:
        of: How to write the instances of a class, or None.
        changeable: Whether instances of a class can be changed in place.
        path: The public path of a function, class or module from outside the project.
        is_ours: Whether a class is the project's.
    """

    of: Callable[[type], Kind | None]
    changeable: Callable[[type], bool]
    path: Callable[[object], str | None]
    is_ours: Callable[[type], bool]


class ValueWriter:
    """Writes values into one digest."""

    def __init__(self, kinds: Kinds, paths: Paths) -> None:
        self.kinds = kinds
        self.paths = paths
        self.found = Content()
        self._hash = hashlib.sha256()
        self._met: dict[int, int] = {}
        self._kept: list[object] = []  # so that no identity is used twice
        self._depth = 0

    def content(self, value: object) -> Content:
        """Write one value and return what was found."""
        self.write(value)
        self.found.digest = self._hash.hexdigest()[:32]
        return self.found

    def put(self, kind: str, data: bytes | str = b"") -> None:
        """Write one piece."""
        if isinstance(data, str):
            data = data.encode("utf-8", "surrogatepass")
        self._hash.update(f"{kind} {len(data)}:".encode())
        self._hash.update(data)

    def write(self, value: object) -> None:
        """Write any value."""
        kind = type(value)
        plain = _PLAIN.get(kind)
        if plain is not None:
            self.put(*plain(value))
        elif kind is str:
            self.text(value)  # type: ignore[arg-type]
        elif self._depth >= DEEPEST:
            self.found.gaps.append(f"a value is nested more than {DEEPEST} deep")
        elif not self._again(kind, value):
            self._depth += 1
            self._deep(kind, value)
            self._depth -= 1

    def text(self, text: str) -> None:
        """Write a text, with the project's folder taken out of it."""
        relative = self.paths.relative(text)
        if relative is None:
            self.put("text", text)
        else:
            self.put("text in project", relative)

    def each(self, values: Iterable[object]) -> None:
        """Write several values, in order."""
        values = list(values)
        self.put("each", str(len(values)))
        for value in values:
            self.write(value)

    def pairs(self, values: Mapping[Any, object] | Iterable[tuple[object, object]]) -> None:
        """Write the pairs of a mapping, in order."""
        items = list(values.items()) if isinstance(values, Mapping) else list(values)
        self.put("pairs", str(len(items)))
        for key, value in items:
            self.write(key)
            self.write(value)

    def unordered(self, values: Iterable[object]) -> None:
        """Write several values whose order means nothing."""
        written = []
        for value in values:
            other = ValueWriter(self.kinds, self.paths)
            other._depth = self._depth
            digest = other.content(value).digest
            names = [str(getattr(part, "__qualname__", "")) for part in other.found.parts]
            written.append(((digest, names), other.found))
        written.sort(key=lambda each: each[0])
        self.put("unordered", str(len(written)))
        for (digest, _), content in written:
            self.put("one", digest)
            self.found.parts += content.parts
            self.found.gaps += content.gaps
            self.found.outside |= content.outside

    def part(self, value: object) -> None:
        """Leave a place for something that the walk follows."""
        self.put("part")
        self.found.parts.append(value)

    def code(self, value: object) -> None:
        """Write a function, class or module: its public path, or a place for it."""
        path = self.kinds.path(value)
        if path is None:
            self.part(value)
        else:
            self.outside(path)

    def outside(self, path: str) -> None:
        """Write the public path of something from outside the project."""
        self.put("outside", path)
        self.found.outside.add(path.partition(".")[0])

    def state(self, value: object) -> None:
        """Write the attributes of an instance of a class of the project."""
        self.put("state")
        self.pairs(sorted(_attributes(value).items()))

    def _again(self, kind: type, value: object) -> bool:
        """Write what was written before as the same again: it may contain itself."""
        if not (self.kinds.changeable(kind) or self.kinds.is_ours(kind)):
            return False
        if id(value) in self._met:
            self.put("again", str(self._met[id(value)]))
            return True
        self._met[id(value)] = len(self._met)
        self._kept.append(value)
        self.found.changeable.append(id(value))
        return False

    def _deep(self, kind: type, value: object) -> None:
        for owner in kind.__mro__:
            write = self.kinds.of(owner)
            if write is None:
                continue
            if owner is not kind and not self._is_pythons_matter(kind):
                self.code(kind)
            self._try(write, value)
            if owner is not kind and self.kinds.is_ours(kind):
                self.state(value)
            return
        if self.kinds.is_ours(kind):
            self.put("instance")
            self.code(kind)
            self.state(value)
            self._unseen_state(kind)
        elif kind is object:
            self.put("object")
        elif names := _field_names(kind):
            self.put("fields")
            self.code(kind)
            self.pairs((name, getattr(value, name, None)) for name in names)
        else:
            self.code(value)

    def _is_pythons_matter(self, kind: type) -> bool:
        """Return whether the class of a class or of a type from outside means nothing.

        `Optional[int]` is an object of a private class, another one in each Python.
        """
        path = self.kinds.path(kind)
        if path is None:
            return False
        return issubclass(kind, type) or path.startswith(_CLASSES_OF_TYPES)

    def _try(self, write: Kind, value: object) -> None:
        try:
            write(self, value)
        except Exception as error:  # noqa: BLE001 - a value may do anything when it is read
            kind = type(value).__qualname__
            self.found.gaps.append(f"a '{kind}' cannot be read: {error}")

    def _unseen_state(self, kind: type) -> None:
        """Note a base class that keeps something outside the attributes."""
        for base in kind.__mro__[:-1]:
            if not base.__flags__ & _MADE_BY_CLASS_STATEMENT:
                self.found.gaps.append(f"'{kind.__qualname__}' objects have hidden state")


_CLASSES_OF_TYPES = ("typing._", "collections.abc._")
_MADE_BY_CLASS_STATEMENT = 1 << 9  # Py_TPFLAGS_HEAPTYPE


def _attributes(value: object) -> dict[str, object]:
    """Return the attributes that an instance has of its own."""
    found: dict[str, object] = {}
    for base in type(value).__mro__:
        slots = vars(base).get("__slots__", ())
        for name in [slots] if isinstance(slots, str) else slots:
            known = f"_{base.__name__.lstrip('_')}{name}" if _is_private(name) else name
            member = vars(base).get(known)
            if known not in {"__dict__", "__weakref__"} and hasattr(member, "__get__"):
                found |= _slot(known, member, value)
    own = getattr(value, "__dict__", None)
    if isinstance(own, dict):
        found |= {name: each for name, each in own.items() if not _is_cached(value, name)}
    return found


def _field_names(kind: type) -> list[str]:
    """Return the names of the fields of a dataclass, or of a class made by attrs."""
    made_by_attrs = [field.name for field in getattr(kind, "__attrs_attrs__", ())]
    return [*getattr(kind, "__dataclass_fields__", ())] or made_by_attrs


def _slot(name: str, member: Any, value: object) -> dict[str, object]:
    try:
        return {name: member.__get__(value)}
    except AttributeError:  # not set
        return {}


def _is_private(name: str) -> bool:
    return name.startswith("__") and not name.endswith("__")


def _is_cached(value: object, name: str) -> bool:
    """Return whether an attribute is what a `cached_property` remembers."""
    for base in type(value).__mro__:
        if name in vars(base):
            return type(vars(base)[name]).__name__ == "cached_property"
    return False


def _float(number: float) -> bytes:
    return b"nan" if number != number else struct.pack(">d", number)  # noqa: PLR0124


_PLAIN: dict[type, Callable[[Any], tuple[str, bytes | str]]] = {
    type(None): lambda _: ("none", b""),
    bool: lambda value: ("bool", str(value)),
    int: lambda value: ("int", hex(value)),
    float: lambda value: ("float", _float(value)),
    complex: lambda value: ("complex", _float(value.real) + b"," + _float(value.imag)),
    bytes: lambda value: ("bytes", value),
    type(...): lambda _: ("ellipsis", b""),
    type(NotImplemented): lambda _: ("not implemented", b""),
}

"""What is read out of a text once and for all: its pieces, and the names they use.

A reading is all that versions need to know of a text. It holds no syntax tree, so that it
can be kept on disk: an unchanged text is neither parsed nor walked again.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from assets_core.model.versions import Digest, digest
from assets_core.versioning.scopes import Imported, Scope, Use

__all__ = ["Act", "Piece", "Read", "Reading", "Statement"]

Span = tuple[int, int]
"""Where something begins and ends: numbers of uses of names, or of lines."""


@dataclass(slots=True, eq=False)
class Piece:
    """A stretch of code: a definition, a statement, a decorator, a default.

    Attributes:
        name: Of a definition; `<lambda>` for a lambda, else empty.
        own: The digest of its normal form, without what the tuples below hold.
        span: The uses of names that are inside.
        lines: The first line and the last.
        inner: The scope of what a definition has inside.
        decorators: Of a definition.
        defaults: What the parameters of a function default to.
        options: Of a decorator that is called, by keyword.
        body: The statements of a class that say something.
    """

    name: str
    own: Digest
    span: Span = (0, 0)
    lines: Span = (0, 0)
    inner: Scope | None = None
    decorators: tuple[Piece, ...] = ()
    defaults: tuple[Piece, ...] = ()
    options: tuple[tuple[str, Piece], ...] = ()
    body: tuple[Piece, ...] = ()

    def form(self, without: Collection[Piece] = (), *, own_defaults: bool = True) -> Digest:
        """Return the digest of its normal form.

        Args:
            without: Decorators to leave out, and statements in the body of which only the
                name is kept.
            own_defaults: False leaves out what the parameters default to, for a function
                whose default values are known.
        """
        kept = [each.form() for each in self.decorators if each not in without]
        given = [each.form() for each in self.defaults if own_defaults]
        body = [
            f"see {each.name}" if each in without else each.form() for each in self.body
        ]
        if not kept and not given and not body:
            return self.own
        return digest("piece", self.own, f"{len(kept)} {len(given)}", *kept, *given, *body)


class Act(NamedTuple):
    """What a statement does while its module loads: a call, a change in place.

    Attributes:
        root: The name that it starts with.
        calls: It calls the name, or an attribute that is reached from it.
        gives: The call has arguments.
    """

    root: str
    calls: bool
    gives: bool


@dataclass(slots=True)
class Statement:
    """A statement at the top level of a module.

    Attributes:
        binds: The names that it gives a value.
        guarded: It stands under `if __name__ == "__main__"`.
        imports: It is an import.
        changes: It does more than give values to names.
    """

    piece: Piece
    binds: frozenset[str]
    guarded: bool
    imports: bool
    changes: bool
    acts: tuple[Act, ...]


@dataclass(slots=True)
class Reading:
    """What is read out of one text.

    Attributes:
        readable: This Python can parse the text.
        whole: Nothing is missing because this process lacked the room to find it.
        scopes: All scopes, the module's first; each after the one around it.
        uses: All uses of names, in the order of the text.
        targets: For each use, the scope that has the name.
        texts: Constant texts, each with the number of uses before it.
        functions: By name and first line; several where these are the same.
        classes: By qualified name.
        prints: The piece that each function's code came from, by its fingerprint.
        stars: What `from module import *` takes names from.
        imported: What is loaded together with the module.
    """

    readable: bool = False
    whole: bool = True
    scopes: list[Scope] = field(default_factory=lambda: [Scope("module", None)])
    uses: list[Use] = field(default_factory=list)
    targets: list[Scope] = field(default_factory=list)
    texts: list[tuple[int, str]] = field(default_factory=list)
    functions: dict[tuple[str, int], list[Piece]] = field(default_factory=dict)
    classes: dict[str, list[Piece]] = field(default_factory=dict)
    statements: list[Statement] = field(default_factory=list)
    prints: dict[str, Piece] = field(default_factory=dict)
    stars: list[Imported] = field(default_factory=list)
    imported: list[Imported] = field(default_factory=list)

    @property
    def module(self) -> Scope:
        """The scope of the module."""
        return self.scopes[0]

    def form(self) -> Digest:
        """Return the digest of the normal form of the whole text."""
        return digest("text", *(each.piece.form() for each in self.statements))

    def free(
        self, piece: Piece, without: Collection[Piece] = ()
    ) -> Iterator[tuple[Use, Scope]]:
        """Yield the uses inside a piece of names that it does not bind, with their scopes.

        A name that the piece gets by an import of its own counts as well: what it stands
        for is made elsewhere.
        """
        depth = 1 if piece.inner is None else piece.inner.depth
        for index in _indexes(piece, without):
            use, target = self.uses[index], self.targets[index]
            if use.door or target.depth < depth or use.name in target.imports:
                yield use, target
            elif target.kind == "class" and use.scope is target:
                # `limit = limit` in a class reads the module's name.
                yield use._replace(guess=True), self.module

    def read_at_load(self, piece: Piece, without: Collection[Piece] = ()) -> Iterator[str]:
        """Yield what a statement reads while its module loads: `name`, `name.attribute`."""
        for index in _indexes(piece, without):
            use = self.uses[index]
            is_global = self.targets[index] is self.module
            if is_global and use.scope.runs_at_load and not use.annotation:
                yield use.name
                if use.steps and use.steps[0][0] == ".":
                    yield f"{use.name}.{use.steps[0][1]}"

    def texts_in(self, piece: Piece) -> list[str]:
        """Return the constant texts inside a piece."""
        start, end = piece.span
        first = bisect_left(self.texts, (start, ""))
        last = bisect_left(self.texts, (end + 1, ""))
        return [text for _, text in self.texts[first:last]]


Read = Callable[[str, str, int], Reading]
"""Reads a text, given its file, which serves only to find what was kept of it, and what
`from __future__ import …` set before the text, as in a notebook."""


def _indexes(piece: Piece, without: Collection[Piece]) -> Iterator[int]:
    start, end = piece.span
    for left in sorted(each.span for each in without):
        if left[0] < left[1] and start <= left[0] and left[1] <= end:
            yield from range(start, left[0])
            start = left[1]
    yield from range(start, end)

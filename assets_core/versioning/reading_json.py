"""Readings as JSON, to be kept on disk. Whoever reads it checks that it is whole."""

from __future__ import annotations

import json
from typing import Any

from assets_core.versioning.readings import Act, Piece, Reading, Statement
from assets_core.versioning.scopes import Imported, Scope, Use

__all__ = ["reading_from_json", "reading_to_json"]


def reading_to_json(reading: Reading) -> str:
    """Return a reading as JSON; `reading_from_json` makes the same reading of it."""
    scopes = {scope: number for number, scope in enumerate(reading.scopes)}
    pieces = _all_pieces(reading)
    number = {piece: number for number, piece in enumerate(pieces)}
    found = {
        "readable": reading.readable,
        "scopes": [_scope(scope, scopes) for scope in reading.scopes],
        "uses": [
            _use(use, scopes[use.scope], scopes[target])
            for use, target in zip(reading.uses, reading.targets, strict=True)
        ],
        "texts": reading.texts,
        "pieces": [_piece(piece, number, scopes) for piece in pieces],
        "functions": [
            [*key, [number[each] for each in found]]
            for key, found in reading.functions.items()
        ],
        "classes": [
            [name, [number[each] for each in found]]
            for name, found in reading.classes.items()
        ],
        "statements": [_statement(each, number) for each in reading.statements],
        "prints": {one: number[piece] for one, piece in reading.prints.items()},
        "stars": reading.stars,
        "imported": reading.imported,
    }
    return json.dumps(found, separators=(",", ":"))


def reading_from_json(text: str) -> Reading:
    """Return the reading that was written."""
    found = json.loads(text)
    scopes: list[Scope] = []
    for each in found["scopes"]:
        scopes.append(_scope_from(each, scopes))
    pieces: list[Piece] = []
    for each in found["pieces"]:
        pieces.append(_piece_from(each, pieces, scopes))
    return Reading(
        readable=found["readable"],
        scopes=scopes,
        uses=[_use_from(each, scopes) for each in found["uses"]],
        targets=[scopes[each[2]] for each in found["uses"]],
        texts=[(before, said) for before, said in found["texts"]],
        functions={
            (name, line): [pieces[each] for each in given]
            for name, line, given in found["functions"]
        },
        classes={
            name: [pieces[each] for each in given] for name, given in found["classes"]
        },
        statements=[_statement_from(each, pieces) for each in found["statements"]],
        prints={one: pieces[number] for one, number in found["prints"].items()},
        stars=[Imported(*each) for each in found["stars"]],
        imported=[Imported(*each) for each in found["imported"]],
    )


def _all_pieces(reading: Reading) -> list[Piece]:
    """Return all pieces, each after those that it holds."""
    found: dict[Piece, None] = {}
    waiting = [
        *(each for given in reading.functions.values() for each in given),
        *(each for given in reading.classes.values() for each in given),
        *(statement.piece for statement in reading.statements),
    ]
    while waiting:
        piece = waiting[-1]
        missing = [each for each in _held(piece) if each not in found]
        if missing:
            waiting += missing
        else:
            found[waiting.pop()] = None
    return list(found)


def _held(piece: Piece) -> list[Piece]:
    options = [option for _, option in piece.options]
    return [*piece.decorators, *piece.defaults, *options, *piece.body]


def _scope(scope: Scope, number: dict[Scope, int]) -> list[Any]:
    parent = -1 if scope.parent is None else number[scope.parent]
    return [scope.kind, parent, scope.path, sorted(scope.bound), scope.imports]


def _scope_from(given: list[Any], scopes: list[Scope]) -> Scope:
    kind, parent, path, bound, imports = given
    scope = Scope(kind, None if parent < 0 else scopes[parent], path)
    scope.bound.update(bound)
    for name, found in imports.items():
        scope.imports[name] = [Imported(*each) for each in found]
    return scope


def _use(use: Use, scope: int, target: int) -> list[Any]:
    rest = [
        *(use.steps, use.annotation, use.guess, use.guard),
        *(use.first, use.called, use.door),
    ]
    plain = not any(rest) and use.first is None
    return [use.name, scope, target, *([] if plain else rest)]


def _use_from(given: list[Any], scopes: list[Scope]) -> Use:
    name, scope, _target, *rest = given
    if not rest:
        return Use(name, scopes[scope])
    steps, *others = rest
    return Use(name, scopes[scope], tuple((mark, key) for mark, key in steps), *others)


def _piece(piece: Piece, number: dict[Piece, int], scopes: dict[Scope, int]) -> list[Any]:
    return [
        *(piece.name, piece.own, piece.span, piece.lines),
        -1 if piece.inner is None else scopes[piece.inner],
        [number[each] for each in piece.decorators],
        [number[each] for each in piece.defaults],
        [[name, number[each]] for name, each in piece.options],
        [number[each] for each in piece.body],
    ]


def _piece_from(given: list[Any], pieces: list[Piece], scopes: list[Scope]) -> Piece:
    name, own, span, lines, inner, decorators, defaults, options, body = given
    return Piece(
        *(name, own, tuple(span), tuple(lines)),
        inner=None if inner < 0 else scopes[inner],
        decorators=tuple(pieces[each] for each in decorators),
        defaults=tuple(pieces[each] for each in defaults),
        options=tuple((option, pieces[each]) for option, each in options),
        body=tuple(pieces[each] for each in body),
    )


def _statement(given: Statement, number: dict[Piece, int]) -> list[Any]:
    flags = (given.guarded, given.imports, given.changes)
    return [number[given.piece], sorted(given.binds), *flags, given.acts]


def _statement_from(given: list[Any], pieces: list[Piece]) -> Statement:
    piece, binds, guarded, imports, changes, acts = given
    return Statement(
        *(pieces[piece], frozenset(binds), guarded, imports, changes),
        acts=tuple(Act(*each) for each in acts),
    )

"""What can only be known by the statements that made it: clients, connections, engines."""

from __future__ import annotations

from collections.abc import Iterator

from assets_core.model.versions import digest
from assets_core.versioning.decorators import framework_decorators
from assets_core.versioning.findings import Findings
from assets_core.versioning.namespaces import Origin, Placed
from assets_core.versioning.normal_form import NORMAL_FORM
from assets_core.versioning.readings import Piece
from assets_core.versioning.resolving import Standing
from assets_core.versioning.things import Thing, World

__all__ = ["look_at_changes", "look_at_option", "look_at_source", "look_at_statements"]

_Found = list[tuple[Origin, Placed]]
"""Statements, each with the name that it is about."""


def look_at_source(world: World, origin: Origin, value: object) -> Thing:
    """Return the statements behind a global name as a thing.

    They are those that bind the name and those of its module that do something with what
    it stands for, and the statements of other modules that change the same object.
    """
    namespace, name = origin
    if not namespace.binds(name):
        return Thing("", namespace.full_name(name), digest("nothing"), missing=True)
    found = [(origin, each) for each in namespace.statements(name)]
    found += _elsewhere(world, origin, value)
    return look_at_statements(world, "object", origin, found)


def look_at_changes(world: World, origin: Origin, value: object) -> Thing:
    """Return the statements that change a function or a class after it was defined."""
    namespace, name = origin
    found = [
        (origin, each)
        for each in namespace.statements(name)
        if each.statement.piece.name != name
    ]
    found += _elsewhere(world, origin, value)
    if not found:
        return Thing("", namespace.full_name(name), digest("no changes"))
    return look_at_statements(world, "object", origin, found)


def _elsewhere(
    world: World, origin: Origin, value: object
) -> Iterator[tuple[Origin, Placed]]:
    """Yield the statements of other modules that change what a global name stands for."""
    known = [
        *world.where.known_as(value),
        *(
            Origin(each.namespace, f"{each.name}.{origin.name}")
            for each in world.where.known_as(origin.namespace.module)
        ),
    ]
    for other in known:
        if other.namespace is not origin.namespace:
            for placed in other.namespace.statements(other.name, alone=False):
                yield other, placed


def look_at_statements(world: World, kind: str, origin: Origin, found: _Found) -> Thing:
    """Return statements that ran while their modules were loaded as one thing."""
    together = Findings(world, Standing(origin.name, origin.namespace, at_load=True))
    forms: list[str] = []
    for (namespace, name), (unit, statement) in found:
        findings = Findings(world, Standing(origin.name, namespace, at_load=True))
        piece = statement.piece
        dropped = framework_decorators(findings, unit, piece)
        about = {*unit.reading.read_at_load(piece, dropped), *statement.binds}
        if dropped and name not in about:
            continue  # only `@asset(schema=name)` mentions it
        findings.code(unit, piece, without=dropped)
        forms.append(piece.form(dropped))
        together.join(findings)
    content = digest("source", NORMAL_FORM, *forms, *together.paths)
    full = origin.namespace.full_name(origin.name)
    return together.thing(kind if forms else "", full, content, origin.name)


def look_at_option(world: World, origin: Origin, option: str) -> Thing:
    """Return what stands for an option in the decorator of an asset, such as its schema."""
    namespace, name = origin
    for unit, statement in namespace.statements(name):
        for keyword, piece in _options(statement.piece):
            if keyword == option:
                findings = Findings(world, Standing(name, namespace, at_load=True))
                findings.code(unit, piece)
                content = digest("option", NORMAL_FORM, piece.form(), *findings.paths)
                full = f"{option} of {namespace.full_name(name)}"
                return findings.thing("object", full, content)
    return look_at_source(world, origin, None)


def _options(piece: Piece) -> Iterator[tuple[str, Piece]]:
    for decorator in piece.decorators:
        yield from decorator.options

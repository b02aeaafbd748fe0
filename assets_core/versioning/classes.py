"""What a class is made of: its statement, its bases, and everything that it holds now."""

from __future__ import annotations

from assets_core.model.versions import digest
from assets_core.versioning.decorators import framework_decorators
from assets_core.versioning.findings import Findings
from assets_core.versioning.loaded_source import Unit
from assets_core.versioning.members import functions_in, members_of
from assets_core.versioning.namespaces import Namespace
from assets_core.versioning.normal_form import NORMAL_FORM
from assets_core.versioning.readings import Piece
from assets_core.versioning.resolving import Standing
from assets_core.versioning.sources import look_at_changes
from assets_core.versioning.things import Node, Thing, World

__all__ = ["look_at_class"]


def look_at_class(world: World, value: type, namespace: Namespace) -> Thing:
    """Return a class of the project as a thing."""
    short = value.__qualname__.replace("<locals>.", "")
    name = namespace.full_name(value.__qualname__)
    findings = Findings(world, Standing(short, namespace, at_load=True))
    for number, base in enumerate(value.__bases__):
        findings.own(f"base {number}", base, name)
    if type(value) is not type:
        findings.own("metaclass", type(value), name)
    members = dict(members_of(world, value))
    seen = _definitions_of(world, members)
    statements = _statements(value, namespace, members)
    forms = [_statement(findings, unit, piece, seen) for unit, piece in statements]
    if not forms:
        findings.gap(f"class '{short}' has no class statement that can be read")
    bound = {each for _, piece in statements for each in _bound_in(piece)}
    home = world.where.home(value)
    changes = home and Node(lambda: look_at_changes(world, home, value))
    for label, member in members.items():
        source = changes if label in bound else None
        forms += (label, findings.content(member, f"{name}.{label}", source))
    content = digest("class", NORMAL_FORM, value.__name__, *forms, *findings.paths)
    return findings.thing("class", name, content, short.rpartition(".")[2])


def _bound_in(piece: Piece) -> set[str]:
    return set() if piece.inner is None else piece.inner.bound


def _statement(findings: Findings, unit: Unit, piece: Piece, seen: set[Piece]) -> str:
    """Add what a class statement names; its methods are looked at one by one."""
    methods = [each for each in piece.body if each in seen]
    dropped = [*framework_decorators(findings, unit, piece), *methods]
    findings.code(unit, piece, without=dropped)
    return piece.form(dropped)


def _statements(
    value: type, namespace: Namespace, members: dict[str, object]
) -> list[tuple[Unit, Piece]]:
    """Return the class statement; several, where it cannot be told which of them it was."""
    found = [
        (unit, piece)
        for unit in _units(namespace, members)
        for piece in unit.reading.classes.get(value.__qualname__, ())
    ]
    if len(found) > 1:
        lines = {
            function.__code__.co_firstlineno
            for member in members.values()
            for function in functions_in(member)
            if function.__qualname__.startswith(f"{value.__qualname__}.")
        }
        lines |= {line} if (line := vars(value).get("__firstlineno__")) else set()
        chosen = [(unit, piece) for unit, piece in found if lines & _lines(piece)]
        return chosen or found
    return found


def _units(namespace: Namespace, members: dict[str, object]) -> list[Unit]:
    if not namespace.is_notebook:
        return namespace.units
    for member in members.values():
        for function in functions_in(member):
            found = namespace.find(function)
            if found is not None:
                return [found[0]]
    return namespace.units[::-1]


def _lines(piece: Piece) -> set[int]:
    first, last = piece.lines
    return set(range(first, last + 1))


def _definitions_of(world: World, members: dict[str, object]) -> set[Piece]:
    """Return the definitions that are looked at as functions of their own."""
    found: set[Piece] = set()
    for member in members.values():
        for function in functions_in(member):
            placed = world.where.namespace(function.__globals__).find(function)
            if placed is not None:
                found.add(placed[1])
    return found

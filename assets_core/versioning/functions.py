"""What a function is made of: code, defaults, what it closes over, what it names."""

from __future__ import annotations

from collections.abc import Iterator
from types import FunctionType

from assets_core.model.versions import digest
from assets_core.versioning.decorators import framework_decorators
from assets_core.versioning.findings import Findings
from assets_core.versioning.loaded_source import Unit
from assets_core.versioning.namespaces import Namespace
from assets_core.versioning.normal_form import NORMAL_FORM
from assets_core.versioning.readings import Piece
from assets_core.versioning.resolving import EMPTY, Standing
from assets_core.versioning.sources import look_at_changes
from assets_core.versioning.things import Node, Thing, World

__all__ = ["look_at_function"]


def short_name(function: FunctionType) -> str:
    """Return the name of a function's code, for people."""
    return function.__code__.co_qualname.replace("<locals>.", "")


def look_at_function(world: World, function: FunctionType) -> Thing:
    """Return a function as a thing."""
    namespace = world.where.namespace(function.__globals__)
    if not namespace.place.ours:
        return _look_at_wrapper(world, function, namespace)
    short = short_name(function)
    findings = Findings(world, Standing(short, namespace, _cells(function)))
    found = namespace.find(function)
    content = _unreadable(findings, function) if found is None else _code(findings, *found)
    decorated = found is not None and bool(found[1].decorators)
    name = namespace.full_name(short)
    source = None if found is None else _defaults_node(world, namespace, *found)
    for label, value in _defaults(function):
        findings.own(f"default {label}", value, f"{name}.{label}", source)
    _add_rest(findings, function, name, _changes(world, function) if decorated else None)
    known_as = found[1].name if found else ""
    renamed = "" if function.__name__ == known_as else function.__name__
    content = digest("function", NORMAL_FORM, content, renamed, *findings.paths)
    return findings.thing("helper", name, content, short.rpartition(".")[2])


def _code(findings: Findings, unit: Unit, piece: Piece) -> str:
    dropped = framework_decorators(findings, unit, piece)
    findings.code(unit, piece, without=[*dropped, *piece.defaults])
    return piece.form(dropped, own_defaults=False)


def _unreadable(findings: Findings, function: FunctionType) -> str:
    short, namespace = findings.standing.who, findings.standing.namespace
    if namespace.has_file_of(function.__code__):
        file = function.__code__.co_filename
        findings.opaque(f"'{file}' no longer holds '{short}' as it was loaded")
    else:
        findings.gap(f"function '{short}' has no source that can be read")
    return ""


def _look_at_wrapper(world: World, function: FunctionType, namespace: Namespace) -> Thing:
    """Return a function that code of a package made around something else."""
    short = short_name(function)
    findings = Findings(world, Standing(short, namespace))
    findings.package(namespace.title)
    registry = getattr(function, "registry", None)
    if namespace.title == "functools" and registry is not None:
        name = f"{function.__name__} for"
        for number, (kind, chosen) in enumerate(registry.items()):
            findings.own(f"type {number}", kind, name)
            findings.own(f"function {number}", chosen, f"{name} {kind.__qualname__}")
    else:
        for label, value in _defaults(function):
            findings.own(label, value, f"{function.__qualname__}.{label}")
        if not function.__closure__ and not hasattr(function, "__wrapped__"):
            findings.gap(f"'{short}' of '{namespace.title}' cannot be found by its name")
        _add_rest(findings, function, short)
    content = digest("wrapper", namespace.title, short, *findings.paths)
    return findings.thing("", short, content)


def _add_rest(
    findings: Findings, function: FunctionType, name: str, source: Node | None = None
) -> None:
    """Add what a function carries beside its code."""
    for label, value in _cells(function).items():
        if value is EMPTY:
            findings.gap(f"'{name}' uses '{label}', which had no value yet")
        elif label not in findings.used:
            findings.own(label, value, f"{name}.{label}")
    for label, value in sorted(vars(function).items()):
        findings.own(f".{label}", value, f"{name}.{label}", source)


def _changes(world: World, function: FunctionType) -> Node | None:
    """Return the node of what else, beside its decorators, gave a function attributes."""
    home = world.where.home(function)
    if home is None:
        return None
    return Node(lambda: look_at_changes(world, home, function))


def _cells(function: FunctionType) -> dict[str, object]:
    found: dict[str, object] = {}
    cells = function.__closure__ or ()
    for name, cell in zip(function.__code__.co_freevars, cells, strict=True):
        try:
            found[name] = cell.cell_contents
        except ValueError:
            found[name] = EMPTY
    return found


def _defaults(function: FunctionType) -> Iterator[tuple[str, object]]:
    code, given = function.__code__, function.__defaults__ or ()
    if given:
        names = code.co_varnames[: code.co_argcount]
        yield from zip(names[-len(given) :], given, strict=True)
    yield from sorted((function.__kwdefaults__ or {}).items())


def _defaults_node(world: World, namespace: Namespace, unit: Unit, piece: Piece) -> Node:
    """Return the node of the expressions that gave a function its defaults."""

    def look() -> Thing:
        name = piece.name.strip("<>")
        findings = Findings(world, Standing(name, namespace, at_load=True))
        forms = []
        for default in piece.defaults:
            findings.code(unit, default)
            forms.append(default.form())
        content = digest("defaults", NORMAL_FORM, *forms, *findings.paths)
        return findings.thing("object", f"{namespace.full_name(name)} (defaults)", content)

    return Node(look)

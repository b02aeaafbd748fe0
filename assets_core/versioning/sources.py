"""What can only be known by the statements that made it: clients, connections, engines."""

from __future__ import annotations

from assets_core.model.versions import digest
from assets_core.versioning.findings import Findings
from assets_core.versioning.functions import framework_decorators
from assets_core.versioning.namespaces import Origin, Placed
from assets_core.versioning.normal_form import NORMAL_FORM, normal_form
from assets_core.versioning.resolving import Standing
from assets_core.versioning.things import Thing, World

__all__ = ["look_at_instance", "look_at_source", "look_at_statements"]


def look_at_source(world: World, origin: Origin, value: object) -> Thing:
    """Return the statements behind a global name as a thing.

    They are those that bind the name and those of its module that do something with what
    it stands for, and the statements of other modules that change the same object.
    """
    namespace, name = origin
    placed = [(origin, each) for each in namespace.statements(name)]
    if not any(name in each.statement.binds for _, each in placed):
        return Thing("", namespace.full_name(name), digest("nothing"), missing=True)
    for other in world.same_elsewhere(value):
        if other != origin:
            placed += [
                (other, each)
                for each in other.namespace.statements(other.name, alone=False)
            ]
    return look_at_statements(world, "object", origin, placed)


def look_at_statements(
    world: World, kind: str, origin: Origin, placed: list[tuple[Origin, Placed]]
) -> Thing:
    """Return statements that ran while their modules were loaded as one thing."""
    name = origin.namespace.full_name(origin.name)
    all_findings = Findings(world, Standing(origin.name, origin.namespace, at_load=True))
    forms: list[str] = []
    for other, (unit, statement) in placed:
        findings = all_findings
        if other.namespace is not origin.namespace:
            findings = Findings(world, Standing(other.name, other.namespace, at_load=True))
        dropped = framework_decorators(findings, unit, statement.node)
        findings.code(unit, statement.node, without=dropped)
        forms.append(normal_form(statement.node, without=dropped))
        if findings is not all_findings:
            all_findings.join(findings)
    content = digest("source", NORMAL_FORM, *forms, *all_findings.paths)
    return all_findings.thing(kind, name, content, origin.name)


def look_at_instance(world: World, value: object) -> Thing:
    """Return an object that does not show what it is made of: a place that its source fills."""
    kind = type(value)
    findings = Findings(world, Standing(kind.__qualname__, world.namespace({})))
    if kind.__name__ != "_lru_cache_wrapper":
        findings.gap(f"a '{kind.__module__}.{kind.__qualname__}' was made out of sight")
    findings.own("class", kind, kind.__qualname__)
    wrapped = getattr(value, "__wrapped__", None)
    if callable(wrapped):
        findings.own("wrapped", wrapped, kind.__qualname__)
    return findings.thing("", kind.__qualname__, digest("instance", *findings.paths))

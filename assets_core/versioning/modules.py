"""Modules that are used whole: handed on, or asked for names that are worked out."""

from __future__ import annotations

import hashlib
from pathlib import Path
from types import ModuleType

from assets_core.model.versions import digest
from assets_core.versioning.findings import Findings
from assets_core.versioning.normal_form import NORMAL_FORM
from assets_core.versioning.places import Place
from assets_core.versioning.resolving import Standing
from assets_core.versioning.things import Thing, World

__all__ = ["look_at_module"]


def look_at_module(world: World, module: ModuleType) -> Thing:
    """Return a module of the project, with all that it holds, as a thing."""
    namespace = world.where.namespace(vars(module))
    findings = Findings(world, Standing(namespace.title, namespace))
    file = namespace.names.get("__file__")
    if namespace.place is Place.BINARY:
        data = Path(str(file)).read_bytes()
        return Thing("module", namespace.title, hashlib.sha256(data).hexdigest()[:32])
    if not namespace.units:
        findings.opaque(f"module '{namespace.title}' has no source that can be read")
    bound = {name for unit in namespace.units for name in unit.reading.module.bound}
    bound |= {name for name in namespace.names if namespace.imports(name)}
    for name in sorted(bound & namespace.names.keys()):
        findings.name(name)
    forms = [unit.reading.form() for unit in namespace.units if unit.reading.readable]
    content = digest("module", NORMAL_FORM, *forms, *findings.paths)
    return findings.thing("module", namespace.title, content)

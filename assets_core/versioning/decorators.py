"""Which decorators of a definition are the framework's own, such as `@asset`."""

from __future__ import annotations

from typing import Any

from assets_core.versioning.findings import Findings
from assets_core.versioning.loaded_source import Unit
from assets_core.versioning.places import Place, place_of_module
from assets_core.versioning.readings import Piece

__all__ = ["framework_decorators"]


def framework_decorators(findings: Findings, unit: Unit, piece: Piece) -> list[Piece]:
    """Return the decorators that declare something and do not change what is decorated."""
    return [
        decorator
        for decorator in piece.decorators
        if any(_is_framework(found.value) for found in findings.first_in(unit, decorator))
    ]


def _is_framework(value: Any) -> bool:
    for name in ("__module__", "__name__"):
        module = getattr(value, name, None)
        if isinstance(module, str) and place_of_module(module) is Place.FRAMEWORK:
            return True
    return False

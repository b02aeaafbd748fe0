"""What can reach code by ways that nobody can follow beforehand."""

from __future__ import annotations

import builtins
import importlib
import sys

__all__ = ["DOORS", "IMPORT", "SUBCLASSES", "why_dynamic"]

IMPORT = "import"
"""No attribute, but a door as well: what a module does while a function loads it."""

SUBCLASSES = "__subclasses__"
DOORS = frozenset(
    {"__builtins__", "__globals__", "ag_frame", "cr_frame", "f_back", "f_builtins",
     "f_globals", "f_locals", "gi_frame", "tb_frame", SUBCLASSES}
)  # fmt: skip
"""Attributes, of whatever object, through which code reaches what it does not name."""

_ANYTHING = "which can run anything"
_ANY_NAME = "through which any name can be reached"
_BY_IDENTITY: dict[int, str] = {
    id(builtins): f"the module 'builtins' as a whole, {_ANYTHING}",
    id(vars(builtins)): f"the builtins as a whole, {_ANYTHING}",
    id(builtins.__import__): "__import__(), which can load anything",
    id(builtins.compile): f"compile(), {_ANYTHING}",
    id(builtins.eval): f"eval(), {_ANYTHING}",
    id(builtins.exec): f"exec(), {_ANYTHING}",
    id(builtins.globals): f"globals(), {_ANY_NAME}",
    id(importlib.__import__): "importlib.__import__(), which can load anything",
    id(importlib.import_module): "import_module() with a name known only when it runs",
    id(importlib.reload): "reload(), which replaces code while it runs",
    id(sys._getframe): f"sys._getframe(), {_ANY_NAME}",  # noqa: SLF001 - to recognize it
    id(sys.modules): "sys.modules, through which any module can be reached",
}
_BY_PATH: dict[str, str] = {
    "importlib.util.module_from_spec": "module_from_spec(), which can load anything",
    "importlib.util.spec_from_file_location": f"spec_from_file_location(), {_ANYTHING}",
    "inspect.currentframe": f"currentframe(), {_ANY_NAME}",
    "inspect.stack": f"stack(), {_ANY_NAME}",
    "pkgutil.resolve_name": f"resolve_name(), {_ANY_NAME}",
    "runpy.run_module": f"run_module(), {_ANYTHING}",
    "runpy.run_path": f"run_path(), {_ANYTHING}",
    "types.CodeType": f"CodeType(), {_ANYTHING}",
    "types.FunctionType": f"FunctionType(), {_ANYTHING}",
}


def why_dynamic(value: object, path: str | None = None) -> str | None:
    """Return why what uses a value cannot be followed, or None where it can.

    >>> why_dynamic(eval)
    'eval(), which can run anything'
    """
    found = _BY_IDENTITY.get(id(value))
    return _BY_PATH.get(path or "") if found is None else found

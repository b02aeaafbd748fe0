"""What can reach code by ways that nobody can follow beforehand."""

from __future__ import annotations

import builtins
import importlib
import sys

__all__ = ["why_dynamic"]

_BY_IDENTITY: dict[int, str] = {
    id(builtins.exec): "exec(), which can run anything",
    id(builtins.eval): "eval(), which can run anything",
    id(builtins.compile): "compile(), which can make any code",
    id(builtins.globals): "globals(), through which any name can be reached",
    id(builtins.__import__): "__import__(), which can load anything",
    id(builtins): "the module 'builtins' itself, through which anything can be run",
    id(vars(builtins)): "the builtins as a mapping, through which anything can be run",
    id(
        importlib.import_module
    ): "import_module() with a name that is only known when it runs",
    id(importlib.__import__): "importlib.__import__(), which can load anything",
    id(importlib.reload): "reload(), which replaces code while it runs",
    id(sys.modules): "sys.modules, through which any module can be reached",
    id(sys._getframe): "sys._getframe(), through which any name can be reached",  # noqa: SLF001
}
_BY_PATH: dict[str, str] = {
    "importlib.util.module_from_spec": "module_from_spec(), which can load anything",
    "importlib.util.spec_from_file_location": "spec_from_file_location(), which can load any file",
    "inspect.currentframe": "currentframe(), through which any name can be reached",
    "inspect.stack": "stack(), through which any name can be reached",
    "pkgutil.resolve_name": "resolve_name(), which can load anything",
    "runpy.run_module": "run_module(), which can run anything",
    "runpy.run_path": "run_path(), which can run any file",
    "types.CodeType": "CodeType(), which can make any code",
    "types.FunctionType": "FunctionType(), which can make any function",
}


def why_dynamic(value: object, path: str | None = None) -> str | None:
    """Return why what uses a value cannot be followed, or None where it can.

    >>> why_dynamic(eval)
    'eval(), which can run anything'
    """
    found = _BY_IDENTITY.get(id(value))
    return _BY_PATH.get(path or "") if found is None else found

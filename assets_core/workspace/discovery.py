"""Finds the assets, sources and checks of a project: those at the top of its modules."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from assets_core.errors import AssetsError, DefinitionError, DefinitionErrors, nearest
from assets_core.model.assets import (
    Asset,
    Check,
    Definition,
    MultiAsset,
    Source,
    each_definition,
)
from assets_core.workspace.fresh_imports import import_freshly_below
from assets_core.workspace.query_files import query_files
from assets_core.workspace.settings import Settings


def find_definitions(settings: Settings) -> list[Definition]:
    """Import a project's modules afresh and return what they declare.

    Raises:
        DefinitionError: A module cannot be imported; all such are told at once.
    """
    _forget(settings)
    found: list[Definition] = []
    problems: list[AssetsError] = []
    with _on_path(settings.root):
        for name in settings.modules:
            try:
                found += definitions_in(importlib.import_module(name))
            except AssetsError as error:
                problems.append(error)
            except (Exception, SystemExit) as error:  # noqa: BLE001 - it may raise anything
                problem = _not_importable(settings, name, error)
                problem.__cause__ = error  # for those who ask for the traceback
                problems.append(problem)
        try:
            found += query_files(settings)
        except AssetsError as error:
            problems.append(error)
    if problems:
        raise problems[0] if len(problems) == 1 else DefinitionErrors(problems)
    return _each_once(found)


def definitions_in(module: ModuleType) -> list[Definition]:
    """Return the definitions at the top level of a module."""
    given = vars(module).values()
    kinds = Asset | Source | Check | MultiAsset
    return list(each_definition(one for one in given if isinstance(one, kinds)))


def _each_once(found: Iterable[Definition]) -> list[Definition]:
    """Drop repetitions: the same object may be imported by several modules."""
    return list({id(one): one for one in found}.values())


@contextmanager
def _on_path(root: Path) -> Iterator[None]:
    folder = str(root)
    sys.path.insert(0, folder)
    import_freshly_below(root)
    # Files may have been written since the folder was last listed.
    importlib.invalidate_caches()
    try:
        yield
    finally:
        # It stays reachable, for imports inside functions, but hides nothing any more.
        sys.path.remove(folder)
        if folder not in sys.path:
            sys.path.append(folder)


def _forget(settings: Settings) -> None:
    """Forget modules of this project, and others that took their names."""
    roots = tuple(f"{folder}/" for folder in {settings.root, settings.root.resolve()})
    names = {name.partition(".")[0] for name in settings.modules} | _beside(settings.root)
    for name, module in list(sys.modules.items()):
        file = getattr(module, "__file__", None) or ""
        inside = file.startswith(roots) and "site-packages" not in file
        same_name = bool(file) and name.partition(".")[0] in names and not _is_ours(name)
        if name != "__main__" and (inside or same_name):
            del sys.modules[name]


def _beside(root: Path) -> set[str]:
    """Return the names that the project's modules may import from its folder.

    Another project that was opened in this process may have helpers of the same names.
    """
    found = {path.stem for path in root.glob("*.py")}
    found |= {path.parent.name for path in root.glob("*/__init__.py")}
    return {name for name in found if not _is_package(sys.modules.get(name))}


def _is_package(module: ModuleType | None) -> bool:
    """Tell whether a module comes with Python or was installed."""
    file = getattr(module, "__file__", None) or ""
    name = getattr(module, "__name__", "")
    return "site-packages" in file or name in sys.stdlib_module_names


def _is_ours(name: str) -> bool:
    return name.partition(".")[0] in {"assets_core", "io_managers"}


def _not_importable(
    settings: Settings, name: str, error: Exception | SystemExit
) -> AssetsError:
    missing = (
        isinstance(error, ModuleNotFoundError) and error.name == name.partition(".")[0]
    )
    if missing:
        modules = {path.stem for path in settings.root.glob("*.py")}
        modules |= {path.parent.name for path in settings.root.glob("*/*.py")}
        near = nearest(name, modules)
        return DefinitionError(
            f"The project names the module '{name}', which is not there",
            fix=f"did you mean '{near[0]}'?"
            if near
            else f"write {name}.py in {settings.root}",
            where=settings.file,
        )
    if isinstance(error, SyntaxError):
        return DefinitionError(
            f"Module '{name}' cannot be imported: {error.msg}",
            fix="mend the line",
            where=f"{error.filename}:{error.lineno}",
        )
    # The last line of the project's own code is where the user has to look.
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if frame.filename.startswith(str(settings.root))]
    place = f"{own[-1].filename}:{own[-1].lineno}" if own else str(settings.root)
    said = f"{type(error).__name__}: {error}"
    if isinstance(error, SystemExit):
        said = f"it ends the program with sys.exit({error.code!r})"
    return DefinitionError(
        f"Module '{name}' cannot be imported: {said}",
        fix="mend the line; --debug shows the whole traceback",
        where=place,
    )

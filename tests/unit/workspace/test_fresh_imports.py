"""Modules of projects are imported from their text, at no cost for other imports."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

from assets_core.workspace.fresh_imports import import_freshly_below


def test_any_number_of_projects_is_looked_into_by_one_finder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Libraries look for others at each call: each finder would look everywhere again."""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    import_freshly_below(tmp_path / "first")
    before = len(sys.meta_path)

    for name in ("second", "third", "third"):
        import_freshly_below(tmp_path / name)

    assert len(sys.meta_path) == before


def test_each_of_several_projects_is_imported_from_its_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when both texts have the same length, and were written at the same moment."""
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        import_freshly_below(folder)
        monkeypatch.syspath_prepend(folder)
        for value in ("1", "2"):
            (folder / f"module_{name}.py").write_text(f"VALUE = {value}\n")
            sys.modules.pop(f"module_{name}", None)
            module = importlib.import_module(f"module_{name}")
            assert str(module.VALUE) == value


def test_what_comes_first_on_the_path_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A project hides no module of others that Python finds before."""
    for name in ("project", "other"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "module_of_both.py").write_text(f"WHOSE = {name!r}\n")
        monkeypatch.syspath_prepend(folder)
    import_freshly_below(tmp_path / "project")

    assert importlib.import_module("module_of_both").WHOSE == "other"
    del sys.modules["module_of_both"]

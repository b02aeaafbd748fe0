"""Errors travel: between processes, into copies, and to people."""

from __future__ import annotations

import copy
import importlib
import pickle
import pkgutil
from collections.abc import Iterator

import pytest

import assets_core
import io_managers
from assets_core import errors
from assets_core.errors import AssetsError


def all_modules() -> Iterator[str]:
    """Yield the name of every module of the two packages."""
    for package in (assets_core, io_managers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(".__main__"):
                yield module.name


def family(kind: type[AssetsError]) -> Iterator[type[AssetsError]]:
    """Yield an error class and all that stand below it."""
    yield kind
    for child in kind.__subclasses__():
        yield from family(child)


def ours() -> list[type[AssetsError]]:
    """Return every error class of the framework, wherever it is defined."""
    for name in all_modules():
        importlib.import_module(name)
    packages = ("assets_core", "io_managers")
    return [kind for kind in family(AssetsError) if kind.__module__.startswith(packages)]


def example(kind: type[AssetsError]) -> AssetsError:
    """Return an error as the framework makes it."""
    if kind is errors.DefinitionErrors:
        parts = [errors.CycleError("a needs itself"), errors.UnusableKeyError("no key")]
        return errors.DefinitionErrors(parts)
    return kind("Nothing works", fix="mend it\nor leave it", where="assets.py:3")


@pytest.mark.parametrize("kind", sorted(set(ours()), key=str))
def test_an_error_survives_a_journey(kind: type[AssetsError]) -> None:
    """A step that failed in another process is reported as if it had failed here."""
    error = example(kind)
    error.__dict__["extra"] = ("kept", 1)
    sent = pickle.loads(pickle.dumps(error))  # noqa: S301 - made in the line itself

    for arrived in (sent, copy.copy(error), copy.deepcopy(error)):
        assert type(arrived) is kind
        assert str(arrived) == str(error)
        assert arrived.args == error.args
        assert [*arrived.__dict__] == [*error.__dict__]
        assert arrived.__dict__["extra"] == ("kept", 1)


def test_every_error_is_declared_in_one_file() -> None:
    """Whoever wants to catch something finds the whole tree in one place."""
    assert {kind for kind in ours() if kind.__module__ != "assets_core.errors"} == set()


def test_the_tree_at_the_top_of_the_file_is_complete() -> None:
    """The drawing is what people read first."""
    names = {kind.__name__ for kind in ours()}

    assert {name for name in names if name not in str(errors.__doc__)} == set()


def test_an_error_says_what_is_wrong_then_where_then_what_to_do() -> None:
    """The order in which a reader needs it, in lines that stay readable in a log."""
    error = AssetsError("Nothing works", fix="mend it\nor leave it", where="assets.py:3")

    assert str(error).splitlines() == [
        "Nothing works",
        "  at assets.py:3",
        "  Fix: mend it",
        "       or leave it",
    ]

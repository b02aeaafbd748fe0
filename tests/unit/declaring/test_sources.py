"""What may be said of a source, and what is wrong about the rest."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assets_core import source
from assets_core.model.origins import (
    DatabaseRows,
    ManyFiles,
    OneFile,
    VersionFunction,
    WebFile,
)


def version() -> str:
    """Return a version."""
    return "1"


async def late() -> str:
    """Return a version, some day."""
    return "1"


@pytest.mark.parametrize(
    ("given", "origin"),
    [
        ({"path": "in/orders.csv"}, OneFile("in/orders.csv")),
        ({"path": Path("in/orders.csv")}, OneFile("in/orders.csv")),
        ({"path": "in/*.csv"}, ManyFiles("in/*.csv")),
        ({"path": "in/2024-0[1-6].csv"}, ManyFiles("in/2024-0[1-6].csv")),
        ({"http": "https://host/a.csv"}, WebFile("https://host/a.csv", 10.0)),
        ({"http": "${HOST}/a.csv", "timeout": 60}, WebFile("${HOST}/a.csv", 60.0)),
        (
            {"sql": "select 1", "url": "sqlite:///a.db", "version": "select 2"},
            DatabaseRows("select 1", "sqlite:///a.db", "select 2", 10.0),
        ),
    ],
)
def test_each_kind_has_its_options(given: dict[str, Any], origin: object) -> None:
    """One option says which kind it is."""
    found = source("orders", **given)

    assert found.problems == ()
    assert found.origin == origin


def test_a_function_is_not_called_when_it_is_declared() -> None:
    """Importing a project reads nothing."""
    called = []

    found = source("release", function=lambda: called.append(1))

    assert found.problems == ()
    assert isinstance(found.origin, VersionFunction)
    assert called == []


@pytest.mark.parametrize(
    ("given", "problem", "fix"),
    [
        ({}, "is given nothing, and has to be one of its kinds", "path='in/orders.csv'"),
        (
            {"path": "a.csv", "http": "https://host"},
            "is given path= and http=, and has to be one of its kinds",
            "give path=",
        ),
        (
            {"sql": "select 1", "url": "sqlite://", "function": version},
            "is given sql= and function=",
            "give path=",
        ),
        ({"path": ""}, "has path=''", "text that is not empty"),
        ({"path": 7}, "has path=7", "text that is not empty"),
        ({"http": " "}, "has http=' '", "text that is not empty"),
        ({"http": "ftp://host/a"}, "does not begin with http://", "mend the address"),
        ({"http": "host/a.csv"}, "does not begin with http://", "mend the address"),
        ({"sql": "select 1"}, "has sql=, and no url=", "say which database"),
        ({"sql": "", "url": "sqlite://"}, "has sql=''", "text that is not empty"),
        ({"sql": "select 1", "url": 3}, "has url=3", "text that is not empty"),
        (
            {"path": "a", "url": "sqlite://"},
            "has url=, which is for sql=",
            "take url= away",
        ),
        ({"http": "https://a", "version": "select 1"}, "has version=, which is", "take"),
        ({"function": "latest"}, "has function='latest', which cannot be called", "give"),
        ({"function": lambda day: day}, "has a function that needs arguments", "without"),
        ({"function": late}, "has an async function", "without parameters"),
        ({"path": "a", "timeout": 3}, "has timeout=, which files do not need", "take"),
        ({"http": "https://a", "timeout": 0}, "has timeout=0", "seconds above zero"),
        ({"http": "https://a", "timeout": "9"}, "has timeout='9'", "seconds above zero"),
        ({"http": "https://a", "timeout": True}, "has timeout=True", "seconds above zero"),
    ],
)
def test_what_is_wrong_is_told_with_its_fix(
    given: dict[str, Any], problem: str, fix: str
) -> None:
    """When the project is loaded, with the line that says it."""
    (told,) = source("orders", **given).problems

    assert problem in told.problem
    assert told.problem.startswith("Source 'orders' ")
    assert fix in told.fix
    assert told.where.startswith(__file__)

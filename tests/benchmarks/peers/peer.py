"""What a tool is for the comparison: packages, projects as texts, and commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from tests.benchmarks.projects import LARGE, Layered
from tests.benchmarks.rows_partitions import COMMON

Files = dict[str, str]
"""A text for each path in the folder of a project."""
Verb = Literal["run", "again", "load", "dump"]
Function = Callable[[str, tuple[str, ...]], str]

PANDAS = ("pandas==3.1.1", "pyarrow==26.0.1")
IMPORTS = "import pandas as pd\nfrom helpers import mixed, seed\n"


@dataclass(frozen=True, slots=True)
class Peer:
    """A tool and how it does each work, as its documentation would.

    Attributes:
        packages: What is installed, in exact versions; the tool itself comes first.
        commands: For each verb, a program of its environment with its arguments:
            `run` computes, `again` finds nothing to do, `load` prints how many
            definitions there are, `dump` writes what was computed into `tables`.
        nothing: What it says when there is nothing to do; where it is empty, no stored
            file may change.
        variables: Of each of its processes; `{folder}` stands for the project.
        looks_at: By what it decides that there is nothing to do.
        leaves_out: What of our work it does not do in the time measured.
        days: The project that calls a function for each day; None if it has no such way.
        days_at_once: The one that calls it once for all days.
    """

    name: str
    title: str
    packages: tuple[str, ...]
    layers: Callable[[Layered], Files]
    large: Callable[[int], Files]
    looks_at: str
    leaves_out: str
    commands: Mapping[Verb, tuple[str, ...]]
    days: Callable[[int], Files] | None = None
    days_at_once: Callable[[int], Files] | None = None
    nothing: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)


def work(*verbs: Verb) -> dict[Verb, tuple[str, ...]]:
    """Return commands that call the project's own program."""
    return {verb: ("python", "work.py", verb) for verb in verbs}


def layer_files(layered: Layered, head: str, function: Function) -> Files:
    """Return a module for each layer, with a head and a text for each function."""
    found = {"helpers.py": layered.helpers()}
    texts: dict[str, list[str]] = {}
    for name, above in layered.graph().items():
        layer = name[1 : name.index("_")]
        texts.setdefault(layer, [head]).append(function(name, above))
    for layer, one in texts.items():
        found[f"layer_{layer}.py"] = "\n\n".join(one)
    return found


def function_text(layered: Layered, name: str, above: tuple[str, ...], mark: str) -> str:
    """Return a function under a decorator, as it stands in our own project."""
    parameters = ", ".join(f"{one}: pd.DataFrame" for one in above)
    body = f"    return {layered.call(name, *above)}\n"
    return f"{mark}def {name}({parameters}) -> pd.DataFrame:\n{body}"


def marked_layers(layered: Layered, imports: str, mark: str) -> Files:
    """Return the layers with a decorator above each function."""
    return layer_files(
        layered,
        imports + IMPORTS,
        lambda name, above: function_text(layered, name, above, mark),
    )


def days_text(count: int) -> str:
    """Return the functions that make the tables of a year of days."""
    return COMMON.format(days=count)


def large_text(rows: int, imports: str = "", mark: str = "") -> str:
    """Return the functions that make the large table and its totals."""
    return LARGE.format(rows=rows, imports=imports, mark=mark, run="pass")

"""Redun: a task for each table, which writes a File and hands it on."""

from __future__ import annotations

from tests.benchmarks.peers.peer import (
    PANDAS,
    Files,
    Peer,
    days_text,
    large_text,
    layer_files,
)
from tests.benchmarks.projects import LAYERS, Layered

STORING = """\
import pandas as pd
from redun import File


def load(file: File) -> pd.DataFrame:
    with file.open("rb") as stream:
        return pd.read_parquet(stream)


def save(name: str, frame: pd.DataFrame) -> File:
    file = File(f"data/{name}.parquet")
    with file.open("wb") as stream:
        frame.to_parquet(stream)
    return file
"""
HEAD = """\
from helpers import mixed, seed
from redun import File, task
from storing import load, save

redun_namespace = "shop"
"""
MAIN = """\
from redun import File, task

{imports}

redun_namespace = "shop"


@task()
def main() -> list[File]:
{calls}
    return [{last}]
"""
DAYS = """\
import pandas as pd
from functions import DAYS, doubled, rows, summed
from redun import File, task
from storing import load, save

redun_namespace = "shop"


@task()
def first(day: str) -> File:
    return save(f"first/{day}", rows(pd.Timestamp(day)))


@task()
def second(day: str, first: File) -> File:
    return save(f"second/{day}", doubled(load(first)))


@task()
def third(day: str, second: File) -> File:
    return save(f"third/{day}", summed(load(second), ["kind"]))


@task()
def main() -> list[File]:
    found = []
    for at in pd.date_range("2023-01-01", periods=DAYS):
        day = str(at.date())
        found.append(third(day, second(day, first(day))))
    return found
"""
LARGE = """\
import functions
from redun import File, task
from storing import load, save

redun_namespace = "shop"


@task()
def events() -> File:
    return save("events", functions.events())


@task()
def totals(events: File) -> File:
    return save("totals", functions.totals(load(events)))


@task()
def main() -> File:
    return totals(events())
"""
LOAD = """\
import work
from redun.task import get_task_registry

print(sum(one.namespace == "shop" for one in get_task_registry()) - 1)
"""
RUN = ("redun", "run", "work.py", "main")


def layers(layered: Layered) -> Files:
    """Return a task for each table, and one that calls them all."""

    def function(name: str, above: tuple[str, ...]) -> str:
        parameters = ", ".join(f"{one}: File" for one in above)
        call = layered.call(name, *[f"load({one})" for one in above])
        head = f"@task()\ndef {name}({parameters}) -> File:"
        return f'{head}\n    return save("{name}", {call})\n'

    calls = [
        f"    {name} = layer_{name[1 : name.index('_')]}.{name}({', '.join(above)})"
        for name, above in layered.graph().items()
    ]
    last = [name for name in layered.graph() if name.startswith(f"a{LAYERS - 1}_")]
    imports = "\n".join(f"import layer_{layer}" for layer in range(LAYERS))
    main = MAIN.format(imports=imports, calls="\n".join(calls), last=", ".join(last))
    files = layer_files(layered, HEAD, function)
    return {**files, "storing.py": STORING, "work.py": main, "load.py": LOAD}


def days(count: int) -> Files:
    """Return tasks that are called for each day."""
    return {"functions.py": days_text(count), "storing.py": STORING, "work.py": DAYS}


def large(rows: int) -> Files:
    """Return two tasks."""
    return {"functions.py": large_text(rows), "storing.py": STORING, "work.py": LARGE}


PEER = Peer(
    name="redun",
    title="redun",
    packages=("redun==0.44.1", *PANDAS),
    layers=layers,
    days=days,
    large=large,
    commands={"run": RUN, "again": RUN, "load": ("python", "load.py")},
    variables={"PYTHONPATH": "{folder}"},
    looks_at="code of each task, its arguments; size and time of files",
    leaves_out="syncs no file, hashes no content of files; helpers do not count",
)

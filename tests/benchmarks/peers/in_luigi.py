"""Luigi: a task for each table, with the file that it makes."""

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

TASK = """\
class {task}(luigi.Task):
    def requires(self):
        return [{requires}]

    def output(self):
        return luigi.LocalTarget("data/{name}.parquet")

    def run(self):
        {take}with self.output().temporary_path() as path:
            {call}.to_parquet(path)
"""
DAYS = """\
import luigi
import pandas as pd
from functions import DAYS, doubled, rows, summed


class First(luigi.Task):
    day = luigi.DateParameter()

    def output(self):
        return luigi.LocalTarget(f"data/first/{self.day}.parquet")

    def run(self):
        with self.output().temporary_path() as path:
            rows(pd.Timestamp(self.day)).to_parquet(path)


class Second(luigi.Task):
    day = luigi.DateParameter()

    def requires(self):
        return First(self.day)

    def output(self):
        return luigi.LocalTarget(f"data/second/{self.day}.parquet")

    def run(self):
        with self.output().temporary_path() as path:
            doubled(pd.read_parquet(self.input().path)).to_parquet(path)


class Third(luigi.Task):
    day = luigi.DateParameter()

    def requires(self):
        return Second(self.day)

    def output(self):
        return luigi.LocalTarget(f"data/third/{self.day}.parquet")

    def run(self):
        with self.output().temporary_path() as path:
            summed(pd.read_parquet(self.input().path), ["kind"]).to_parquet(path)


class All(luigi.WrapperTask):
    def requires(self):
        days = pd.date_range("2023-01-01", periods=DAYS)
        return [Third(day.date()) for day in days]
"""
ALL = """\
import luigi
{imports}


class All(luigi.WrapperTask):
    def requires(self):
        return [{tasks}]
"""
LOAD = """\
import work
from luigi.task_register import Register

names = Register.task_names()
print(sum(name.startswith("A") and name[1].isdigit() for name in names))
"""
RUN = ("luigi", "--module", "work", "All", "--local-scheduler")


def class_name(name: str) -> str:
    """Return what the task of a table is called."""
    return name.capitalize()


def task_text(name: str, above: tuple[str, ...], requires: str, call: str) -> str:
    """Return the task that makes a table with a call."""
    paths = ", ".join(above)
    read = f"{paths}, = [pd.read_parquet(one.path) for one in self.input()]\n        "
    return TASK.format(
        task=class_name(name),
        name=name,
        requires=requires,
        take=read if above else "",
        call=call,
    )


def layers(layered: Layered) -> Files:
    """Return a task for each table, and one that wants the last layer."""

    def function(name: str, above: tuple[str, ...]) -> str:
        upstream = int(name[1 : name.index("_")]) - 1
        requires = ", ".join(f"layer_{upstream}.{class_name(one)}()" for one in above)
        return task_text(name, above, requires, layered.call(name, *above))

    head = "import luigi\nimport pandas as pd\nfrom helpers import mixed, seed\n"
    files = layer_files(layered, head, function)
    for layer in range(1, LAYERS):
        path = f"layer_{layer}.py"
        files[path] = f"import layer_{layer - 1}\n{files[path]}"
    last = LAYERS - 1
    names = [name for name in layered.graph() if name.startswith(f"a{last}_")]
    tasks = ", ".join(f"layer_{last}.{class_name(name)}()" for name in names)
    files["work.py"] = ALL.format(imports=f"import layer_{last}", tasks=tasks)
    return {**files, "load.py": LOAD}


def days(count: int) -> Files:
    """Return tasks with a date each."""
    return {"functions.py": days_text(count), "work.py": DAYS}


def large(rows: int) -> Files:
    """Return two tasks."""
    head = "import luigi\nimport pandas as pd\nimport functions"
    tasks = (
        task_text("events", (), "", "functions.events()"),
        task_text("totals", ("events",), "Events()", "functions.totals(events)"),
        ALL.format(imports="", tasks="Totals()"),
    )
    return {
        "functions.py": large_text(rows),
        "work.py": "\n\n\n".join([head, *tasks]),
    }


PEER = Peer(
    name="luigi",
    title="Luigi",
    packages=("luigi==3.8.1", *PANDAS),
    layers=layers,
    days=days,
    large=large,
    commands={"run": RUN, "again": RUN, "load": ("python", "load.py")},
    variables={"PYTHONPATH": "{folder}"},
    looks_at="whether the last files exist",
    leaves_out="syncs nothing, records nothing, compares neither code nor data",
)

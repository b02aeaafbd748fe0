"""SQLMesh: models in Python over a DuckDB file."""

from __future__ import annotations

from datetime import date, timedelta

from tests.benchmarks.peers.peer import Files, Peer, days_text, large_text
from tests.benchmarks.projects import LAYERS, Layered

CONFIG = """\
gateways:
  local:
    connection:
      type: duckdb
      database: db.duckdb
default_gateway: local
disable_anonymized_analytics: true
model_defaults:
  dialect: duckdb
  start: 2023-01-01
"""
HEAD = """\
import typing as t

import pandas as pd
from sqlmesh import ExecutionContext, model
"""
MODEL = """
@model("shop.{name}", kind="FULL", columns={columns}, depends_on={above})
def make_{name}(context: ExecutionContext, **kwargs: t.Any) -> pd.DataFrame:
{reads}    return {call}
"""
READ = """\
    {frame} = context.fetchdf(f"SELECT * FROM {{context.resolve_table('shop.{name}')}}")
"""
DAYS = """
@model(
    "shop.first",
    kind={{"name": ModelKindName.INCREMENTAL_BY_TIME_RANGE, "time_column": "date"}},
    columns={{"id": "bigint", "value": "double", "kind": "bigint", "date": "text"}},
    end="{end}",
)
def first(context: ExecutionContext, start, end, **kwargs: t.Any) -> pd.DataFrame:
    days = pd.date_range(pd.Timestamp(start).date(), pd.Timestamp(end).date())
    return pd.concat([rows(day).assign(date=str(day.date())) for day in days])


@model(
    "shop.second",
    kind={{"name": ModelKindName.INCREMENTAL_BY_TIME_RANGE, "time_column": "date"}},
    columns={{
        "id": "bigint", "value": "double", "kind": "bigint", "date": "text",
        "twice": "double",
    }},
    depends_on=["shop.first"],
    end="{end}",
)
def second(context: ExecutionContext, start, end, **kwargs: t.Any) -> pd.DataFrame:
    table = context.resolve_table("shop.first")
    days = f"date BETWEEN '{{start.date()}}' AND '{{end.date()}}'"
    return doubled(context.fetchdf(f"SELECT * FROM {{table}} WHERE {{days}}"))


@model(
    "shop.third",
    kind={{"name": ModelKindName.INCREMENTAL_BY_TIME_RANGE, "time_column": "date"}},
    columns={{"date": "text", "kind": "bigint", "twice": "double"}},
    depends_on=["shop.second"],
    end="{end}",
)
def third(context: ExecutionContext, start, end, **kwargs: t.Any) -> pd.DataFrame:
    table = context.resolve_table("shop.second")
    days = f"date BETWEEN '{{start.date()}}' AND '{{end.date()}}'"
    frame = context.fetchdf(f"SELECT * FROM {{table}} WHERE {{days}}")
    return summed(frame, ["date", "kind"])
"""
LOAD = """\
from sqlmesh import Context

print(len(Context(paths=".").models))
"""
DUMP = """\
from pathlib import Path

import duckdb

Path("tables").mkdir()
with duckdb.connect("db.duckdb", read_only=True) as base:
    names = base.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = 'shop'"
    ).fetchall()
    for (name,) in names:
        columns = [one[0] for one in base.execute(f"DESCRIBE shop.{name}").fetchall()]
        # Tables have no order there; by these columns it is that of the functions.
        dated = "date" in columns
        chosen = "* EXCLUDE (date), date" if dated else "*"
        quoted = [f'"{one}"' for one in sorted(columns, key=lambda one: one != "date")]
        order = ", ".join(quoted)
        query = f"SELECT {chosen} FROM shop.{name} ORDER BY {order}"
        base.execute(f"COPY ({query}) TO 'tables/{name}.parquet' (FORMAT parquet)")
"""
SMALL = {"id": "bigint", "value": "double", "name": "text"}
EVENTS = {
    "id": "bigint",
    "user": "bigint",
    "amount": "double",
    "score": "double",
    "chance": "double",
    "at": "timestamp",
    "kind": "text",
    "valid": "boolean",
}
TOTALS = {
    "kind": "text",
    "rows": "bigint",
    "users": "bigint",
    "amount": "double",
    "score": "double",
    "chance": "double",
    "last": "timestamp",
    "valid": "bigint",
}
COMMON = {"config.yaml": CONFIG, "load.py": LOAD, "dump.py": DUMP}
PLAN = ("sqlmesh", "plan", "--auto-apply", "--no-prompts")


def model_text(name: str, columns: dict[str, str], above: list[str], call: str) -> str:
    """Return a model that reads others and makes a table with a call."""
    return MODEL.format(
        name=name,
        columns=columns,
        above=[f"shop.{one}" for one in above],
        reads="".join(READ.format(frame=one, name=one) for one in above),
        call=call,
    )


def layers(layered: Layered) -> Files:
    """Return a model for each function."""
    texts: dict[str, list[str]] = {str(layer): [] for layer in range(LAYERS)}
    for name, above in layered.graph().items():
        call = layered.call(name, *above)
        model = model_text(name, SMALL, list(above), call)
        texts[name[1 : name.index("_")]].append(model)
    head = HEAD + "from helpers import mixed, seed\n\n"
    models = {f"models/layer_{layer}.py": head + "\n".join(texts[layer]) for layer in texts}
    return {**COMMON, "helpers.py": layered.helpers(), **models}


def days(count: int) -> Files:
    """Return models by the day; all days are one call unless a batch size is set."""
    end = date(2023, 1, 1) + timedelta(days=count - 1)
    imports = (
        "from functions import doubled, rows, summed\n"
        "from sqlmesh.core.model.kind import ModelKindName\n"
    )
    text = HEAD + imports + DAYS.format(end=end)
    return {**COMMON, "functions.py": days_text(count), "models/shop.py": text}


def large(rows: int) -> Files:
    """Return two models."""
    calls = (
        model_text("events", EVENTS, [], "events()"),
        model_text("totals", TOTALS, ["events"], "totals(events)"),
    )
    return {
        **COMMON,
        "functions.py": large_text(rows),
        "models/shop.py": f"{HEAD}from functions import events, totals\n"
        + "\n".join(calls),
    }


PEER = Peer(
    name="sqlmesh",
    title="SQLMesh",
    packages=("sqlmesh==0.236.4", "pandas==2.3.3", "pyarrow==26.0.1", "duckdb==1.5.6"),
    layers=layers,
    days_at_once=days,
    large=large,
    commands={
        "run": PLAN,
        "again": PLAN,
        "load": ("python", "load.py"),
        "dump": ("python", "dump.py"),
    },
    nothing="No changes to plan",
    variables={"SQLMESH__DISABLE_ANONYMIZED_ANALYTICS": "true"},
    looks_at="fingerprints of models and the intervals that are filled",
    leaves_out="hashes no data; keeps it in one DuckDB file, which is synced at commits",
)

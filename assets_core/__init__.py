"""Assets-core: declare tables as functions, materialize what is stale, know why.

Names are loaded when they are first used, so that importing this loads no pandas,
pyarrow, duckdb or pandera.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assets_core.declaring.decorators import asset, check, source
    from assets_core.errors import (
        AssetsError,
        ConfigurationError,
        CorruptDataError,
        CycleError,
        DataError,
        DefinitionError,
        MissingDataError,
        RunFailed,
        SchemaError,
        SelectionError,
        SourceError,
        StoreError,
        UnknownUpstreamError,
        UsageError,
    )
    from assets_core.model.assets import Asset, Check, CheckResult, Source, Upstream
    from assets_core.model.mappings import (
        All,
        Dimension,
        Identity,
        Last,
        Overlap,
        Specific,
        StaticMap,
        Window,
    )
    from assets_core.model.partitions import (
        CronPartitions,
        DailyPartitions,
        DynamicPartitions,
        HourlyPartitions,
        MonthlyPartitions,
        ProductPartitions,
        StaticPartitions,
        WeeklyPartitions,
    )
    from assets_core.model.policies import Freshness, Retry
    from assets_core.running.context import RunContext
    from assets_core.running.result import RunResult
    from assets_core.workspace.materialize import materialize
    from assets_core.workspace.workspace import Workspace

__version__ = "0.1.0"

_HOMES = {
    "asset": "declaring.decorators",
    "check": "declaring.decorators",
    "source": "declaring.decorators",
    "AssetsError": "errors",
    "ConfigurationError": "errors",
    "CorruptDataError": "errors",
    "CycleError": "errors",
    "DataError": "errors",
    "DefinitionError": "errors",
    "MissingDataError": "errors",
    "RunFailed": "errors",
    "SchemaError": "errors",
    "SelectionError": "errors",
    "SourceError": "errors",
    "StoreError": "errors",
    "UnknownUpstreamError": "errors",
    "UsageError": "errors",
    "Asset": "model.assets",
    "Check": "model.assets",
    "CheckResult": "model.assets",
    "Source": "model.assets",
    "Upstream": "model.assets",
    "All": "model.mappings",
    "Dimension": "model.mappings",
    "Identity": "model.mappings",
    "Last": "model.mappings",
    "Overlap": "model.mappings",
    "Specific": "model.mappings",
    "StaticMap": "model.mappings",
    "Window": "model.mappings",
    "CronPartitions": "model.partitions",
    "DailyPartitions": "model.partitions",
    "DynamicPartitions": "model.partitions",
    "HourlyPartitions": "model.partitions",
    "MonthlyPartitions": "model.partitions",
    "ProductPartitions": "model.partitions",
    "StaticPartitions": "model.partitions",
    "WeeklyPartitions": "model.partitions",
    "Freshness": "model.policies",
    "Retry": "model.policies",
    "RunContext": "running.context",
    "RunResult": "running.result",
    "materialize": "workspace.materialize",
    "Workspace": "workspace.workspace",
}

__all__ = [
    "All",
    "Asset",
    "AssetsError",
    "Check",
    "CheckResult",
    "ConfigurationError",
    "CorruptDataError",
    "CronPartitions",
    "CycleError",
    "DailyPartitions",
    "DataError",
    "DefinitionError",
    "Dimension",
    "DynamicPartitions",
    "Freshness",
    "HourlyPartitions",
    "Identity",
    "Last",
    "MissingDataError",
    "MonthlyPartitions",
    "Overlap",
    "ProductPartitions",
    "Retry",
    "RunContext",
    "RunFailed",
    "RunResult",
    "SchemaError",
    "SelectionError",
    "Source",
    "SourceError",
    "Specific",
    "StaticMap",
    "StaticPartitions",
    "StoreError",
    "UnknownUpstreamError",
    "Upstream",
    "UsageError",
    "WeeklyPartitions",
    "Window",
    "Workspace",
    "asset",
    "check",
    "materialize",
    "source",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'assets_core' has no attribute {name!r}")
    value = getattr(import_module(f"assets_core.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})

"""Assets-core: declare tables as functions, materialize what is stale, know why.

Names are loaded when they are first used, so that importing this loads no pandas,
pyarrow, duckdb or pandera.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from assets_core.declaring.commands import command_asset
    from assets_core.declaring.decorators import asset, check
    from assets_core.declaring.files import file_asset
    from assets_core.declaring.outputs import multi_asset
    from assets_core.declaring.queries import sql_asset
    from assets_core.declaring.sources import source
    from assets_core.errors import (
        AssetsError,
        CommandError,
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
    from assets_core.interfaces.notebook.extension import load_ipython_extension
    from assets_core.model.assets import (
        Asset,
        Check,
        CheckResult,
        MultiAsset,
        Output,
        Source,
        UnsafePickle,
        UnsafePickleWarning,
        Upstream,
    )
    from assets_core.model.hiding import Secret
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
        Partition,
        ProductPartitions,
        StaticPartitions,
        WeeklyPartitions,
    )
    from assets_core.model.policies import Freshness, Quarantine, Retry
    from assets_core.running.context import CheckContext, RunContext
    from assets_core.running.result import RunResult
    from assets_core.workspace.materialize import materialize
    from assets_core.workspace.schemas import arrow_schema, schema_from_arrow
    from assets_core.workspace.trials import preview
    from assets_core.workspace.workspace import Workspace

__version__ = "0.1.0"

_HOMES = {
    "asset": "declaring.decorators",
    "check": "declaring.decorators",
    "command_asset": "declaring.commands",
    "file_asset": "declaring.files",
    "multi_asset": "declaring.outputs",
    "source": "declaring.sources",
    "sql_asset": "declaring.queries",
    "AssetsError": "errors",
    "CommandError": "errors",
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
    "MultiAsset": "model.assets",
    "Output": "model.assets",
    "Source": "model.assets",
    "UnsafePickle": "model.assets",
    "UnsafePickleWarning": "model.assets",
    "Upstream": "model.assets",
    "Secret": "model.hiding",
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
    "Partition": "model.partitions",
    "ProductPartitions": "model.partitions",
    "StaticPartitions": "model.partitions",
    "WeeklyPartitions": "model.partitions",
    "Freshness": "model.policies",
    "Quarantine": "model.policies",
    "Retry": "model.policies",
    "CheckContext": "running.context",
    "load_ipython_extension": "interfaces.notebook.extension",
    "RunContext": "running.context",
    "RunResult": "running.result",
    "materialize": "workspace.materialize",
    "arrow_schema": "workspace.schemas",
    "preview": "workspace.trials",
    "schema_from_arrow": "workspace.schemas",
    "Workspace": "workspace.workspace",
}

__all__ = [
    "All",
    "Asset",
    "AssetsError",
    "Check",
    "CheckContext",
    "CheckResult",
    "CommandError",
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
    "MultiAsset",
    "Output",
    "Overlap",
    "Partition",
    "ProductPartitions",
    "Quarantine",
    "Retry",
    "RunContext",
    "RunFailed",
    "RunResult",
    "SchemaError",
    "Secret",
    "SelectionError",
    "Source",
    "SourceError",
    "Specific",
    "StaticMap",
    "StaticPartitions",
    "StoreError",
    "UnknownUpstreamError",
    "UnsafePickle",
    "UnsafePickleWarning",
    "Upstream",
    "UsageError",
    "WeeklyPartitions",
    "Window",
    "Workspace",
    "arrow_schema",
    "asset",
    "check",
    "command_asset",
    "file_asset",
    "load_ipython_extension",
    "materialize",
    "multi_asset",
    "preview",
    "schema_from_arrow",
    "source",
    "sql_asset",
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

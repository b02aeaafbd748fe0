"""Tables as CSV, JSON Lines, Arrow IPC or Excel files in a folder."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from assets_core.errors import ConfigurationError
from io_managers.options import checked_options
from io_managers.stores.opening import PLACE, open_store
from io_managers.tables import Format, FormatIOManager

TEXT = ("none", "gzip", "zstd")
SUFFIXES = {"none": "", "gzip": ".gz", "zstd": ".zst"}


def make_csv(project: str, options: Mapping[str, Any]) -> FormatIOManager:
    """Return the IO manager for an `[io.NAME]` section with `type = "csv"`.

    Options: `root` and `publish` as for Parquet; `delimiter`, `encoding`, `compression`
    (`none`, `gzip`, `zstd`), and `safe_formulas`.
    """
    usual = {"delimiter": ",", "encoding": "utf-8", "compression": "none"}
    given = checked_options(
        options,
        {**PLACE, **usual, "safe_formulas": False},
        {"compression": TEXT, "safe_formulas": (True, False)},
        _csv_problems({**usual, **options}),
    )
    csv = import_module("io_managers.formats.csv")
    dialect = csv.Dialect(given["delimiter"], given["encoding"], given["safe_formulas"])
    compression = given["compression"]
    suffix = f".csv{SUFFIXES[compression]}"
    return _tables(project, given, csv.csv_format(dialect, compression), suffix)


def _csv_problems(given: Mapping[str, Any]) -> list[str]:
    problems = []
    delimiter, encoding = given["delimiter"], given["encoding"]
    if not (isinstance(delimiter, str) and len(delimiter) == 1 and delimiter.isascii()):
        problems.append(f"'delimiter' must be one character, not {delimiter!r}")
    elif delimiter in '"\r\n' or delimiter.isalnum():
        problems.append(f"'delimiter' must not be {delimiter!r}")
    try:
        "a,\n".encode(encoding)
    except (LookupError, TypeError, ValueError):
        problems.append(f"'encoding' must be one that Python knows, not {encoding!r}")
    return problems


def make_jsonl(project: str, options: Mapping[str, Any]) -> FormatIOManager:
    """Return the IO manager for an `[io.NAME]` section with `type = "jsonl"`.

    Options: `root` and `publish` as for Parquet; `compression` (`none`, `gzip`, `zstd`).
    """
    given = checked_options(
        options,
        {**PLACE, "compression": "none"},
        {"compression": TEXT},
    )
    compression = given["compression"]
    form = import_module("io_managers.formats.jsonl").jsonl_format(compression)
    return _tables(project, given, form, f".jsonl{SUFFIXES[compression]}")


def make_ipc(project: str, options: Mapping[str, Any]) -> FormatIOManager:
    """Return the IO manager for an `[io.NAME]` section with `type = "ipc"`.

    Options: `root` and `publish` as for Parquet; `compression` (`none`, `lz4`, `zstd`).
    """
    given = checked_options(
        options,
        {**PLACE, "compression": "none"},
        {"compression": ("none", "lz4", "zstd")},
    )
    form = import_module("io_managers.formats.ipc").ipc_format(given["compression"])
    return _tables(project, given, form, ".arrow")


def make_excel(project: str, options: Mapping[str, Any]) -> FormatIOManager:
    """Return the IO manager for an `[io.NAME]` section with `type = "excel"`.

    Options: `root` and `publish` as for Parquet.
    """
    given = checked_options(options, PLACE, {})
    try:
        form = import_module("io_managers.formats.excel").excel_format()
    except ImportError as error:
        raise ConfigurationError(
            f"Excel files need the package '{error.name}'",
            fix="pip install 'assets-core[excel]'",
        ) from error
    return _tables(project, given, form, ".xlsx")


def _tables(
    project: str, given: Mapping[str, Any], form: Format, suffix: str
) -> FormatIOManager:
    store, publish = open_store(project, given, suffix)
    return FormatIOManager(store, form, publish)

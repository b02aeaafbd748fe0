"""What files of other formats look like from outside, and what they refuse."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from assets_core.errors import ConfigurationError, UnsupportedDataError
from assets_core.testing.io_suite import ORDERS, ROWS, assert_same, keep, show, stage
from io_managers.exports import make_csv, make_excel, make_ipc, make_jsonl
from io_managers.tables import FormatIOManager

FORMULAS = [
    "=1+1",
    "+1",
    "-1",
    "@x",
    "\t=1",
    "\r=1",
    "'=1",
    "''@",
    "fine",
    "'fine",
    "",
    None,
]


def published(folder: Path, manager: FormatIOManager, table: pa.Table) -> Path:
    """Store a table and return its stable path."""
    show(manager, keep(manager, table))
    return Path(manager.stable_path(ORDERS, env="main"))


def test_csv_is_what_everybody_reads(tmp_path: Path) -> None:
    """No value is empty, and an empty text has quotes."""
    table = pa.table(
        {
            "n": [1, None],
            "at": pa.array([datetime(2024, 1, 2), None], pa.timestamp("ms")),  # noqa: DTZ001
            "price": [Decimal("1.50"), None],
            "who": ["a,b", ""],
        }
    )
    path = published(tmp_path, make_csv(str(tmp_path), {}), table)

    assert path == tmp_path / "data" / "orders.csv"
    assert path.read_text() == (
        '"n","at","price","who"\n1,2024-01-02 00:00:00.000,1.50,"a,b"\n,,,""\n'
    )


def test_cells_that_begin_like_formulas_are_made_safe_on_request(tmp_path: Path) -> None:
    """A spreadsheet shows them; reading gives back what they were."""
    table = pa.table({"=cmd": FORMULAS})
    manager = make_csv(str(tmp_path), {"safe_formulas": True})
    path = published(tmp_path, manager, table)

    with path.open(newline="") as file:
        cells = [cell for row in csv.reader(file) for cell in row]
    assert all(cell[:1] not in tuple("=+-@\t\r") for cell in cells if cell)
    assert cells[0] == "'=cmd"
    assert_same(manager.read(ORDERS, keep(manager, table), table.schema), table)


def test_numbers_below_zero_stay_numbers(tmp_path: Path) -> None:
    """They are no formulas."""
    manager = make_csv(str(tmp_path), {"safe_formulas": True})

    assert published(tmp_path, manager, pa.table({"n": [-1]})).read_text() == '"n"\n-1\n'


def test_another_encoding_and_delimiter(tmp_path: Path) -> None:
    """As other programs want it."""
    manager = make_csv(str(tmp_path), {"encoding": "latin-1", "delimiter": "\t"})
    path = published(tmp_path, manager, pa.table({"größe": ["é", "a\tb"]}))

    assert path.read_bytes() == '"größe"\n"é"\n"a\tb"\n'.encode("latin-1")


@pytest.mark.parametrize("table", [{"who": ["a", "€"]}, {"€": ["a"]}])
def test_a_letter_that_an_encoding_does_not_have_is_named(
    tmp_path: Path, table: dict[str, list[str]]
) -> None:
    """Not replaced by a question mark."""
    manager = make_csv(str(tmp_path), {"encoding": "latin-1"})

    with pytest.raises(UnsupportedDataError, match=r"column '(who|€)' has '€'"):
        stage(manager, pa.table(table))
    assert manager.leftovers() == {}


def test_what_was_written_with_other_options_is_still_read(tmp_path: Path) -> None:
    """The name of a file says how; the options hold for what comes."""
    table = pa.table({"text": ["'=1", "é;"]})
    before = make_csv(str(tmp_path), {"safe_formulas": True, "encoding": "latin-1"})
    stored = keep(before, table)

    now = make_csv(str(tmp_path), {"delimiter": ";"})

    assert now.storage == before.storage
    assert_same(now.read(ORDERS, stored, table.schema), table)


def test_a_copy_of_a_file_with_options_is_known_again(tmp_path: Path) -> None:
    """What is shown is told by content, whatever the name says."""
    manager = make_csv(str(tmp_path), {"delimiter": ";", "publish": "copy"})
    stored = keep(manager)
    show(manager, stored)

    assert manager.published(ORDERS, env="main") == stored.location


@pytest.mark.parametrize("make", [make_csv, make_jsonl])
def test_compressed_text_is_the_same_bytes_each_time(tmp_path: Path, make: Any) -> None:
    """No time is written into the file."""
    options = {"compression": "gzip"}
    one, two = (make(str(tmp_path / name), options) for name in "ab")

    assert keep(one) == keep(two)
    assert gzip.decompress(published(tmp_path, one, ROWS).read_bytes())
    assert one.stable_path(ORDERS, env="main").endswith(".gz")


def test_json_lines_are_objects(tmp_path: Path) -> None:
    """Structs too; and times with a zone say that they are UTC."""
    moments = pa.array([0], pa.timestamp("ms", "Europe/Paris"))
    inside = pa.array([{"x": -0.0, "y": [1, None]}])
    table = pa.table({"at": moments, "in": inside, "nan": [float("nan")]})
    path = published(tmp_path, make_jsonl(str(tmp_path), {}), canonical(table))

    (line,) = path.read_text().splitlines()
    assert json.loads(line) == {
        "at": "1970-01-01 00:00:00.000Z",
        "in": {"x": 0.0, "y": [1, None]},
        "nan": "NaN",
    }
    assert '"x":-0.0' in line


def canonical(table: pa.Table) -> pa.Table:
    """Return a table as the core hands it to IO managers."""
    from assets_core.versioning.canonical import canonical_table

    return canonical_table(table)


def test_fields_of_a_struct_with_one_name_are_refused(tmp_path: Path) -> None:
    """An object has each name once."""
    kind = pa.struct([("a", pa.int64()), ("a", pa.string())])

    with pytest.raises(UnsupportedDataError, match="'twice'"):
        stage(make_jsonl(str(tmp_path), {}), pa.table({"twice": pa.nulls(1, kind)}))


def test_arrow_files_are_read_without_us(tmp_path: Path) -> None:
    """By whoever has Arrow."""
    path = published(tmp_path, make_ipc(str(tmp_path), {"compression": "zstd"}), ROWS)

    assert path.name == "orders.arrow"
    with pa.memory_map(str(path)) as file:
        assert pa.ipc.open_file(file).read_all().equals(ROWS)


def test_cells_of_excel_are_what_a_person_expects(tmp_path: Path) -> None:
    """Numbers, dates and texts; and as a text what Excel would round."""
    table = pa.table(
        {
            "n": [1, 2**63 - 1],
            "x": [0.1 + 0.2, float("nan")],
            "price": [Decimal("1.50"), Decimal("12345678901234567.89")],
            "day": pa.array([date(2024, 2, 29), date(1899, 1, 1)]),
            "at": pa.array([3_600_000_000, 1], pa.timestamp("us")),
            "text": ["=1+1", ""],
        }
    )
    path = published(tmp_path, make_excel(str(tmp_path), {}), table)

    names, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name("data").to_python()
    assert names == table.column_names
    one = datetime(1970, 1, 1, 1)  # noqa: DTZ001 - Excel has no zones
    assert rows[0] == [1.0, 0.1 + 0.2, 1.5, date(2024, 2, 29), one, "=1+1"]
    assert rows[1] == [
        *("9223372036854775807", "NaN", "12345678901234567.89", "1899-01-01"),
        *("1970-01-01 00:00:00.000001", "'"),
    ]


def test_workbooks_are_the_same_bytes_each_time(tmp_path: Path) -> None:
    """No time is written into the file."""
    one, two = (make_excel(str(tmp_path / name), {}) for name in "ab")

    assert keep(one) == keep(two)


def test_rows_without_values_are_rows_in_excel(tmp_path: Path) -> None:
    """Also the last ones, which a sheet forgets."""
    table = pa.table({"n": pa.array([None, 1, None, None], pa.int64())})
    manager = make_excel(str(tmp_path), {})

    assert_same(manager.read(ORDERS, keep(manager, table), table.schema), table)


def test_what_is_too_large_for_a_sheet_is_refused(tmp_path: Path) -> None:
    """Before a byte is written."""
    manager = make_excel(str(tmp_path), {})

    with pytest.raises(UnsupportedDataError, match="holds 1,048,575 rows"):
        stage(manager, pa.table({"n": pa.nulls(1_048_576)}))
    with pytest.raises(UnsupportedDataError, match="holds 16,384 columns"):
        stage(manager, pa.table({str(n): [1] for n in range(16_385)}))
    with pytest.raises(UnsupportedDataError, match="'essay' has a text of 32,768 letters"):
        stage(manager, pa.table({"essay": ["x" * 32_768]}))
    assert manager.leftovers() == {}


@pytest.mark.parametrize("make", [make_csv, make_excel])
def test_a_column_with_parts_is_named(tmp_path: Path, make: Any) -> None:
    """With the asset, and its type."""
    table = canonical(pa.table({"fine": [1], "parts": [[1, 2]]}))

    with pytest.raises(UnsupportedDataError, match="the column 'parts' of 'orders'"):
        stage(make(str(tmp_path), {}), table)


def test_a_value_that_would_be_changed_is_refused(tmp_path: Path) -> None:
    """What is written is read again before it counts; a year of five digits is not."""
    far = pa.array([10**12], pa.timestamp("s")).cast(pa.timestamp("ms"))
    manager = make_csv(str(tmp_path), {})

    with pytest.raises(
        UnsupportedDataError, match="would change values of the column 'at'"
    ):
        stage(manager, pa.table({"n": [1], "at": far}))
    assert manager.leftovers() == {}


@pytest.mark.parametrize("compression", ["none", "gzip"])
def test_a_text_of_csv_may_be_long(tmp_path: Path, compression: str) -> None:
    """Longer than what Arrow reads at once, in the first row or a later one."""
    long = 'x,"\n' * 1_500_000
    table = pa.table({"text": [long, "a", None, long, ""], "n": [1, 2, 3, 4, 5]})
    manager = make_csv(str(tmp_path), {"compression": compression})

    assert_same(manager.read(ORDERS, keep(manager, table), table.schema), table)


@pytest.mark.parametrize(
    ("make", "options", "told"),
    [
        (make_csv, {"delimiter": "ab"}, "must be one character, not 'ab'"),
        (make_csv, {"delimiter": '"'}, "'delimiter' must not be"),
        (make_csv, {"encoding": "utf-9"}, "'encoding' must be one that Python knows"),
        (make_csv, {"encoding": "undefined"}, "'encoding' must be one that Python knows"),
        (make_csv, {"encoding": "utf\0"}, "'encoding' must be one that Python knows"),
        (make_csv, {"encoding": 8}, "'encoding' must be one that Python knows"),
        (make_csv, {"compression": "rar"}, "must be one of none, gzip, zstd, not 'rar'"),
        (make_csv, {"safe_formulas": "yes"}, "must be one of true, false, not 'yes'"),
        (make_csv, {"root": "s3://x", "publish": "link"}, "object stores have no links"),
        (make_jsonl, {"delimiter": ","}, "there is no option 'delimiter'"),
        (make_ipc, {"compression": "gzip"}, "must be one of none, lz4, zstd"),
        (make_excel, {"publish": "no"}, "must be one of link, copy, none"),
    ],
)
def test_wrong_options_are_told(make: Any, options: Mapping[str, Any], told: str) -> None:
    """All at once, with what there is."""
    with pytest.raises(ConfigurationError, match=told):
        make(".", options)

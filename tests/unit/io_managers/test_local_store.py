"""What Parquet files in a local folder promise beyond what every IO manager does."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from assets_core.errors import (
    ConfigurationError,
    CorruptDataError,
    MissingDataError,
    PublishError,
    StoreError,
    UnsupportedDataError,
    UsageError,
)
from assets_core.model.keys import AssetKey, Cell
from assets_core.testing.io_suite import ORDERS, RAW_ORDERS, ROWS, keep, show, stage
from io_managers.parquet import make_parquet
from io_managers.tables import FormatIOManager


@pytest.fixture
def manager(tmp_path: Path) -> FormatIOManager:
    """Give an IO manager with the folder `data`."""
    return make_parquet(str(tmp_path), {})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Give the folder of data."""
    return tmp_path / "data"


def test_the_stable_path_is_plain_parquet(manager: FormatIOManager, data: Path) -> None:
    """Any tool can open it, and sees nothing but a file of its own."""
    show(manager, keep(manager, cell=RAW_ORDERS), RAW_ORDERS)

    assert pq.read_table(data / "raw" / "orders.parquet").equals(ROWS)
    assert manager.stable_path(RAW_ORDERS, env="main") == str(data / "raw/orders.parquet")


def test_the_symlink_is_relative(manager: FormatIOManager, tmp_path: Path) -> None:
    """A project that is moved, or mounted elsewhere, still shows its data."""
    show(manager, keep(manager, cell=RAW_ORDERS), RAW_ORDERS)
    shutil.copytree(tmp_path / "data", tmp_path / "moved" / "data", symlinks=True)
    shutil.rmtree(tmp_path / "data")

    moved = tmp_path / "moved" / "data" / "raw" / "orders.parquet"

    assert moved.is_symlink()
    assert pq.read_table(moved).equals(ROWS)


def test_other_environments_lie_in_a_hidden_folder(
    manager: FormatIOManager, data: Path
) -> None:
    """A glob over `data/**` finds what 'main' shows and nothing else."""
    show(manager, keep(manager), env="dev")

    assert pq.read_table(data / ".env" / "dev" / "orders.parquet").equals(ROWS)
    assert [path.name for path in data.iterdir() if not path.name.startswith(".")] == []


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    """Wherever, whenever and under whatever key they are written."""
    one, other = (make_parquet(str(tmp_path / name), {}) for name in ("one", "other"))

    assert keep(one).checksum == keep(other, cell=RAW_ORDERS).checksum


@pytest.mark.parametrize("compression", ["snappy", "zstd", "lz4", "gzip", "none"])
def test_every_compression_is_readable(tmp_path: Path, compression: str) -> None:
    """And each is what the settings say."""
    manager = make_parquet(str(tmp_path), {"compression": compression})
    stored = keep(manager)

    assert manager.read(ORDERS, stored, ROWS.schema).equals(ROWS)
    file = pq.ParquetFile(tmp_path / "data" / stored.location)
    found = file.metadata.row_group(0).column(0).compression.lower()
    assert found == {"none": "uncompressed"}.get(compression, compression)


@pytest.mark.parametrize("kind", ["file", "folder", "symlink", "broken symlink"])
@pytest.mark.parametrize("how", ["link", "copy"])
def test_whatever_others_put_at_the_stable_path_is_refused(
    manager: FormatIOManager, data: Path, kind: str, how: str
) -> None:
    """It is told before anything is computed, and nothing is touched."""
    path = data / "orders.parquet"
    data.mkdir()
    (data / "theirs.parquet").write_bytes(b"precious")
    if kind == "file":
        path.write_bytes(b"precious")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("theirs.parquet" if kind == "symlink" else "nowhere")

    with pytest.raises(PublishError, match="something else is at its stable path") as told:
        manager.may_publish(ORDERS, how=how, ours=False, env="main")  # type: ignore[arg-type]

    assert told.value.where == str(path)


def test_a_file_in_place_of_a_folder_is_refused(
    manager: FormatIOManager, data: Path
) -> None:
    """`raw` is a file of somebody's, so there can be no `raw/orders.parquet`."""
    data.mkdir()
    (data / "raw").write_bytes(b"precious")

    with pytest.raises(PublishError) as told:
        manager.may_publish(RAW_ORDERS, how=None, ours=False, env="main")

    assert told.value.where == str(data / "raw")


@pytest.mark.parametrize("kind", ["file", "folder", "symlink"])
def test_what_others_put_there_is_not_taken_away_with_our_own(
    manager: FormatIOManager, data: Path, kind: str
) -> None:
    """An asset whose stable path is switched off leaves what is not ours."""
    path = data / "orders.parquet"
    data.mkdir()
    (data / "theirs.parquet").write_bytes(b"precious")
    if kind == "file":
        path.write_bytes(b"precious")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to("theirs.parquet")
    before = path.lstat()

    show(manager, keep(manager), how="none")

    assert path.lstat() == before


def test_a_link_of_ours_that_leads_nowhere_is_taken_away(
    manager: FormatIOManager, data: Path
) -> None:
    """What it showed was cleaned up; it is still ours."""
    stored = keep(manager)
    show(manager, stored)
    (data / stored.location).unlink()

    show(manager, stored, how="none")

    assert not (data / "orders.parquet").is_symlink()


@pytest.mark.parametrize(
    "location",
    [
        "../secret.parquet",
        "/etc/passwd",
        ".objects/../../secret.parquet",
        "orders.parquet",
        "",
    ],
)
def test_a_record_that_leads_out_of_the_storage_is_refused(
    manager: FormatIOManager, tmp_path: Path, location: str
) -> None:
    """Somebody edited the metadata store: it decides what is read, but not from where."""
    (tmp_path / "secret.parquet").write_bytes(b"secret")
    stored = replace(keep(manager), location=location)

    for use in (
        lambda: manager.read(ORDERS, stored, ROWS.schema),
        lambda: manager.verify(ORDERS, stored),
        lambda: show(manager, stored),
        lambda: show(manager, stored, how="copy"),
    ):
        with pytest.raises(StoreError, match="not in its storage"):
            use()
    assert not (tmp_path / "data" / "orders.parquet").is_symlink()


def test_a_record_of_another_schema_is_named(manager: FormatIOManager) -> None:
    """The bytes are whole, but what the record says of them is not."""
    stored = keep(manager)

    with pytest.raises(CorruptDataError, match="'orders'"):
        manager.read(ORDERS, stored, pa.schema([("no_such_column", pa.int64())]))


def test_the_nearest_column_is_offered(manager: FormatIOManager) -> None:
    """For whoever typed it wrong."""
    stored = keep(manager)

    with pytest.raises(UsageError, match="did you mean 'total'"):
        manager.read(ORDERS, stored, ROWS.schema, ("totl",))


def test_an_error_of_stored_data_says_where_and_what_to_do(
    manager: FormatIOManager, data: Path
) -> None:
    """Path and both checksums for whoever looks into it, a command for everybody."""
    stored = keep(manager)
    path = data / stored.location
    path.chmod(0o644)
    path.write_bytes(b"damaged")

    with pytest.raises(CorruptDataError) as damaged:
        manager.verify(ORDERS, stored)
    path.unlink()
    with pytest.raises(MissingDataError) as gone:
        manager.verify(ORDERS, stored)

    assert stored.checksum in damaged.value.problem
    assert damaged.value.fix == "assets materialize orders --force"
    assert gone.value.fix == "assets materialize orders"
    assert damaged.value.where == gone.value.where == str(path)


def test_what_is_staged_is_nobodys_to_read(manager: FormatIOManager, data: Path) -> None:
    """It has not passed its checks."""
    stage(manager)

    (path,) = (data / ".objects" / ".staging").iterdir()

    assert path.stat().st_mode & 0o777 == 0o600


def test_a_type_that_parquet_does_not_have_is_named(manager: FormatIOManager) -> None:
    """Canonical tables have none; this is for whoever comes past that."""
    table = pa.table({"age": pa.array([None], pa.month_day_nano_interval())})

    with pytest.raises(UnsupportedDataError, match="Parquet cannot hold"):
        stage(manager, table)

    assert manager.leftovers() == {}


def test_a_disk_that_refuses_is_named(manager: FormatIOManager, data: Path) -> None:
    """The folder of data is a file: any error of the system comes out named."""
    data.write_bytes(b"precious")

    with pytest.raises(StoreError, match="'orders' cannot be stored"):
        stage(manager)

    assert data.read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"rot": "x"}, "there is no option 'rot'"),
        ({"root": 3}, "'root' must be the name of a folder"),
        ({"root": ""}, "'root' must be the name of a folder"),
        ({"root": "s3://"}, "'root' must be like 's3://bucket/folder'"),
        ({"root": "s3://key:pw@bucket/x"}, "'root' must have no login"),
        ({"root": "s3://b/x", "publish": "link"}, "object stores have no links"),
        ({"root": "s3://b/x", "storage_options": 3}, "must be a section"),
        ({"root": "s3://b/x", "timeout": "long"}, "'timeout' must be a number"),
        ({"timeout": 3}, "'timeout' is for object stores, and 'root' is a folder"),
        ({"publish": "yes"}, "'publish' must be one of link, copy, none, not 'yes'"),
        ({"compression": []}, "'compression' must be one of snappy"),
    ],
)
def test_a_wrong_option_is_named(
    tmp_path: Path, options: dict[str, object], problem: str
) -> None:
    """With what it may be."""
    with pytest.raises(ConfigurationError, match="mend the options") as told:
        make_parquet(str(tmp_path), options)

    assert problem in told.value.problem


def test_all_wrong_options_are_told_at_once(tmp_path: Path) -> None:
    """Like all settings."""
    options = {"root": 3, "publish": "yes", "compression": "best", "zebra": 1}

    with pytest.raises(ConfigurationError) as told:
        make_parquet(str(tmp_path), options)

    assert [name for name in options if f"'{name}'" not in told.value.problem] == []


def test_making_one_touches_nothing(tmp_path: Path) -> None:
    """`assets plan` changes nothing, not even by making a folder."""
    manager = make_parquet(str(tmp_path), {})

    manager.leftovers()
    manager.absent([])
    manager.may_publish(ORDERS, how=None, ours=False, env="main")
    manager.published(Cell(AssetKey("orders")), env="main")

    assert os.listdir(tmp_path) == []  # noqa: PTH208 - names are all that is asked for


def test_publishing_looks_again_at_what_is_above(
    manager: FormatIOManager, data: Path
) -> None:
    """A link into what is stored may have come since the run began."""
    stored = keep(manager)
    (data / ".files" / "ab" / "ab-folder").mkdir(parents=True)
    (data / "raw").symlink_to(".files/ab/ab-folder")

    with pytest.raises(PublishError, match="a link to a stored folder is in the way"):
        show(manager, stored, RAW_ORDERS)
    show(manager, stored, RAW_ORDERS, how="none")

    assert list((data / "raw").iterdir()) == []

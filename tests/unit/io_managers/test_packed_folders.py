"""A tar in an object store is not trusted, even where its checksum is what was recorded."""

from __future__ import annotations

import io
import os
import tarfile
from hashlib import sha256
from pathlib import Path

import pytest

from assets_core.errors import CorruptDataError
from assets_core.folders import list_folder
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import StoredData
from assets_core.versioning.file_lists import FILE_LIST
from io_managers.files import make_files
from io_managers.stores.file_folders import ChangedError
from io_managers.stores.packed_folders import pack

NOTES = Cell(AssetKey("notes"))


def member(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    """Return what a tar says of one of its members."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    info.size = 4 if kind == tarfile.REGTYPE else 0
    return info


@pytest.mark.parametrize(
    "last",
    [
        member("../evil"),
        member("a/../../evil"),
        member("/evil"),
        member("link", tarfile.SYMTYPE, "/etc/hostname"),
        member("link", tarfile.LNKTYPE, "good"),
        member("folder", tarfile.DIRTYPE),
        member("pipe", tarfile.FIFOTYPE),
        None,
    ],
    ids=["above", "around", "absolute", "symlink", "link", "folder", "pipe", "no tar"],
)
def test_what_is_no_plain_file_inside_is_never_written(
    tmp_path: Path, last: tarfile.TarInfo | None
) -> None:
    """Whoever can write into the bucket and into the records gets no file anywhere."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for one in (member("good"), last) if last else ():
            tar.addfile(one, io.BytesIO(b"evil"))
    data = packed.getvalue() if last else b"no tar"
    checksum = sha256(data).hexdigest()
    there = tmp_path / "there"
    location = f".files/{checksum[:2]}/{checksum}-folder.tar"
    (there / location).parent.mkdir(parents=True)
    (there / location).write_bytes(data)
    manager = make_files(str(tmp_path / "project"), {"root": f"file://{there}"})
    stored = StoredData(manager.storage, location, len(data), checksum)

    with pytest.raises(CorruptDataError, match="no folder that was packed"):
        manager.path(NOTES, stored)
    with pytest.raises(CorruptDataError, match="no folder that was packed"):
        manager.read(NOTES, stored, FILE_LIST)

    written = {one.name for one in tmp_path.rglob("*")} & {"evil", "good", "link", "pipe"}
    assert written == set()


@pytest.mark.parametrize("harm", ["changed", "cut", "gone"])
def test_what_changes_while_it_is_packed_is_refused(tmp_path: Path, harm: str) -> None:
    """What is packed is what its list says, file by file."""
    (tmp_path / "a").write_bytes(b"abc")
    entries = list_folder(tmp_path)
    if harm == "gone":
        (tmp_path / "a").unlink()
    else:
        (tmp_path / "a").write_bytes(b"abx" if harm == "changed" else b"ab")

    with pytest.raises(ChangedError):
        pack(tmp_path, entries, io.BytesIO())


def test_times_and_rights_are_no_part_of_what_is_packed(tmp_path: Path) -> None:
    """So that the same files are the same object, whoever has written them."""
    (tmp_path / "a").write_bytes(b"abc")
    first, second = io.BytesIO(), io.BytesIO()
    pack(tmp_path, list_folder(tmp_path), first)
    os.utime(tmp_path / "a", (1, 1))
    (tmp_path / "a").chmod(0o600)

    pack(tmp_path, list_folder(tmp_path), second)

    assert first.getvalue() == second.getvalue()

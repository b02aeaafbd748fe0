"""Files and folders keep what IO managers of files promise, wherever they lie.

In a folder of this machine; in a bucket of a real server of S3; and through fsspec in
memory and in a folder, which writes files piece by piece.
"""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import fsspec
import pytest

from assets_core.errors import (
    AssetsError,
    CorruptDataError,
    MissingDataError,
    PublishError,
    UnsupportedDataError,
)
from assets_core.folders import Entry, list_file, list_folder
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import StoredData
from assets_core.protocols.io import Staged
from assets_core.versioning.file_lists import FILE_LIST, entries_of, file_list
from io_managers.files import FilesIOManager, make_files

if TYPE_CHECKING:
    from tests.object_store.swift_server import Swift

Content = dict[str, bytes] | bytes

NOTES = Cell(AssetKey("notes"))
FILE: Content = b"abc" * 1000
FOLDER: Content = {"a.txt": b"abc", "sub/é b.txt": b"b" * 20_000, "sub/none": b""}
OTHER: dict[bool, Content] = {True: {"a.txt": b"abx"}, False: b"abx"}
FOREIGN = ("../notes", "/etc/hostname", "..", "", ".files/../../x-folder", "notes-folder")


@dataclass
class Place:
    """Where files lie, and how to reach them without the IO manager."""

    folder: Path
    options: dict[str, Any]
    files: Any
    root: str
    machines: int = 0

    def open(self, **options: Any) -> FilesIOManager:
        """Return an IO manager of a machine that has read nothing yet."""
        self.machines += 1
        project = self.folder / f"machine{self.machines}"
        return make_files(str(project), {**self.options, **options})

    def objects(self) -> list[str]:
        """Return the names of all that lies there."""
        return sorted(self.files.find(self.root)) if self.files.exists(self.root) else []

    def lose(self, stored: StoredData) -> None:
        """Delete what was stored."""
        self.files.rm(f"{self.root}/{stored.location}", recursive=True)

    def harm(self, stored: StoredData) -> None:
        """Change a byte of what was stored, or of a file in it."""
        path = self.files.find(f"{self.root}/{stored.location}")[0]
        data = bytearray(self.files.cat_file(path))
        data[len(data) // 2] ^= 1
        if self.root.startswith(str(self.folder)):
            Path(path).chmod(0o644)
        self.files.pipe_file(path, bytes(data))


class Bucket:
    """A bucket, as fsspec has a file system, without the S3 interface."""

    def __init__(self, swift: Swift) -> None:
        self.swift = swift

    def exists(self, root: str) -> bool:
        """Return that it is there."""
        return bool(root)

    def find(self, root: str) -> list[str]:
        """Return the names of objects."""
        return self.swift.names(root)

    def rm(self, path: str, *, recursive: bool) -> None:
        """Delete an object."""
        assert recursive
        self.swift.delete(path)

    def cat_file(self, path: str) -> bytes | None:
        """Return the bytes of an object."""
        return self.swift.get(path)

    def pipe_file(self, path: str, data: bytes) -> None:
        """Put an object."""
        self.swift.put(path, data)


@pytest.fixture(params=["folder", "s3", "memory", "file"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Give an empty place of each kind."""
    there = str(tmp_path / "there")
    if request.param == "s3":
        swift: Swift = request.getfixturevalue("swift")
        prefix = swift.new_prefix()
        options = {"storage_options": swift.options(), "timeout": 5}
        root = f"s3://lake/{prefix}"
        yield Place(tmp_path, {"root": root, **options}, Bucket(swift), prefix)
    elif request.param == "memory":
        memory = fsspec.filesystem("memory")
        root = f"/lake{there}"
        yield Place(tmp_path, {"root": f"memory:/{root}"}, memory, root)
        memory.store.clear()
    else:
        root = there if request.param == "folder" else f"file://{there}"
        yield Place(tmp_path, {"root": root}, fsspec.filesystem("file"), there)


@pytest.fixture(params=[FILE, FOLDER], ids=["file", "folder"])
def content(request: pytest.FixtureRequest) -> Content:
    """Give a file, and a folder."""
    found: Content = request.param
    return found


def stage(
    manager: FilesIOManager, content: Content, attempt: str = "attempt"
) -> tuple[Path, Staged]:
    """Write a file or a folder and stage it; return where it lies until it is sealed."""
    path = Path(manager.room(NOTES, attempt))
    if isinstance(content, bytes):
        path.write_bytes(content)
        entries = list_file(path, path.name)
    else:
        for name, data in content.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
        entries = list_folder(path)
    (staged,) = manager.stage([(NOTES, file_list(entries), attempt)])
    return path, staged


def keep(manager: FilesIOManager, content: Content) -> StoredData:
    """Store a file or a folder."""
    (stored,) = manager.seal([stage(manager, content)[1]])
    return stored


def found(manager: FilesIOManager, stored: StoredData) -> Content:
    """Return what lies at the path of what was stored."""
    path = Path(manager.path(NOTES, stored))
    if path.is_file():
        return path.read_bytes()
    inside = (one for one in path.rglob("*") if one.is_file())
    return {one.relative_to(path).as_posix(): one.read_bytes() for one in inside}


def refuses(manager: FilesIOManager, stored: StoredData, kind: type[AssetsError]) -> None:
    """Assert that nobody gets what was stored, and that it is told why."""
    for use in (
        lambda: manager.verify(NOTES, stored),
        lambda: manager.read(NOTES, stored, FILE_LIST),
        lambda: manager.path(NOTES, stored),
    ):
        with pytest.raises(kind, match="'notes'"):
            use()


def test_what_was_kept_is_found_again_here_and_elsewhere(
    place: Place, content: Content
) -> None:
    """Byte by byte, and listed with the digests of its files."""
    here = place.open()
    stored = keep(here, content)

    given = content if isinstance(content, dict) else {"data": content}
    for manager in (here, place.open()):
        assert found(manager, stored) == content
        assert entries_of(manager.read(NOTES, stored, FILE_LIST)) == [
            Entry(name, len(data), hashlib.sha256(data).hexdigest())
            for name, data in sorted(given.items())
        ]
        manager.verify(NOTES, stored)
        assert manager.absent([stored]) == set()


def test_the_same_content_has_the_same_name_whoever_stores_it(
    place: Place, content: Content
) -> None:
    """No time and no owner counts; sealing twice is sealing once."""
    manager = place.open()
    stored = keep(manager, content)
    before = place.objects()
    time.sleep(0.01)

    other = place.open()
    staged = stage(other, content)[1]
    assert other.seal([staged]) == other.seal([staged]) == [stored]
    assert place.objects() == before
    assert keep(manager, OTHER[isinstance(content, dict)]) != stored


def test_what_is_read_is_read_only(place: Place, content: Content) -> None:
    """Whoever got a path cannot change it by accident."""
    manager = place.open()
    path = Path(manager.path(NOTES, keep(manager, content)))

    for one in [path, *path.rglob("*")]:
        assert one.is_dir() or not one.stat().st_mode & 0o222


def test_what_is_gone_is_missing(place: Place, content: Content) -> None:
    """Also for who has a copy of it."""
    manager = place.open()
    stored, kept = keep(manager, content), keep(manager, b"another")
    manager.path(NOTES, stored)

    place.lose(stored)

    refuses(manager, stored, MissingDataError)
    assert manager.absent([stored, kept]) == {stored.location}
    assert keep(manager, content) == stored
    assert found(place.open(), stored) == content


def test_what_is_damaged_is_never_read(place: Place, content: Content) -> None:
    """And storing the same again mends it."""
    manager = place.open()
    stored = keep(manager, content)
    found(manager, stored)
    time.sleep(0.02)  # longer than the clock of any file system stands still

    place.harm(stored)

    refuses(manager, stored, CorruptDataError)
    refuses(place.open(), stored, CorruptDataError)
    assert keep(manager, content) == stored
    assert found(place.open(), stored) == content


def test_everything_that_was_sealed_is_found_and_deleted_alone(
    place: Place, content: Content
) -> None:
    """By its location, once or twice; what is staged is not among it."""
    manager = place.open()
    stored, kept = keep(manager, content), keep(manager, b"another")
    _, staged = stage(manager, b"late")
    assert manager.leftovers().keys() == {"attempt"}

    objects = {one.location: one for one in place.open().objects()}
    assert objects.keys() == {stored.location, kept.location}
    assert objects[stored.location].bytes >= stored.bytes
    manager.delete(stored.location)
    manager.delete(stored.location)

    assert [one.location for one in manager.objects()] == [kept.location]
    refuses(manager, stored, MissingDataError)
    (late,) = manager.seal([staged])
    assert found(manager, late) == b"late"
    assert manager.leftovers() == {}


@pytest.mark.parametrize("location", FOREIGN)
def test_what_was_never_sealed_here_is_never_deleted_or_read(
    place: Place, location: str
) -> None:
    """Records are not trusted to stay inside of their storage."""
    manager = place.open()
    stored = keep(manager, FOLDER)
    before = place.objects()

    with pytest.raises(AssetsError):
        manager.delete(location)
    with pytest.raises(AssetsError):
        manager.path(NOTES, replace(stored, location=location))

    assert place.objects() == before


def test_what_is_written_to_after_it_was_staged_is_not_sealed(
    place: Place, content: Content
) -> None:
    """Somebody has it open still."""
    manager = place.open()
    path, staged = stage(manager, content)
    (path / "a.txt" if path.is_dir() else path).write_bytes(b"xyz")

    with pytest.raises(UnsupportedDataError, match="still written to"):
        manager.seal([staged])

    assert list(manager.objects()) == []


def test_a_file_is_published_as_a_copy_that_ends_as_it_does(place: Place) -> None:
    """Which is taken away again, and never in the place of what is not ours."""
    manager = place.open(publish="copy")
    stored = {}
    for suffix in (".b.png", ".png", ""):
        manager.call({NOTES.asset: suffix})
        stored[suffix] = keep(manager, FILE)
    for suffix in (".png", ""):
        manager.call({NOTES.asset: suffix})
        manager.may_publish(NOTES, how=None, ours=False, env="main")
        manager.publish([(NOTES, stored[suffix], "7")], how=None, env="main")
        assert manager.published(NOTES, env="main") == stored[suffix].location
        assert any(one.endswith(f"/notes{suffix}") for one in place.objects())

    manager.publish([(NOTES, stored[""], "8")], how="none", env="main")
    assert not any(one.endswith("/notes") for one in place.objects())
    assert len(list(manager.objects())) == len(stored)
    place.files.pipe_file(f"{place.root}/notes", b"precious")
    with pytest.raises(PublishError):
        manager.may_publish(NOTES, how=None, ours=False, env="main")


def test_a_folder_is_never_published_as_a_copy(place: Place) -> None:
    """No place puts a folder in the place of another in one step."""
    manager = place.open()
    stored = keep(manager, FOLDER)

    with pytest.raises(PublishError, match="no copy"):
        manager.publish([(NOTES, stored, "7")], how="copy", env="main")
    with pytest.raises(UnsupportedDataError, match="no copy"):
        keep(place.open(publish="copy"), FOLDER)


def test_an_object_store_has_no_links(place: Place) -> None:
    """It says so before anything is written; a folder has them."""
    manager = place.open()
    stored = keep(manager, FOLDER)
    if not manager.is_remote():
        manager.publish([(NOTES, stored, "7")], how="link", env="main")
        assert manager.published(NOTES, env="main") == stored.location
        return

    with pytest.raises(PublishError, match="no links"):
        manager.may_publish(NOTES, how="link", ours=False, env="main")
    with pytest.raises(PublishError, match="no links"):
        manager.publish([(NOTES, stored, "7")], how="link", env="main")


def test_a_copy_on_this_machine_that_somebody_changed_is_made_again(
    place: Place, content: Content
) -> None:
    """What lies elsewhere is whole: nobody is told of damage."""
    manager = place.open()
    if not manager.is_remote():
        return
    stored = keep(manager, content)
    path = Path(manager.path(NOTES, stored))
    one = path / "a.txt" if path.is_dir() else path
    one.chmod(0o644)
    one.write_bytes(b"other")

    assert found(manager, stored) == content
    shutil.rmtree(place.folder / "machine1" / ".assets")
    assert found(manager, stored) == content


def test_lines_of_the_journal_lie_beside_the_files(place: Place) -> None:
    """So that metadata comes back from there, on another machine."""
    place.open().journal().append("main", ["one"])

    assert b"".join(place.open().journal().lines("main")) == b"one\n"

"""The one module that changes files: what it makes is whole or not there at all."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

import pytest

from assets_core.files import (
    NewFile,
    file_digest,
    link,
    make_folder,
    make_read_only,
    point_symlink,
    put_copy,
    put_text,
    remove,
    replace,
    sync_file,
    sync_folder,
)

TEXT = b"some rows\n" * 10


def put(how: str, folder: Path, name: str, unique: str) -> None:
    """Let the path `orders` show a file of the same folder."""
    if how == "copy":
        put_copy(folder / name, folder / "orders", unique)
    else:
        point_symlink(folder / "orders", name, unique)


# New files.


def test_a_new_file_is_hashed_while_it_is_written(tmp_path: Path) -> None:
    """The bytes are not read a second time to know what they are."""
    with NewFile(tmp_path / "new") as file:
        for part in (TEXT[:3], memoryview(TEXT[3:50]), bytearray(TEXT[50:])):
            assert file.write(part) == len(part)  # type: ignore[arg-type]
        assert file.tell() == len(TEXT)

    assert (tmp_path / "new").read_bytes() == TEXT
    assert (file.sha256, file.size) == (hashlib.sha256(TEXT).hexdigest(), len(TEXT))


def test_what_is_no_single_byte_counts_by_its_bytes(tmp_path: Path) -> None:
    """Writers hand in buffers of numbers; eight bytes each are eight bytes."""
    numbers = memoryview(b"\0" * 24).cast("q")

    with NewFile(tmp_path / "new") as file:
        assert file.write(numbers) == 24  # type: ignore[arg-type]

    assert file.size == (tmp_path / "new").stat().st_size == 24


def test_a_new_file_can_only_be_written(tmp_path: Path) -> None:
    """What a writer asks before it begins."""
    with NewFile(tmp_path / "new") as file:
        assert (file.writable(), file.readable(), file.seekable()) == (True, False, False)
        file.write(TEXT)
        file.flush()
        assert (tmp_path / "new").read_bytes() == TEXT
        assert not file.closed
    file.close()
    assert file.closed


def test_a_new_file_belongs_to_its_owner_alone(tmp_path: Path) -> None:
    """Until it is sealed nobody else looks into it, whatever the umask says."""
    before = os.umask(0)
    try:
        NewFile(tmp_path / "new").close()
    finally:
        os.umask(before)

    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o600


def test_a_file_that_exists_is_not_overwritten(tmp_path: Path) -> None:
    """Two attempts of one name would write into each other."""
    path = tmp_path / "there"
    path.write_bytes(TEXT)

    with pytest.raises(FileExistsError):
        NewFile(path)

    assert path.read_bytes() == TEXT


@pytest.mark.parametrize("target", ["there", "nowhere"])
def test_a_symlink_is_not_followed(tmp_path: Path, target: str) -> None:
    """Whoever may write into the folder must not make us write elsewhere."""
    (tmp_path / "there").write_bytes(TEXT)
    (tmp_path / "link").symlink_to(tmp_path / target)

    with pytest.raises(FileExistsError):
        NewFile(tmp_path / "link")

    assert (tmp_path / "there").read_bytes() == TEXT
    assert not (tmp_path / "nowhere").exists()


def fail_while_writing(path: Path) -> None:
    """Write a part, then fail."""
    with NewFile(path) as file:
        file.write(TEXT)
        raise KeyboardInterrupt


def test_a_file_that_was_not_finished_is_removed(tmp_path: Path) -> None:
    """Whatever stopped it, even the user."""
    with pytest.raises(KeyboardInterrupt):
        fail_while_writing(tmp_path / "new")

    assert [*tmp_path.iterdir()] == []


# Folders, links, copies.


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    """Making it again does nothing."""
    make_folder(tmp_path / "a" / "b" / "c")
    make_folder(tmp_path / "a" / "b" / "c")

    assert (tmp_path / "a" / "b" / "c").is_dir()


def test_many_can_make_the_same_folder(tmp_path: Path) -> None:
    """Steps that run at once put their first objects into the same place."""
    failed: list[BaseException] = []

    def make() -> None:
        try:
            make_folder(tmp_path / "a" / "b" / "c" / "d")
        except BaseException as error:  # noqa: BLE001 - a thread cannot raise
            failed.append(error)

    threads = [threading.Thread(target=make) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failed == []


def test_a_second_name_is_given_only_if_it_is_free(tmp_path: Path) -> None:
    """Put if absent: of two that store the same content, both are right."""
    first, second = tmp_path / "first", tmp_path / "second"
    first.write_bytes(TEXT)

    assert link(first, second)
    assert not link(first, second)
    assert second.samefile(first)


def test_another_name_takes_the_place_of_what_had_it(tmp_path: Path) -> None:
    """In one step."""
    (tmp_path / "new").write_bytes(TEXT)
    (tmp_path / "old").write_bytes(b"old")

    replace(tmp_path / "new", tmp_path / "old")

    assert (tmp_path / "old").read_bytes() == TEXT
    assert not (tmp_path / "new").exists()


def test_a_read_only_file_has_no_right_to_write_left(tmp_path: Path) -> None:
    """For nobody."""
    (tmp_path / "file").write_bytes(TEXT)

    make_read_only(tmp_path / "file")

    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o444


def test_removing_what_is_not_there_is_no_error(tmp_path: Path) -> None:
    """And says whether there was something."""
    (tmp_path / "file").write_bytes(TEXT)
    (tmp_path / "link").symlink_to("nowhere")

    assert remove(tmp_path / "file")
    assert not remove(tmp_path / "file")
    assert remove(tmp_path / "link")


def test_syncing_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A promise of durability is not made for nothing."""
    with pytest.raises(FileNotFoundError):
        sync_file(tmp_path / "file")
    with pytest.raises(FileNotFoundError):
        sync_folder(tmp_path / "folder")


def test_a_small_text_is_written_in_one_step(tmp_path: Path) -> None:
    """And nothing is left beside it."""
    put_text(tmp_path / "note", "größer")
    put_text(tmp_path / "note", "kleiner")

    assert (tmp_path / "note").read_text(encoding="utf-8") == "kleiner"
    assert [path.name for path in tmp_path.iterdir()] == ["note"]


def test_the_digest_of_a_file_is_that_of_its_bytes(tmp_path: Path) -> None:
    """In blocks: files are larger than memory."""
    data = bytes(range(256)) * 10_000
    (tmp_path / "file").write_bytes(data)

    assert file_digest(tmp_path / "file") == (hashlib.sha256(data).hexdigest(), len(data))


def test_a_symlink_is_pointed_elsewhere(tmp_path: Path) -> None:
    """From nothing, from another target, and from a file that was there."""
    path = tmp_path / "orders"

    for target in ("one", "two"):
        point_symlink(path, target, "7")
        assert path.readlink() == Path(target)
    remove(path)
    path.write_bytes(b"a copy of before")
    point_symlink(path, "three", "7")

    assert path.readlink() == Path("three")
    assert [one.name for one in tmp_path.iterdir()] == ["orders"]


def test_a_copy_is_put_in_place_of_what_was_there(tmp_path: Path) -> None:
    """A symlink is replaced, not written through."""
    (tmp_path / "object").write_bytes(TEXT)
    (tmp_path / "other").write_bytes(b"other")
    path = tmp_path / "orders"
    path.symlink_to("other")

    put_copy(tmp_path / "object", path, "7")

    assert not path.is_symlink()
    assert path.read_bytes() == TEXT
    assert path.stat().st_mode & 0o777 == 0o444
    assert (tmp_path / "other").read_bytes() == b"other"


@pytest.mark.parametrize("how", ["link", "copy"])
def test_what_cannot_be_put_in_place_leaves_nothing_beside_it(
    tmp_path: Path, how: str
) -> None:
    """A folder is in the way; the user's folder is not littered."""
    (tmp_path / "object").write_bytes(TEXT)
    (tmp_path / "orders" / "mine").mkdir(parents=True)

    with pytest.raises(OSError, match="orders"):
        put(how, tmp_path, "object", "7")

    assert {path.name for path in tmp_path.iterdir()} == {"object", "orders"}


@pytest.mark.parametrize("how", ["link", "copy"])
def test_a_reader_sees_one_of_two_whole_versions(tmp_path: Path, how: str) -> None:
    """Never none, and never half of one, while another thread goes back and forth."""
    versions = {name: name.encode() * 50_000 for name in ("a", "b")}
    for name, data in versions.items():
        (tmp_path / name).write_bytes(data)
    path, ended = tmp_path / "orders", threading.Event()
    point_symlink(path, "a", "0")

    def write() -> None:
        for number in range(60):
            put(how, tmp_path, "ab"[number % 2], str(number))
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = set()
    while not ended.is_set():
        seen.add(path.read_bytes())
    writer.join()

    assert seen <= set(versions.values())

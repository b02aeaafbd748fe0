"""What the IO manager of files promises beyond what the flows of file assets show."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets_core.errors import UnsupportedDataError
from assets_core.folders import list_file, list_folder
from assets_core.model.keys import AssetKey, Cell
from assets_core.model.records import StoredData
from assets_core.protocols.io import Staged
from assets_core.versioning.file_lists import file_list
from io_managers.files import FilesIOManager, make_files

NOTES = Cell(AssetKey("notes"))


@pytest.fixture
def manager(tmp_path: Path) -> FilesIOManager:
    """Give an IO manager with the folder `data`."""
    return make_files(str(tmp_path), {})


def stage(manager: FilesIOManager, content: dict[str, str] | str) -> tuple[Path, Staged]:
    """Write a file or a folder and stage it; return where it lies until it is sealed."""
    path = Path(manager.room(NOTES, "attempt"))
    if isinstance(content, str):
        path.write_text(content)
        entries = list_file(path, path.name)
    else:
        path.mkdir()
        for name, text in content.items():
            (path / name).write_text(text)
        entries = list_folder(path)
    (staged,) = manager.stage([(NOTES, file_list(entries), "attempt")])
    return path, staged


def keep(manager: FilesIOManager, content: dict[str, str] | str) -> StoredData:
    """Store a file or a folder."""
    _, staged = stage(manager, content)
    (stored,) = manager.seal([staged])
    return stored


@pytest.mark.parametrize(("content", "name"), [("abc", ""), ({"a": "abc"}, "a")])
@pytest.mark.parametrize("text", ["xyz", "abcd"])
def test_what_is_written_to_after_it_was_staged_is_not_sealed(
    manager: FilesIOManager, content: dict[str, str] | str, name: str, text: str
) -> None:
    """Even where its size stays the same: somebody has it open still."""
    path, staged = stage(manager, content)
    (path / name).write_text(text)

    with pytest.raises(UnsupportedDataError, match="still written to") as told:
        manager.seal([staged])

    assert told.value.where == str(path)
    assert list(manager.objects()) == []


@pytest.mark.parametrize("shown", ["", ".gz"])
def test_a_copy_shows_the_object_that_ends_as_it_does(
    manager: FilesIOManager, shown: str
) -> None:
    """Others may have the same bytes, and end in the same way or in another."""
    stored = {}
    for suffix in (*(f".{number}.gz" for number in range(30)), ".gz", ""):
        manager.call({NOTES.asset: suffix})
        stored[suffix] = keep(manager, "abc")
    manager.call({NOTES.asset: shown})

    manager.publish([(NOTES, stored[shown], "7")], how="copy", env="main")

    assert manager.published(NOTES, env="main") == stored[shown].location


def test_a_copy_whose_object_is_gone_does_not_show_that_of_another_asset(
    manager: FilesIOManager,
) -> None:
    """The same bytes with an extension are another file."""
    stored = keep(manager, "abc")
    manager.publish([(NOTES, stored, "7")], how="copy", env="main")
    manager.delete(stored.location)
    manager.call({NOTES.asset: ".png"})
    keep(manager, "abc")
    manager.call({})

    assert manager.published(NOTES, env="main") == stored.location

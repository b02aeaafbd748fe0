"""What is kept of a text is used for that text only, whatever is done to the files."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from assets_core.versioning.code_version import CodeVersions
from assets_core.versioning.parsing import read_text
from assets_core.versioning.reading_json import reading_from_json, reading_to_json
from assets_core.versioning.readings import Read
from assets_core.workspace.kept_readings import KeptReadings
from tests.unit.versioning.edits import Edit, loaded, read_edits, write
from tests.unit.versioning.test_scopes import MODULES

EDITS = [edit for edit in read_edits() if not edit.needs]
TIME = 1_700_000_000
FILES = {
    "assets.py": "import helpers\n\ndef make(x): return helpers.scale(x) + helpers.LIMIT\n",
    "helpers.py": "LIMIT = 3\n\ndef scale(x): return x * 2\n",
}
PROGRAM = """
import sys
sys.path.insert(0, sys.argv[1])
import assets
from pathlib import Path
from assets_core.versioning.code_version import CodeVersions
from assets_core.workspace.kept_readings import KeptReadings
seen = []
sys.addaudithook(lambda event, _: seen.append(event) if event == "compile" else None)
root = Path(sys.argv[1])
version = CodeVersions(str(root), read=KeptReadings(root / "kept", root)).of(assets.make)
print(len(seen), version.digest)
"""


def put(folder: Path, files: dict[str, str]) -> None:
    """Write the files of a project so that their times say nothing."""
    for path in folder.rglob("*.py"):
        path.unlink()
    write(folder, files)
    for path in folder.rglob("*.py"):
        os.utime(path, (TIME, TIME))


def version_of(folder: Path, read: Read) -> str:
    """Return the version of a project's `make`, and why it may not be known."""
    with loaded(folder) as module:
        found = CodeVersions(str(folder), read=read).of(module.make)
    return " ".join((found.digest, *found.opaque))


def kept(folder: Path) -> KeptReadings:
    """Return what keeps the readings of a project in a folder beside it."""
    return KeptReadings(folder.with_name(f"{folder.name}_kept"), folder)


def versions_in_a_child(folder: Path) -> tuple[int, str]:
    """Return how many texts another process parses or compiles, and what it finds."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(folder)],
        capture_output=True,
        text=True,
        check=True,
    )
    count, version = done.stdout.split()
    return int(count), version


def test_an_unchanged_project_is_neither_parsed_nor_compiled(tmp_path: Path) -> None:
    """Python itself says when it does so."""
    put(tmp_path, FILES)

    first, version = versions_in_a_child(tmp_path)

    assert first > 0
    assert versions_in_a_child(tmp_path) == (0, version)


def test_only_the_text_that_changed_is_read_again(tmp_path: Path) -> None:
    """One edit in a large project costs one text."""
    put(tmp_path, FILES)
    versions_in_a_child(tmp_path)
    put(tmp_path, {**FILES, "helpers.py": FILES["helpers.py"].replace("3", "4")})
    one, _ = versions_in_a_child(tmp_path)

    put(tmp_path, {name: f"{text}\n" for name, text in FILES.items()})
    both, _ = versions_in_a_child(tmp_path)

    assert 0 < one < both


@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_an_edit_that_leaves_no_trace_in_times_and_sizes_is_seen(
    edit: Edit, tmp_path: Path
) -> None:
    """Every edit of the corpus, in place, at the same instant."""
    folder = tmp_path / "project"
    for files in (edit.before, edit.after, edit.before):
        put(folder, files)
        true = version_of(folder, read_text)

        assert version_of(folder, kept(folder)) == true
        assert version_of(folder, kept(folder)) == true  # now surely from what was kept


def cut(text: str) -> str:
    """Return the first half."""
    return text[: len(text) // 2]


def flip(text: str) -> str:
    """Return a text with one digit changed, somewhere in the middle of it."""
    middle = text.index('"uses"') + len(text) // 10
    at = next(n for n in range(middle, len(text)) if text[n].isdigit())
    return text[:at] + str(9 - int(text[at])) + text[at + 1 :]


def of_another_shape(text: str) -> str:
    """Return well-formed JSON under the old heading."""
    return text.partition("\n")[0] + "\n" + json.dumps({"uses": []})


def of_another_python(text: str) -> str:
    """Return a text as another program would have left it."""
    return "0" * 32 + text[32:]


@pytest.mark.parametrize(
    "damage", [cut, flip, of_another_shape, of_another_python, lambda _: ""]
)
def test_damage_is_noticed(damage: Callable[[str], str], tmp_path: Path) -> None:
    """It costs a parse, and no more."""
    folder = tmp_path / "project"
    put(folder, FILES)
    true = version_of(folder, kept(folder))
    files = list((tmp_path / "project_kept").iterdir())
    assert len(files) == len(FILES)

    for file in files:
        damaged = damage(file.read_text("utf-8"))
        assert damaged != file.read_text("utf-8")
        file.write_text(damaged, "utf-8")

    assert version_of(folder, kept(folder)) == true
    assert damaged not in [file.read_text("utf-8") for file in files]  # mended


def test_readings_that_change_places_are_not_mixed_up(tmp_path: Path) -> None:
    """A file of one module under the name of another answers for neither."""
    folder = tmp_path / "project"
    put(folder, FILES)
    true = version_of(folder, kept(folder))
    one, other = (tmp_path / "project_kept").iterdir()
    texts = one.read_text("utf-8"), other.read_text("utf-8")

    one.write_text(texts[1], "utf-8")
    other.write_text(texts[0], "utf-8")

    assert version_of(folder, kept(folder)) == true


def test_modules_that_change_names_are_not_mixed_up(tmp_path: Path) -> None:
    """Two files with each other's text: the version is that of the code that runs."""
    folder = tmp_path / "project"
    put(folder, {"assets.py": "import a, b\nmake = a.f\n", "a.py": "def f(): return 1",
                 "b.py": "def f(): return 2"})  # fmt: skip
    before = version_of(folder, kept(folder))

    put(folder, {"assets.py": "import a, b\nmake = a.f\n", "a.py": "def f(): return 2",
                 "b.py": "def f(): return 1"})  # fmt: skip

    assert version_of(folder, kept(folder)) == version_of(folder, read_text) != before


def test_what_is_kept_can_be_deleted_at_any_time(tmp_path: Path) -> None:
    """It is made again."""
    folder = tmp_path / "project"
    put(folder, FILES)
    true = version_of(folder, kept(folder))
    place = tmp_path / "project_kept"
    for file in place.iterdir():
        file.unlink()
    place.rmdir()

    assert version_of(folder, kept(folder)) == true
    assert len(list(place.iterdir())) == len(FILES)


def test_a_folder_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    """A project may be read-only."""
    folder = tmp_path / "project"
    put(folder, FILES)
    (tmp_path / "project_kept").write_text("a file where the folder would be")

    assert version_of(folder, kept(folder)) == version_of(folder, read_text)


def test_a_text_that_is_no_python_is_kept_as_such(tmp_path: Path) -> None:
    """It has no names, now and later."""
    read = KeptReadings(tmp_path / "kept", tmp_path)

    found = [read("def f(:", str(tmp_path / "a.py"), 0) for _ in range(2)]

    assert [each.readable for each in found] == [False, False]


@pytest.mark.parametrize("name", MODULES)
def test_a_reading_comes_back_from_json_as_it_was(name: str) -> None:
    """Of large modules, with all that people write."""
    spec = importlib.util.find_spec(name)
    assert spec is not None
    text = Path(str(spec.origin)).read_text("utf-8")
    reading = read_text(text)

    written = reading_to_json(reading)
    found = reading_from_json(written)

    assert reading_to_json(found) == written
    assert found.form() == reading.form()
    assert [use.name for use in found.uses] == [use.name for use in reading.uses]


@pytest.mark.parametrize("sign", ["'\\ud83d'", "0x" + "f" * 5000])
def test_a_text_that_json_cannot_hold_fails_nothing(tmp_path: Path, sign: str) -> None:
    """Half characters and endless numbers are unusual, and no reason to stop."""
    read = KeptReadings(tmp_path / "kept", tmp_path)
    text = f"A = {{}}\ndef f(): return A[{sign}], {sign}"

    found = [read(text, str(tmp_path / "a.py"), 0) for _ in range(2)]

    assert found[0].form() == found[1].form()
    assert len({len(each.uses) for each in found}) == 1

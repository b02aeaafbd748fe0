"""An answer is read as it was kept, or not at all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assets_core.workspace.answers import (
    Answer,
    keep_answer,
    place_of,
    read_answer,
    surroundings,
)
from assets_core.workspace.settings import IOSettings, Settings

ANSWER = Answer(
    fresh=3,
    salt="salt",
    surroundings="digest",
    files={"/a": (1, 2, 3, 4, 5, 6), "/b": None},
    stored=((("folders", "/data"), "state"),),
    sources={"one": ("file", "one.txt")},
    state="digest",
    since=1.5,
    until=None,
)


def test_an_answer_is_read_as_it_was_kept(tmp_path: Path) -> None:
    """With numbers that are as exact as they were."""
    place = place_of(tmp_path, "plan", "main")
    keep_answer(place, ANSWER)

    assert read_answer(place) == ANSWER


def test_each_command_and_environment_has_its_own(tmp_path: Path) -> None:
    """What is fresh in one may be missing in another."""
    pairs = [("plan", "main"), ("plan", "dev"), ("materialize", "main")]

    assert len({place_of(tmp_path, *pair) for pair in pairs}) == len(pairs)


@pytest.mark.parametrize(
    "text", ["", "{}", "answer 1 0\n{}", "answer 2", "\0", "answer 1 \n[]"]
)
def test_what_was_not_kept_is_not_read(tmp_path: Path, text: str) -> None:
    """It may be cut off, or somebody else's."""
    place = tmp_path / "answer.json"
    assert read_answer(place) is None
    place.write_text(text)

    assert read_answer(place) is None


def test_every_single_byte_counts(tmp_path: Path) -> None:
    """A damaged disk must not make anything fresh."""
    place = tmp_path / "answer.json"
    keep_answer(place, ANSWER)
    whole = place.read_bytes()

    for at in range(0, len(whole), 7):
        place.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert read_answer(place) is None


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path) -> None:
    """A project may be looked at where nothing can be written."""
    (tmp_path / "answers").write_text("a file")

    keep_answer(place_of(tmp_path, "plan", "main"), replace(ANSWER, fresh=4))

    assert read_answer(place_of(tmp_path, "plan", "main")) is None


def test_other_surroundings_have_another_digest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable, a path of modules, a folder; but not the size of the terminal."""
    settings = Settings(tmp_path)
    first = surroundings("salt", settings)
    monkeypatch.setenv("COLUMNS", "77")
    assert surroundings("salt", settings) == first

    found = {first, surroundings("other salt", settings)}
    monkeypatch.setenv("SOME_VARIABLE", "1")
    found.add(surroundings("salt", settings))
    monkeypatch.syspath_prepend(tmp_path)
    found.add(surroundings("salt", settings))
    monkeypatch.chdir(tmp_path)
    found.add(surroundings("salt", settings))
    others = IOSettings("parquet", {"root": "other"})
    found.add(surroundings("salt", Settings(tmp_path, io={"data": others})))

    assert len(found) == 6

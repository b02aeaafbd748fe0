"""Edits of small projects: what must make an asset stale, and what must not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.versioning.corpus_classes import CLASSES
from tests.unit.versioning.corpus_functions import FUNCTIONS
from tests.unit.versioning.corpus_loading import LOADING
from tests.unit.versioning.corpus_names import NAMES
from tests.unit.versioning.corpus_objects import OBJECTS
from tests.unit.versioning.corpus_text import TEXT
from tests.unit.versioning.edits import Edit, changes, version_of, write

EDITS = [*TEXT, *NAMES, *FUNCTIONS, *CLASSES, *OBJECTS, *LOADING]


@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_an_edit_changes_the_version_exactly_when_it_could_change_the_result(
    edit: Edit, tmp_path: Path
) -> None:
    """Missing a change gives wrong data; seeing one where none is costs a rebuild."""
    for package in edit.needs:
        pytest.importorskip(package)
    before = version_of(write(tmp_path / "before", edit.files))
    after = version_of(write(tmp_path / "after", edit.edited_files))

    assert before.opaque == ()
    assert after.opaque == ()
    assert (before.digest != after.digest) is bool(edit.because)
    if edit.because:
        assert edit.because in changes(before, after)


def test_every_edit_has_a_name_of_its_own() -> None:
    """The name is how a failure is found."""
    names = [edit.name for edit in EDITS]

    assert len(set(names)) == len(names)

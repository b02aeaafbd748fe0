"""Edits of small projects: what must make an asset stale, and what must not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.versioning.edits import (
    Edit,
    changes,
    read_edits,
    version,
    version_of,
    write,
)

EDITS = read_edits()


@pytest.mark.parametrize("edit", EDITS, ids=str)
def test_an_edit_changes_the_version_exactly_when_it_could_change_the_result(
    edit: Edit, tmp_path: Path
) -> None:
    """Missing a change gives wrong data; seeing one where none is costs a rebuild."""
    for package in edit.needs:
        pytest.importorskip(package)
    before = version_of(write(tmp_path / "before", edit.before))
    after = version_of(write(tmp_path / "after", edit.after))

    assert before.opaque == ()
    assert after.opaque == ()
    assert (before.digest != after.digest) is bool(edit.because)
    if edit.because:
        assert edit.because in changes(before, after)


def test_every_edit_has_a_name_of_its_own() -> None:
    """The name is how a failure is found."""
    names = [edit.name for edit in EDITS]

    assert len(set(names)) == len(names)


def test_a_chain_of_a_thousand_helpers_is_followed_to_its_end(tmp_path: Path) -> None:
    """How deep code lies is no reason to stop, nor to run out of stack."""
    chain = "".join(f"def f{n}(): return f{n + 1}()\n" for n in range(1500))
    before = version(tmp_path, f"{chain}def f1500(): return 1\nmake = f0")
    after = version(tmp_path, f"{chain}def f1500(): return 2\nmake = f0")

    assert before.opaque == ()
    assert changes(before, after) == ["helper assets.f1500 changed"]


def test_a_long_expression_is_read_to_its_end(tmp_path: Path) -> None:
    """Code that was written by a program may be deep in itself."""
    terms = " + ".join(["x"] * 900)
    before = version(tmp_path, f"def make(x): return {terms} + 1")
    after = version(tmp_path, f"def make(x): return {terms} + 2")

    assert before.opaque == ()
    assert changes(before, after) == ["function assets.make changed"]

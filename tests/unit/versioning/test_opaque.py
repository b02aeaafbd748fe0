"""Code whose version cannot be known: it always runs, and the reason can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.versioning.edits import Case, read_cases, version

OPAQUE = read_cases(Path(__file__).with_name("opaque.txt"))
ORDINARY = read_cases(Path(__file__).with_name("ordinary.txt"))


@pytest.mark.parametrize("case", OPAQUE, ids=lambda case: case.name)
def test_what_cannot_be_followed_is_told(case: Case, tmp_path: Path) -> None:
    """A constant in place of a version would never be stale again."""
    assert version(tmp_path, case.code).opaque == (case.verdict,)


@pytest.mark.parametrize("case", ORDINARY, ids=lambda case: case.name)
def test_ordinary_code_is_never_opaque(case: Case, tmp_path: Path) -> None:
    """What is opaque runs each time: that must be rare."""
    assert version(tmp_path, case.code).opaque == ()

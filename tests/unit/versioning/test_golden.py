"""The code versions of many small projects, kept in a file: they must never change.

The projects stand in `golden/*.txt`, each with `make`; together they use all of the
language and everything that a version looks at. A head may say `python: 3.12`, where only
that Python and later ones can read the code. What the versions were stands in
`golden/digests.json`; `ASSETS_WRITE_GOLDEN=1 pytest tests/unit/versioning/test_golden.py`
writes it anew, with every Python of this machine.
"""

from __future__ import annotations

import ast
import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.versioning.edits import Case, read_cases, split, write
from tests.unit.versioning.pythons import interpreters, release, versions

FOLDER = Path(__file__).with_name("golden")
FILE = FOLDER / "digests.json"
CASES = [case for file in sorted(FOLDER.glob("*.txt")) for case in read_cases(file)]
PYTHONS = [sys.executable, *interpreters()]
RUNNING = sys.version_info[:2]

FIRST = (3, 11)  # what every Python that we support can read
NEWEST = (3, 13)  # what only a later one can read may have no version in the file yet

SHOWN = 30  # how many snippets are named where versions differ

# Classes of the module `ast` that never stand in the tree of a module.
NOT_IN_A_MODULE = frozenset({"Expression", "FunctionType", "Interactive", "TypeIgnore"})
# And those that are only there for programs older than Python 3.9.
OLD = frozenset(
    {"AugLoad", "AugStore", "Bytes", "Ellipsis", "ExtSlice", "Index", "NameConstant",
     "Num", "Param", "Str", "Suite", "slice"}
)  # fmt: skip

WHAT_TO_DO = """\
These code versions are not what they were, so that every asset of every user that has \
such code would be computed again:

    {names}

If this was not meant, the code of assets_core/versioning has to be mended.

If it was: whenever the same code would be written differently from before, raise \
NORMAL_FORM in normal_form.py or, where the change is not in the normal form, "code 1" in \
code_version.py; and tell the users in CHANGELOG.md that everything will be computed once \
more.

After that, or if only a snippet was added or rewritten, write the file anew and read the \
difference:

    ASSETS_WRITE_GOLDEN=1 pytest tests/unit/versioning/test_golden.py
"""


def needed(case: Case) -> tuple[int, ...]:
    """Return the first Python that can read a snippet."""
    said = case.notes.removeprefix("python: ")
    return tuple(map(int, said.split("."))) if said else FIRST


def found_by(program: str, folder: Path) -> dict[str, str]:
    """Return what a Python finds of each snippet that it can read, by name.

    That is a digest and, after a space, why the version is opaque, where it is.
    """
    python = release(program)
    for number, case in enumerate(CASES):
        if needed(case) <= python:
            write(folder / f"{number:03}", split(case.code))
    found = versions(folder, program)
    return {CASES[int(number)].name: version for number, version in found.items()}


def digests(found: dict[str, str]) -> dict[str, str]:
    """Return the digests alone."""
    return {name: version.partition(" ")[0] for name, version in found.items()}


def explained(golden: dict[str, str], found: dict[str, str]) -> str:
    """Return which versions differ and what to do about it; nothing if none does."""
    names = [name for name, each in found.items() if golden.get(name, each) != each]
    more = [f"and {len(names) - SHOWN} more"] if len(names) > SHOWN else []
    listed = "\n    ".join([*names[:SHOWN], *more])
    return WHAT_TO_DO.format(names=listed) if names else ""


@pytest.fixture(scope="module")
def by_python(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Return what each Python of this machine finds."""
    return {
        program: found_by(program, tmp_path_factory.mktemp("golden")) for program in PYTHONS
    }


@pytest.fixture(scope="module")
def golden(by_python: dict[str, dict[str, str]]) -> dict[str, str]:
    """Return what the versions have to be, written anew if that is wanted."""
    kept: dict[str, str] = json.loads(FILE.read_text("utf-8"))
    if os.environ.get("ASSETS_WRITE_GOLDEN"):
        for program in reversed(PYTHONS):  # the one that runs has the last word
            kept |= digests(by_python[program])
        kept = {case.name: kept[case.name] for case in CASES if case.name in kept}
        FILE.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return kept


@pytest.mark.parametrize("program", PYTHONS)
def test_every_python_finds_the_versions_in_the_file(
    program: str, by_python: dict[str, dict[str, str]], golden: dict[str, str]
) -> None:
    """Neither a new release of ours nor a new Python may make every asset stale."""
    message = explained(golden, digests(by_python[program]))

    if message:
        pytest.fail(message, pytrace=False)


@pytest.mark.parametrize("program", PYTHONS)
def test_every_python_says_the_same_of_what_cannot_be_known(
    program: str, by_python: dict[str, dict[str, str]]
) -> None:
    """The second line of a snippet is why its version is opaque; `clear` if it is not."""
    verdicts = {case.name: case.verdict.removeprefix("clear") for case in CASES}
    found = {name: each.partition(" ")[2] for name, each in by_python[program].items()}

    assert {name: why for name, why in found.items() if why != verdicts[name]} == {}


def test_the_file_has_every_snippet_and_no_other(golden: dict[str, str]) -> None:
    """A snippet without a version there would be compared with nothing."""
    names = [case.name for case in CASES]
    missing = {case.name for case in CASES if needed(case) <= NEWEST} - set(golden)

    assert sorted(missing) == []
    assert list(golden) == [name for name in names if name in golden]


def test_no_two_snippets_have_the_same_version(golden: dict[str, str]) -> None:
    """They are different code, each of which could give another result."""
    times = Counter(golden.values())

    assert [name for name, each in golden.items() if times[each] > 1] == []


def test_there_are_many_snippets_and_each_has_a_name_of_its_own() -> None:
    """The name is how a difference is found."""
    names = [case.name for case in CASES]

    assert len(set(names)) == len(names)
    assert len([case for case in CASES if needed(case) == FIRST]) >= 100


def test_the_snippets_use_all_of_the_language() -> None:
    """A part of the syntax that no snippet has could be written otherwise unseen."""
    used = {
        type(node).__name__
        for case in CASES
        if needed(case) <= RUNNING
        for text in split(case.code).values()
        for node in ast.walk(ast.parse(text))
    }

    assert sorted(set(parts_of_the_language()) - used) == []
    assert used.isdisjoint(OLD | NOT_IN_A_MODULE)


def parts_of_the_language() -> Iterator[str]:
    """Yield the name of every kind of node that this Python's trees consist of."""
    waiting: list[type[ast.AST]] = [ast.AST]
    while waiting:
        inside = [
            kind
            for kind in waiting.pop().__subclasses__()
            if kind.__module__ in {"ast", "_ast"} and kind.__name__ not in OLD
        ]
        waiting += inside
        yield from (
            kind.__name__
            for kind in inside
            if {each.__name__ for each in kind.__subclasses__()} <= OLD
            and kind.__name__ not in NOT_IN_A_MODULE
        )


def test_whoever_changes_a_version_is_told_what_to_do() -> None:
    """That all users compute everything again is not a failure to be silenced."""
    message = explained({"one": "1", "two": "2"}, {"one": "1", "two": "3"})

    assert "    two\n" in message
    assert "    one\n" not in message
    assert "NORMAL_FORM" in message
    assert '"code 1"' in message
    assert "ASSETS_WRITE_GOLDEN=1" in message


def test_where_nothing_changed_nothing_is_said() -> None:
    """A snippet that the file does not have yet is told by another test."""
    assert explained({"one": "1"}, {"one": "1", "new": "2"}) == ""

"""Files stay small, and name nothing of the machine they were written on."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MOST_LINES = 400

# Ada is the reader in the pages of the documentation.
MACHINE_PATH = re.compile(r"(?<![\w.:/-])/(?:home|root|work|Users|opt/\w+)/(?!ada\b)[\w.]")
INDEX_HOST = re.compile(r"py(?:pi|thonhosted)\.org|(?:index-url|find-links)[ =]")


def tracked_files() -> Iterator[Path]:
    """Yield every file that is, or would be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in filter(None, listed.split("\0")):
        path = ROOT / name
        if path.is_file() and not path.is_symlink():
            yield path


def lines_of(path: Path) -> list[str]:
    """Return the lines of a text file, and none for any other."""
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except UnicodeDecodeError:
        return []


@pytest.mark.needs("git")
def test_no_source_file_is_long() -> None:
    """A file that does one thing can be read in one sitting."""
    counts = {
        str(path.relative_to(ROOT)): len(lines_of(path))
        for path in tracked_files()
        if path.suffix in {".js", ".py"}
    }

    assert {name: count for name, count in counts.items() if count > MOST_LINES} == {}


@pytest.mark.needs("git")
@pytest.mark.parametrize("pattern", [MACHINE_PATH, INDEX_HOST], ids=["path", "index"])
def test_no_file_names_the_machine_it_was_written_on(pattern: re.Pattern[str]) -> None:
    """A path of one machine, or the package index it used, is wrong on every other."""
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in tracked_files()
        if path != Path(__file__)
        for number, line in enumerate(lines_of(path), 1)
        if pattern.search(line)
    ]

    assert found == []


@pytest.mark.parametrize(
    ("text", "is_private"),
    [
        ("see /home/" + "grace/project", True),
        ("cd /Users/" + "grace", True),
        ("https://example.org/home/" + "grace", False),
        ("./home/" + "grace", False),
        ("at /home/ada/assets.py", False),
        ("/homepage", False),
    ],
)
def test_the_search_tells_a_private_path_from_others(
    text: str, *, is_private: bool
) -> None:
    """The test above is worth nothing if its pattern never matches."""
    assert bool(MACHINE_PATH.search(text)) is is_private


def test_the_lock_file_pins_everything_by_hash() -> None:
    """What is installed is what was reviewed, from whichever index it comes."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"\n(?=\w)", re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE))

    assert [entry for entry in entries if not re.match(r"[\w.-]+==\S+", entry)] == []
    assert [entry for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text

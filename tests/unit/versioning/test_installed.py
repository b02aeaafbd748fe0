"""What is installed, read as `importlib.metadata` reads it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import pytest

from assets_core.versioning.installed import distribution, entry_points, load

POINTS = """\
# ours
[other.group]
csv = tiny.other:make

[tiny.group]
csv = tiny.forms:make [extra]
  excel=tiny.forms:Book.make

[last]
x = y
"""


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make a folder the first on Python's path."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return tmp_path


def install(place: Path, info: str, files: Mapping[str, str]) -> None:
    """Write what an installer writes about a distribution."""
    for name, text in files.items():
        (place / info).mkdir(exist_ok=True)
        (place / info / name).write_text(text, "utf-8")


def described(name: str, version: str) -> dict[str, str]:
    """Return the description of a distribution."""
    return {
        "METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\nName: no"
    }


def test_distributions_are_those_that_python_names() -> None:
    """The versions of packages are part of the versions of code."""
    for each in metadata.distributions():
        first = metadata.distribution(each.name)
        found = distribution(each.name)

        assert found is not None
        assert (found.name, found.version) == (first.name, first.version)
        assert found.place == Path(str(first.locate_file("")))


def test_entry_points_are_those_that_python_names() -> None:
    """Plug-ins of everybody are found."""
    groups = metadata.entry_points().groups

    assert "assets_core.io_managers" in groups
    for group in groups:
        points = metadata.entry_points(group=group)
        assert entry_points(group) == {each.name: each.value for each in points}


def test_nothing_that_reads_mail_is_loaded() -> None:
    """It would take a first run longer than what it is loaded for."""
    asked = (
        "import sys\n"
        "from assets_core.versioning.installed import distribution, entry_points\n"
        "assert distribution('numpy') and entry_points('assets_core.io_managers')\n"
        "assert 'email' not in sys.modules and 'importlib.metadata' not in sys.modules\n"
    )

    subprocess.run([sys.executable, "-c", asked], check=True)


def test_a_distribution_is_found_by_any_way_to_write_its_name(place: Path) -> None:
    """`-`, `_`, `.` and capitals are the same."""
    install(place, "Tiny_Thing-1.0.dist-info", described("Tiny-Thing", "1.0"))

    for name in ("tiny-thing", "Tiny_Thing", "tiny.thing"):
        found = distribution(name)
        assert found is not None
        assert (found.name, found.version) == ("Tiny-Thing", "1.0")


def test_the_first_on_the_path_counts(place: Path) -> None:
    """It is what an import finds."""
    install(place, "numpy-0.0.1.dist-info", described("numpy", "0.0.1"))

    found = distribution("numpy")

    assert found is not None
    assert found.version == metadata.version("numpy") == "0.0.1"


def test_what_is_installed_later_is_found(place: Path) -> None:
    """A notebook installs packages while it runs."""
    assert distribution("tiny") is None
    install(place, "tiny-1.0.dist-info", described("tiny", "1.0"))

    found = distribution("tiny")

    assert found is not None
    assert found.version == "1.0"


def test_an_egg_is_left_to_python(place: Path) -> None:
    """Systems still install some packages so."""
    install(place, "tiny-1.0.egg-info", {"PKG-INFO": "Name: tiny\nVersion: 1.0\n"})
    install(place, "tiny-1.0.egg-info", {"top_level.txt": "tiny\n"})
    install(place, "tiny-1.0.egg-info", {"entry_points.txt": "[tiny.group]\na = b:c\n"})

    found = distribution("tiny")

    assert found is not None
    assert (found.name, found.version, found.has("tiny")) == ("tiny", "1.0", True)
    assert entry_points("tiny.group") == {"a": "b:c"}


def test_a_distribution_without_a_description_is_left_to_python(place: Path) -> None:
    """An installer may have been stopped half way."""
    install(place, "tiny-1.0.dist-info", {"RECORD": ""})
    install(place, "more-1.0.dist-info", described("more", "1.0"))

    found = distribution("more")

    assert found is not None
    assert found.version == "1.0"


def test_a_distribution_has_the_modules_that_it_lists_or_that_lie_beside_it(
    place: Path,
) -> None:
    """Others may come from another one."""
    listed = {**described("tiny", "1.0"), "top_level.txt": "tiny\n_tiny\n"}
    install(place, "tiny-1.0.dist-info", listed)
    (place / "beside").mkdir()

    found = distribution("tiny")

    assert found is not None
    assert [found.has(name) for name in ("_tiny", "beside", "no")] == [True, True, False]


def test_one_group_is_read_of_a_file_of_entry_points(place: Path) -> None:
    """With comments, extras, and spaces as they may be."""
    install(place, "tiny-1.0.dist-info", {"entry_points.txt": POINTS})

    assert entry_points("tiny.group") == {
        "csv": "tiny.forms:make [extra]",
        "excel": "tiny.forms:Book.make",
    }


def test_what_an_entry_point_names_is_imported() -> None:
    """A module, or what is in it."""
    assert load("json") is sys.modules["json"]
    assert load("pathlib:Path.cwd [extra]") == Path.cwd

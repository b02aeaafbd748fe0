"""Whose code it is: the project's, a package's, Python's own."""

from __future__ import annotations

import importlib
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.unit.versioning.edits import changes, named, version, version_of, write

ROOT = Path(__file__).parents[3]


def test_packages_are_recorded_with_their_versions(tmp_path: Path) -> None:
    """What a result was made with is part of its history."""
    found = version(tmp_path, "import numpy as np\ndef make(): return np.zeros(1)")

    assert [name for name, _ in found.packages] == ["numpy"]
    assert [name for name in named(found) if "package" in name] == []  # it does not count
    exact = version(tmp_path, "import numpy\ndef make(): return numpy.e", packages="exact")
    assert named(exact)[-1].startswith("package numpy ")


def test_the_standard_library_is_no_package(tmp_path: Path) -> None:
    """It comes with Python."""
    found = version(tmp_path, "import json\ndef make(): return json.dumps(1)")

    assert found.packages == ()


def digest_with_package(folder: Path, number: str, packages: str) -> str:
    """Return the version of an asset that uses a package of that version."""
    info = f"site-packages/tiny-{number}.dist-info"
    write(
        folder,
        {
            "site-packages/tiny.py": "def f(): return 1\n",
            f"{info}/METADATA": f"Metadata-Version: 2.1\nName: tiny\nVersion: {number}\n",
            f"{info}/top_level.txt": "tiny\n",
            "assets.py": "import tiny\ndef make(): return tiny.f()\n",
            "ask.py": dedent(
                f"""
                import sys
                sys.path[:0] = [{str(folder / "site-packages")!r}, {str(ROOT)!r}]
                from assets import make
                from assets_core.versioning.code_version import CodeVersions
                found = CodeVersions({str(folder)!r}, packages={packages!r}).of(make)
                assert found.packages == (("tiny", {number!r}),)
                print(found.digest)
                """
            ),
        },
    )
    done = subprocess.run(
        [sys.executable, str(folder / "ask.py")], capture_output=True, text=True, check=True
    )
    return done.stdout


@pytest.mark.parametrize(
    ("packages", "to", "changed"),
    [
        ("record", "2.0.0", False),
        ("minor", "1.2.9", False),
        ("minor", "1.3.0", True),
        ("exact", "1.2.9", True),
    ],
)
def test_versions_of_packages_count_as_far_as_is_asked(
    packages: str, to: str, *, changed: bool, tmp_path: Path
) -> None:
    """A team that cannot trust an upgrade says `exact`."""
    before = digest_with_package(tmp_path / "before", "1.2.3", packages)
    after = digest_with_package(tmp_path / "after", to, packages)

    assert (before != after) is changed


def test_code_in_a_virtual_environment_inside_the_project_is_a_package(
    tmp_path: Path,
) -> None:
    """A `.venv` in the folder is no part of the project."""
    inside = tmp_path / ".venv/lib/python3.11/site-packages"
    write(inside, {"tiny.py": "def f(): return eval('1')\n"})
    write(tmp_path, {"assets.py": "import tiny\ndef make(): return tiny.f()\n"})
    sys.path.insert(0, str(inside))
    try:
        found = version_of(tmp_path)
    finally:
        sys.path.remove(str(inside))

    assert named(found) == ["function assets.make"]
    assert found.opaque == ()


def test_a_package_installed_for_editing_belongs_to_the_project(tmp_path: Path) -> None:
    """It lies outside of `site-packages`, and is edited like the project itself."""
    write(tmp_path / "elsewhere", {"shared_tools.py": "def f(): return 1\n"})
    write(
        tmp_path / "own",
        {"assets.py": "import shared_tools\ndef make(): return shared_tools.f()\n"},
    )
    sys.path.insert(0, str(tmp_path / "elsewhere"))
    try:
        found = version_of(tmp_path / "own")
    finally:
        sys.path.remove(str(tmp_path / "elsewhere"))
        del sys.modules["shared_tools"]

    assert "helper shared_tools.f" in named(found)


def test_a_compiled_module_of_the_project_counts_by_its_bytes(tmp_path: Path) -> None:
    """What was compiled from sources in the folder changes with them."""
    compiled = getattr(importlib.import_module("_heapq"), "__file__", None)
    if compiled is None:
        pytest.skip("needs a Python whose '_heapq' is a file of its own")
    code = {
        "assets.py": "from pack._heapq import heapify\ndef make(x): return heapify(x)\n",
        "pack/__init__.py": "",
    }
    found = []
    for number, more in enumerate((b"", b"more")):
        folder = write(tmp_path / str(number), code)
        suffix = "".join(Path(compiled).suffixes)
        (folder / f"pack/_heapq{suffix}").write_bytes(Path(compiled).read_bytes() + more)
        found.append(version_of(folder))

    assert [each.opaque for each in found] == [(), ()]
    assert changes(*found) == ["module pack._heapq changed"]

"""Where the source of loaded code is found, and what happens where it is not."""

from __future__ import annotations

import linecache
import py_compile
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from assets_core.versioning.code_version import CodeVersions
from tests.unit.versioning.edits import changes, loaded, split, version_of, write

HERE = str(Path(__file__).parent)


def test_code_in_this_file_is_found_although_pytest_rewrites_asserts() -> None:
    """Tests declare assets, too."""

    def make(x: int) -> int:
        assert x > 0, "positive"
        return x

    found = CodeVersions(HERE).of(make)

    assert found.opaque == ()
    assert found.components[0].kind == "function"


def run_cell(names: dict[str, Any], number: int, text: str) -> None:
    """Run a text as a notebook runs a cell."""
    file = f"<cell {number}>"
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    names.setdefault("In", [""]).append(text)
    exec(compile(text, file, "exec"), names)  # noqa: S102 - what a notebook does


@pytest.fixture
def notebook() -> Iterator[dict[str, Any]]:
    """Return the global names of a notebook."""
    yield {"__name__": "__main__", "__builtins__": __builtins__}
    for file in [name for name in linecache.cache if name.startswith("<cell")]:
        del linecache.cache[file]


def test_functions_of_a_notebook_are_found(notebook: dict[str, Any]) -> None:
    """A cell has no file, but its text is kept."""
    run_cell(notebook, 1, "LIMIT = 3\n")
    run_cell(notebook, 2, "def make(x):\n    return x > LIMIT\n")
    before = CodeVersions(HERE).of(notebook["make"])
    run_cell(notebook, 3, "LIMIT = 4\n")
    after = CodeVersions(HERE).of(notebook["make"])

    assert before.opaque == after.opaque == ()
    assert changes(before, after) == ["constant LIMIT: 3 → 4"]


def test_a_client_in_a_notebook_counts_by_the_cell_that_made_it_last(
    notebook: dict[str, Any],
) -> None:
    """A cell that was run ten times counts once."""
    run_cell(notebook, 1, "from urllib.request import Request\n")
    run_cell(notebook, 2, "client = Request('http://a')\n")
    run_cell(notebook, 3, "def make():\n    return client\n")
    before = CodeVersions(HERE).of(notebook["make"])
    run_cell(notebook, 4, "client = Request('http://a')\n")
    same = CodeVersions(HERE).of(notebook["make"])
    run_cell(notebook, 5, "client = Request('http://b')\n")
    after = CodeVersions(HERE).of(notebook["make"])

    assert before.opaque == ()
    assert same.digest == before.digest
    assert after.digest != before.digest


def test_classes_of_a_notebook_are_found(notebook: dict[str, Any]) -> None:
    """The same class may have been defined by several cells: the last one counts."""
    run_cell(notebook, 1, "class A:\n    n = 1\n    def f(self): return self.n\n")
    run_cell(notebook, 2, "def make():\n    return A().f()\n")
    before = CodeVersions(HERE).of(notebook["make"])
    run_cell(notebook, 3, "class A:\n    n = 2\n    def f(self): return self.n\n")
    after = CodeVersions(HERE).of(notebook["make"])

    assert before.opaque == after.opaque == ()
    assert "class A changed" in changes(before, after)


def test_a_file_that_was_edited_after_it_was_loaded_makes_its_functions_opaque(
    tmp_path: Path,
) -> None:
    """What is on disk now is not what runs."""
    file = write(tmp_path, split("def make(): return 1\n")) / "assets.py"
    with loaded(tmp_path) as module:
        file.write_text("def make(): return 2\n", "utf-8")
        found = CodeVersions(str(tmp_path)).of(module.make)

    assert found.opaque == (f"'{file}' no longer holds 'make' as it was loaded",)


def test_a_file_that_is_edited_later_changes_nothing(tmp_path: Path) -> None:
    """A module stays what it is for as long as the process runs."""
    file = write(tmp_path, split("def make(): return 1\n")) / "assets.py"
    with loaded(tmp_path) as module:
        before = CodeVersions(str(tmp_path)).of(module.make)
        file.write_text("def make(): return 2\n", "utf-8")
        after = CodeVersions(str(tmp_path)).of(module.make)

    assert before == after


def test_a_decorator_edited_after_loading_is_noticed(tmp_path: Path) -> None:
    """It leaves no trace in the code of the function that it decorates."""
    code = "def mark(n):\n    return lambda f: f\n@mark(1)\ndef make(): return 1\n"
    script = f"""
import sys, time
from pathlib import Path
sys.path[:0] = [{str(tmp_path)!r}, {str(Path(HERE).parents[2])!r}]
file = Path({str(tmp_path)!r}, "assets.py")
time.sleep(0.05)  # the clock of files is coarse
file.write_text({code!r})
from assets import make
from assets_core.versioning.code_version import CodeVersions
file.write_text({code.replace("mark(1)", "mark(22)")!r})
print(CodeVersions({str(tmp_path)!r}).of(make).opaque)
"""
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={"PYTHONPYCACHEPREFIX": str(tmp_path / "cache")},
        capture_output=True,
        text=True,
        check=True,
    )

    assert "was changed after it was loaded" in done.stdout


def test_a_module_without_source_is_opaque(tmp_path: Path) -> None:
    """Bytecode alone says nothing that could be compared."""
    file = write(tmp_path, split("def make(): return 1\n")) / "assets.py"
    py_compile.compile(str(file), str(tmp_path / "assets.pyc"))
    file.unlink()

    assert version_of(tmp_path).opaque == (
        "function 'make' has no source that can be read",
    )

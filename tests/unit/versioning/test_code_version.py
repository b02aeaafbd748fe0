"""What a code version is made of, and where it can be found."""

from __future__ import annotations

import linecache
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial, wraps
from pathlib import Path
from types import FunctionType
from typing import Any

import pandera.pandas as pa
import pytest

from assets_core.declaring.decorators import asset
from assets_core.model.versions import CodeVersion
from assets_core.versioning.code_version import CodeVersions
from tests.unit.versioning.edits import changes, loaded, split, version, version_of, write

HERE = str(Path(__file__).parent)

HELPERS = """
    from helpers import LIMIT, scale

    def make(x):
        return scale(x) > LIMIT
    # helpers.py
    import math

    LIMIT = 3

    def scale(x):
        return math.floor(x)
"""


def named(found: CodeVersion) -> list[str]:
    """Return the components as people see them."""
    return [" ".join(filter(None, (c.kind, c.name, c.text))) for c in found.components]


def test_the_components_are_told_in_the_order_in_which_they_are_met(tmp_path: Path) -> None:
    """The function comes first, then what it names, as it names it."""
    assert named(version(tmp_path, HELPERS)) == [
        "function assets.make",
        "helper helpers.scale",
        "constant helpers.LIMIT 3",
    ]


def test_every_component_has_a_name_of_its_own(tmp_path: Path) -> None:
    """Two closures of one factory are not one component."""
    found = version(
        tmp_path,
        "def factory(n):\n    def inner(x): return x + n\n    return inner\n"
        "one, two = factory(1), factory(2)\n"
        "def make(x): return one(two(x))",
    )

    assert named(found) == [
        "function assets.make",
        "helper assets.factory.inner",
        "constant assets.factory.inner.n 1",
        "helper assets.factory.inner (2)",
        "constant assets.factory.inner.n (2) 2",
    ] or len({*named(found)}) == len(named(found))


def test_a_version_is_found_once(tmp_path: Path) -> None:
    """What is asked for a thousand times is worked out once."""
    with loaded(write(tmp_path, split(HELPERS))) as module:
        versions = CodeVersions(str(tmp_path))

        assert versions.of(module.make) is versions.of(module.make)


def test_it_does_not_matter_what_was_asked_before(tmp_path: Path) -> None:
    """What is remembered of one asset must not show in the next."""
    files = split("N = []\ndef helper(): return N, make\ndef make(): return helper(), N\n")
    with loaded(write(tmp_path, files)) as module:
        first = CodeVersions(str(tmp_path))
        other = CodeVersions(str(tmp_path))
        first.of(module.helper)

        assert first.of(module.make) == other.of(module.make)


def test_one_list_under_two_names_is_not_two_lists(tmp_path: Path) -> None:
    """Code that appends to one of them sees the difference."""
    code = "A = [1]\nB = {}\ndef make():\n    A.append(2)\n    return B".format
    two = version(tmp_path, code("[[1]]"))
    one = version(tmp_path, code("[A]"))

    assert one.digest != two.digest


def test_names_on_a_secret_hide_the_value(tmp_path: Path) -> None:
    """Versions are stored, shown and sent around."""
    found = version(tmp_path, "API_KEY = 'abc'\ndef make(token='def'): return API_KEY, token")

    assert "abc" not in repr(found)
    assert "def'" not in repr(found)


# Packages


def test_packages_are_recorded_with_their_versions(tmp_path: Path) -> None:
    """What a result was made with is part of its history."""
    found = version(tmp_path, "import numpy as np\ndef make(): return np.zeros(1)")

    assert [name for name, _ in found.packages] == ["numpy"]
    assert named(found)[-1].startswith("package numpy ")


def test_the_standard_library_is_no_package(tmp_path: Path) -> None:
    """It comes with Python."""
    assert version(tmp_path, "import json\ndef make(): return json.dumps(1)").packages == ()


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

    def with_version(number: str) -> CodeVersion:
        site = tmp_path / number / "site-packages"
        info = site / f"tinypack_{to}_{packages}.dist-info"
        name = f"tinypack_{to}_{packages}".replace(".", "_")
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {number}\n"
        write(
            tmp_path / number,
            {
                f"site-packages/{name}.py": "def f(): return 1\n",
                f"site-packages/{name}-{number}.dist-info/METADATA": text,
                f"site-packages/{name}-{number}.dist-info/top_level.txt": name + "\n",
                "assets.py": f"import {name} as t\ndef make(): return t.f()\n",
            },
        )
        del info
        script = (
            f"import sys; sys.path[:0] = [{str(site)!r}, {str(tmp_path / number)!r}, "
            f"{str(Path(HERE).parents[2])!r}]\n"
            "import assets\n"
            "from assets_core.versioning.code_version import CodeVersions\n"
            f"v = CodeVersions({str(tmp_path / number)!r}, packages={packages!r}).of(assets.make)\n"
            "print(v.digest, v.packages)"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], capture_output=True, text=True, check=True
        )
        digest, _, told = done.stdout.strip().partition(" ")
        assert number in told
        return CodeVersion(digest)

    assert (with_version("1.2.3").digest != with_version(to).digest) is changed


# Whose code it is


def test_code_in_a_virtual_environment_inside_the_project_is_a_package(tmp_path: Path) -> None:
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
    write(tmp_path / "own", {"assets.py": "import shared_tools\ndef make(): return shared_tools.f()\n"})
    sys.path.insert(0, str(tmp_path / "elsewhere"))
    try:
        found = version_of(tmp_path / "own")
    finally:
        sys.path.remove(str(tmp_path / "elsewhere"))
        del sys.modules["shared_tools"]

    assert "helper shared_tools.f" in named(found)


# Callables of every kind


def test_anything_that_can_be_called_has_a_version(tmp_path: Path) -> None:
    """An asset need not be a plain function."""
    code = (
        "from functools import partial\n"
        "class Maker:\n    n = 1\n    def __init__(self, n=2): self.n = n\n"
        "    def __call__(self): return self.n\n    def run(self): return self.n\n"
        "def plain(n=3): return n\n"
        "callables = [plain, partial(plain, 4), Maker, Maker(), Maker().run, lambda: 5]"
    )
    with loaded(write(tmp_path, split(code))) as module:
        found = [CodeVersions(str(tmp_path)).of(each) for each in module.callables]

    assert [each.opaque for each in found] == [()] * 6
    assert len({each.digest for each in found}) == 6
    assert {each.components[0].kind for each in found} == {"function"}


def test_a_function_of_a_package_has_a_version_too(tmp_path: Path) -> None:
    """`asset(pandas.read_csv)` is unusual, and no reason to fail."""
    versions = CodeVersions(str(tmp_path))

    assert versions.of(os.path.join).opaque == ()
    assert versions.of(os.path.join).digest != versions.of(os.path.split).digest


# Where source is found


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
    write(tmp_path, {"assets.py": code})
    script = (
        f"import os, sys, time; sys.path[:0] = [{str(tmp_path)!r}, {str(Path(HERE).parents[2])!r}]\n"
        "time.sleep(0.05); open(sys.path[0] + '/assets.py', 'a').write('\\n')\n"
        "import assets\n"
        "from assets_core.versioning.code_version import CodeVersions\n"
        "text = open(assets.__file__).read().replace('@mark(1)', '@mark(22)')\n"
        "open(assets.__file__, 'w').write(text)\n"
        "print(CodeVersions(sys.path[0]).of(assets.make).opaque)"
    )
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
    import py_compile

    file = write(tmp_path, split("def make(): return 1\n")) / "assets.py"
    py_compile.compile(str(file), str(tmp_path / "assets.pyc"))
    file.unlink()

    assert version_of(tmp_path).opaque == ("function 'make' has no source that can be read",)


# Schemas


class Model(pa.DataFrameModel):
    """A schema as a class."""

    total: int = pa.Field(ge=0)

    @pa.check("total")
    def is_even(cls, column: Any) -> Any:  # noqa: N805 - pandera's own form
        """Look at each value."""
        return column % 2 == 0


SCHEMA = """
    import pandera.pandas as pa
    from assets_core.declaring.decorators import asset

    LEAST = 0

    def positive(column):
        return column > LEAST

    class Model(pa.DataFrameModel):
        total: int = pa.Field(ge=0)

        @pa.check("total")
        def small(cls, column):
            return column < 10

    class Child(Model):
        pass

    named = pa.DataFrameSchema({"total": pa.Column(int, pa.Check(positive))})

    @asset(schema=Child)
    def by_class():
        return 1

    @asset(schema=named)
    def by_name():
        return 1

    @asset(schema=pa.DataFrameSchema({"total": pa.Column(int, pa.Check(lambda c: c > 5))}))
    def by_expression():
        return 1

    make = by_class.function
"""
SCHEMA_EDITS = {
    "a check of a model": ("by_class", "column < 10", "column < 11", True),
    "a field of a model": ("by_class", "ge=0", "ge=1", True),
    "a function that a schema checks with": ("by_name", "column > LEAST", "column >= LEAST", True),
    "a constant of a check": ("by_name", "LEAST = 0", "LEAST = 1", True),
    "a column of a schema": ("by_name", "pa.Column(int, pa.Check(positive))", "pa.Column(float)", True),
    "a check inside a decorator": ("by_expression", "c > 5", "c > 6", True),
    "another schema": ("by_expression", "column < 10", "column < 11", False),
    "the asset itself": ("by_expression", "return 1\n\n    make", "return 2\n\n    make", False),
}


@pytest.mark.parametrize(
    ("name", "old", "new", "changed"), SCHEMA_EDITS.values(), ids=SCHEMA_EDITS.keys()
)
def test_a_schema_counts_with_its_checks(
    name: str, old: str, new: str, *, changed: bool, tmp_path: Path
) -> None:
    """Stored data is checked again when the schema is another one."""

    def schema_of(code: str) -> CodeVersion:
        folder = write(tmp_path / str(len(code)), split(code))
        with loaded(folder) as module:
            declared = getattr(module, name)
            return CodeVersions(str(folder)).of_object(declared.schema, f"schema of {name}")

    before, after = schema_of(SCHEMA), schema_of(SCHEMA.replace(old, new) + "\n")

    assert before.opaque == ()
    assert (before.digest != after.digest) is changed


def test_a_schema_is_no_part_of_the_asset(tmp_path: Path) -> None:
    """A schema that only looks asks for checks, not for computing."""
    before = version(tmp_path, SCHEMA)
    after = version(tmp_path, SCHEMA.replace("column < 10", "column < 11"))

    assert before.digest == after.digest


def test_a_schema_out_of_nowhere_is_opaque() -> None:
    """Nothing says what is in it."""
    found = CodeVersions(HERE).of_object(pa.DataFrameSchema({}), "schema of x")

    assert len(found.opaque) == 1

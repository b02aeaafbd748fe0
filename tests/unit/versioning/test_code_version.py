"""What a code version is made of."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from assets_core.versioning.code_version import CodeVersions
from tests.unit.versioning.edits import loaded, named, split, version, write

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
    ]


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
    found = version(
        tmp_path, "API_KEY = 'abc'\ndef make(token='def'): return API_KEY, token"
    )

    assert "abc" not in repr(found)
    assert "def'" not in repr(found)


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


def test_an_asset_may_be_made_of_nothing_of_the_project(tmp_path: Path) -> None:
    """`asset(partial(read_csv, "a.csv"))` has arguments that count."""
    versions = CodeVersions(str(tmp_path))

    found = [versions.of(partial(os.path.join, name)) for name in ("a", "b")]

    assert found[0].digest != found[1].digest


def test_a_function_of_a_package_has_a_version_too(tmp_path: Path) -> None:
    """`asset(pandas.read_csv)` is unusual, and no reason to fail."""
    versions = CodeVersions(str(tmp_path))

    assert versions.of(os.path.join).opaque == ()
    assert versions.of(os.path.join).digest != versions.of(os.path.split).digest

"""What runs as code is what the user wrote as code: never stored bytes, never text.

File contents, partition keys and records of the metadata store are not trusted. So the
packages do not unpickle, evaluate or hand text to a shell. An exception is listed below
with its reason, and has to go from the list when it goes from the code.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BANNED_IMPORTS = {
    *("cloudpickle", "dill", "joblib", "marshal", "pickle", "shelve"),
    # Languages in which a text does things: templates, YAML's objects, XML's entities.
    *("jinja2", "mako", "yaml", "xml"),
    # Archives may name files outside of where they are unpacked.
    *("tarfile", "zipfile"),
}
BANNED_CALLS = {"eval", "exec", "os.popen", "os.system", "yaml.load", "yaml.unsafe_load"}
BANNED_METHODS = {"read_pickle", "to_pickle"}  # of any object
TEMPLATING = {"format", "format_map", "substitute", "safe_substitute"}
BANNED_FLAGS = {"allow_pickle", "shell"}

# (file, what): why it is safe there
ALLOWED: dict[tuple[str, str], str] = {
    **{
        (file, "a template that is no constant"): "it is one of the constants of the file"
        for file in (
            "assets_core/backends/postgres/problems.py",
            "assets_core/model/graph_forms.py",
        )
    },
    (
        "assets_core/model/quoting.py",
        "a template that is no constant",
    ): "statements are constants of the code, and their parts are quoted",
    (
        "assets_core/backends/pickles.py",
        "pickle",
    ): "it pickles, if asked to, and never unpickles",
    (
        "assets_core/backends/processes/lines.py",
        "pickle",
    ): "both ends of a line are processes of one run, and nobody else can write to it",
    (
        "assets_core/running/carried.py",
        "pickle",
    ): "what it unpickles was raised in this process, or in one that calls for it",
    (
        "io_managers/stores/packed_folders.py",
        "tarfile",
    ): "it writes plain files itself, after every name was seen to stay inside",
    (
        "assets_core/frozen.py",
        "exec",
    ): "the names of the fields of a class, in lines that are constants",
    (
        "assets_core/interfaces/notebook/extension.py",
        "exec",
    ): "the cell that the user is running just now",
}


def banned_in(tree: ast.AST) -> Iterator[str]:
    """Yield the name of each banned thing that some code does."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (a.name for a in names if a.name.split(".")[0] in BANNED_IMPORTS)
            case ast.ImportFrom(module=str(module)):
                if module.split(".")[0] in BANNED_IMPORTS:
                    yield module
            case ast.Call(func=function, keywords=keywords):
                yield from banned_call(ast.unparse(function))
                if is_template(function):
                    yield "a template that is no constant"
                yield from (k.arg for k in keywords if k.arg in BANNED_FLAGS and is_on(k))
            case _:
                pass


def banned_call(name: str) -> Iterator[str]:
    """Yield `name` if nothing of that name may be called."""
    method = name.rpartition(".")[2]
    if name.removeprefix("builtins.") in BANNED_CALLS or method in BANNED_METHODS:
        yield name


def is_template(function: ast.expr) -> bool:
    """Tell whether a template may be filled in that nobody has written as code.

    `"{0.__class__}"` from a stranger would tell him all that there is.
    """
    if not isinstance(function, ast.Attribute) or function.attr not in TEMPLATING:
        return False
    text = function.value
    return not (
        (isinstance(text, ast.Constant) and isinstance(text.value, str))
        or (isinstance(text, ast.Name) and text.id.isupper())
        or ast.unparse(text) == "super()"
    )


def is_on(keyword: ast.keyword) -> bool:
    """Tell whether a keyword may be true."""
    return not (isinstance(keyword.value, ast.Constant) and not keyword.value.value)


def found() -> dict[tuple[str, str], int]:
    """Return where each banned thing is done, with how often."""
    places: dict[tuple[str, str], int] = {}
    for package in ("assets_core", "io_managers"):
        for path in sorted((ROOT / package).rglob("*.py")):
            for what in banned_in(ast.parse(path.read_text(encoding="utf-8"))):
                place = (path.relative_to(ROOT).as_posix(), what)
                places[place] = places.get(place, 0) + 1
    return places


def test_nothing_untrusted_is_run() -> None:
    """A gadget in a stored file stays a file."""
    assert {place for place in found() if place not in ALLOWED} == set()


def test_the_list_of_exceptions_is_not_longer_than_needed() -> None:
    """An exception that nothing uses would let the next one in unseen."""
    assert ALLOWED.keys() - found().keys() == set()


@pytest.mark.parametrize(
    "code",
    [
        "import pickle",
        "from cloudpickle import dumps",
        "eval('1')",
        "builtins.exec(text)",
        "subprocess.run(line, shell=True)",
        "subprocess.run(line, shell=chosen)",
        "yaml.load(text)",
        "pd.read_pickle(path)",
        "np.load(path, allow_pickle=True)",
        "def f():\n    import pickle",
        "import jinja2",
        "from xml.etree import ElementTree",
        "told.format(name=1)",
        "string.Template(text).substitute(name=1)",
    ],
)
def test_the_search_finds_what_is_banned(code: str) -> None:
    """The test above is worth nothing if the search is blind."""
    assert list(banned_in(ast.parse(code)))


@pytest.mark.parametrize(
    "code",
    [
        *("run(line, shell=False)", "evaluate(x)", "import os"),
        *("'{}'.format(x)", "_TEXT.format(x)", "super().format(record)"),
    ],
)
def test_the_search_leaves_the_rest_alone(code: str) -> None:
    """A search that cries at everything is switched off."""
    assert not list(banned_in(ast.parse(code)))

"""Print what is made of Python files, as a program of its own.

`print_forms.py FILE…` prints a JSON object of file names and a digest of each file's
normal form and of the names that it uses. It runs under any Python.
"""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from assets_core.model.versions import digest
from assets_core.versioning.name_visits import names_of
from assets_core.versioning.normal_form import normal_form


def digest_of(file: Path) -> str:
    """Return a digest of everything that is read out of a file."""
    tree = ast.parse(file.read_text("utf-8"))
    names = names_of(tree)
    used = [
        f"{use.name} {use.steps} {use.annotation} {use.guess} {target.kind} {target.path}"
        for use, target in zip(names.uses, names.targets, strict=True)
    ]
    return digest(normal_form(tree), *used)


if __name__ == "__main__":
    print(json.dumps({file: digest_of(Path(file)) for file in sys.argv[1:]}))  # noqa: T201

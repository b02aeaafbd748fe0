"""Print the code versions of several projects, as a program of its own.

`print_versions.py FOLDER` loads `assets.py` of each folder inside FOLDER and prints a
JSON object of folder names and the digests of `make`. It runs under any Python.
"""

from __future__ import annotations

import importlib
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[3]))

from assets_core.versioning.code_version import CodeVersions


def digest_of(folder: Path) -> str:
    """Load one project and return the digest of its asset."""
    before = set(sys.modules)
    sys.path.insert(0, str(folder))
    try:
        version = CodeVersions(str(folder)).of(importlib.import_module("assets").make)
    finally:
        sys.path.remove(str(folder))
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", "")).startswith(str(folder)):
                del sys.modules[name]
    return " ".join([version.digest, *version.opaque])


if __name__ == "__main__":
    folders = sorted(Path(sys.argv[1]).iterdir())
    print(json.dumps({folder.name: digest_of(folder) for folder in folders}))  # noqa: T201

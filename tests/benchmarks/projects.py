"""Write the projects that are measured, and the same work without the framework.

The functions are the same text in both; ours have `@asset` above them.
"""

from __future__ import annotations

import compileall
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

LAYERS = 10
ROWS_OF_SMALL = 100

_HELPERS = f"""\
{{top}}

ROWS = {ROWS_OF_SMALL}


def seed(number):
    {{within}}
    ids = range(ROWS)
    return pd.DataFrame(
        {{{{
            "id": ids,
            "value": [number + i / 7 for i in ids],
            "name": [f"{{{{number}}}}/{{{{i}}}}" for i in ids],
        }}}}
    )


def mixed(left, right, number):
    return left.assign(value=left["value"] / 2 + right["value"] / 3 + number)
"""

# A project as people write it, and one that is careful to load pandas only when it runs.
_USUAL = "import pandas as pd\n"
_LEAN = """\
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
"""

SMALL = """\
import pandas as pd
{imports}

{mark}
def numbers() -> pd.DataFrame:
    ids = range(100)
    return pd.DataFrame(
        {{"id": ids, "half": [i / 2 for i in ids], "name": [f"row {{i}}" for i in ids]}}
    )


if __name__ == "__main__":
    {run}
"""

LARGE = """\
import numpy as np
import pandas as pd
import pyarrow as pa
{imports}

ROWS = {rows}
KINDS = ["open", "read", "write", "close", "wait", "fail", "retry", "done"]


{mark}
def events() -> pd.DataFrame:
    ids = np.arange(ROWS)
    codes = pa.array((ids % len(KINDS)).astype("int8"))
    kinds = pa.DictionaryArray.from_arrays(codes, pa.array(KINDS))
    return pd.DataFrame(
        {{
            "id": ids,
            "user": (ids * 7919) % 1_000_003,
            "amount": (ids % 10_007) / 7,
            "score": np.sqrt(ids),
            "chance": np.random.default_rng(1).random(ROWS),
            "at": ids.astype("datetime64[s]").astype("datetime64[us]"),
            "kind": kinds.cast(pa.string()).to_pandas(),
            "valid": ids % 3 == 0,
        }}
    )


{mark}
def totals(events: pd.DataFrame) -> pd.DataFrame:
    return events.groupby("kind", as_index=False).agg(
        rows=("id", "size"),
        users=("user", "max"),
        amount=("amount", "sum"),
        score=("score", "mean"),
        chance=("chance", "max"),
        last=("at", "max"),
        valid=("valid", "sum"),
    )


if __name__ == "__main__":
    {run}
"""


@dataclass(slots=True)
class Layered:
    """Many small assets in ten layers; each reads two of the layer above it.

    Attributes:
        lean: Whether its modules load no pandas when they are imported.
        changed: The numbers that were changed in the functions of some assets.
    """

    count: int
    lean: bool = False
    changed: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.count < 2 * LAYERS or self.count % LAYERS:
            raise ValueError(
                f"{self.count} assets: take a multiple of {LAYERS}, at least 20"
            )

    @property
    def width(self) -> int:
        """Return how many assets a layer has."""
        return self.count // LAYERS

    def graph(self) -> dict[str, tuple[str, ...]]:
        """Return what each asset reads, upstream first."""
        found: dict[str, tuple[str, ...]] = {}
        for layer in range(LAYERS):
            for i in range(self.width):
                above = (_name(layer - 1, i), _name(layer - 1, (i + 1) % self.width))
                found[_name(layer, i)] = above if layer else ()
        return found

    def middle(self) -> str:
        """Return the name of an asset in the middle."""
        return _name(LAYERS // 2, self.width // 2)

    def affected(self, name: str) -> list[str]:
        """Return an asset and all that read it, directly or not, upstream first."""
        found = {name}
        for key, above in self.graph().items():
            if found & set(above):
                found.add(key)
        return [key for key in self.graph() if key in found]

    def write(self, folder: Path, *, framework: bool) -> None:
        """Write its modules, compiled, as they are after any earlier run."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "helpers.py").write_text(self.helpers())
        modules = [f"layer_{layer}" for layer in range(LAYERS)]
        for layer in range(LAYERS):
            self._write_layer(folder, layer, framework=framework)
        if framework:
            listed = ", ".join(f'"{name}"' for name in modules)
            (folder / "assets.toml").write_text(f"modules = [{listed}]\n")
        compileall.compile_dir(folder, quiet=1)

    def helpers(self) -> str:
        """Return the text of the module that all its functions call."""
        late = "import pandas as pd\n"
        return _HELPERS.format(
            top="" if self.lean else late, within=late if self.lean else ""
        )

    def change(self, folder: Path, name: str, number: int, *, framework: bool) -> None:
        """Write another number into the function of one asset."""
        self.changed[name] = number
        layer = int(name[1 : name.index("_")])
        path = self._write_layer(folder, layer, framework=framework)
        # Python takes a module of the same size and second for the one it has compiled.
        os.utime(path, (number, number))

    def call(self, name: str, *frames: str) -> str:
        """Return the text that makes one table of what its upstreams are called."""
        layer, _, index = name[1:].partition("_")
        number = self.changed.get(name, int(layer) * self.width + int(index))
        return f"mixed({', '.join(frames)}, {number})" if frames else f"seed({number})"

    def _write_layer(self, folder: Path, layer: int, *, framework: bool) -> Path:
        head = _LEAN if self.lean else _USUAL
        if framework:
            head += "from assets_core import asset\n"
        head += "from helpers import mixed, seed\n"
        path = folder / f"layer_{layer}.py"
        wanted = f"a{layer}_"
        functions = [
            self._function(name, above, framework=framework)
            for name, above in self.graph().items()
            if name.startswith(wanted)
        ]
        path.write_text("\n\n".join([head, *functions]))
        return path

    def _function(self, name: str, above: tuple[str, ...], *, framework: bool) -> str:
        parameters = ", ".join(f"{one}: pd.DataFrame" for one in above)
        call = self.call(name, *above)
        mark = "@asset\n" if framework else ""
        return f"{mark}def {name}({parameters}) -> pd.DataFrame:\n    return {call}\n"


def write_script(
    folder: Path, text: str, given: Mapping[str, object], *, framework: bool
) -> Path:
    """Write `work.py`: ours ends with `materialize`, the other with plain calls."""
    folder.mkdir(parents=True)
    names = [line[4 : line.index("(")] for line in text.splitlines() if line[:4] == "def "]
    plain = [f"{names[0]}().to_parquet('data/{names[0]}.parquet')"]
    plain += [
        f"{name}(pd.read_parquet('data/{before}.parquet')).to_parquet('data/{name}.parquet')"
        for before, name in pairwise(names)
    ]
    script = text.format(
        **given,
        imports="from assets_core import asset, materialize"
        if framework
        else "from pathlib import Path",
        mark="@asset" if framework else "",
        run=f"materialize([{', '.join(names)}])"
        if framework
        else "\n    ".join(["Path('data').mkdir()", *plain]),
    )
    path = folder / "work.py"
    path.write_text(script)
    return path


def forget(folder: Path) -> None:
    """Remove everything that a run has made in a folder."""
    for name in ("data", ".assets"):
        shutil.rmtree(folder / name, ignore_errors=True)


def _name(layer: int, index: int) -> str:
    return f"a{layer}_{index:05d}"

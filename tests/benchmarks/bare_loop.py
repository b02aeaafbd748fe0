"""What 1,000 assets cost without a framework: call each function, write, read back.

Called with the folder of the modules and, optionally, the names that have to run. Prints
how many ran and what they took, without the imports; `--import` only imports, and
`--hand-on` reads nothing back and writes with pyarrow alone, which is the least there is.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any


def functions_in(folder: Path) -> list[Callable[..., Any]]:
    """Return the functions of the layers, upstream first."""
    sys.path.insert(0, str(folder))
    modules = [import_module(path.stem) for path in sorted(folder.glob("layer_*.py"))]
    return [
        found
        for module in modules
        for name, found in vars(module).items()
        if name.startswith("a") and getattr(found, "__module__", "") == module.__name__
    ]


def run(functions: list[Callable[..., Any]], data: Path) -> None:
    """Call functions with the frames that their parameters name."""
    import pandas as pd  # noqa: PLC0415 - `--import` measures the modules alone

    data.mkdir(exist_ok=True)
    for function in functions:
        code = function.__code__
        names = code.co_varnames[: code.co_argcount]
        frames = [pd.read_parquet(data / f"{name}.parquet") for name in names]
        function(*frames).to_parquet(data / f"{function.__name__}.parquet")


def hand_on(functions: list[Callable[..., Any]], data: Path) -> None:
    """Call functions with the frames that others returned; write each, read none."""
    import pyarrow as pa  # noqa: PLC0415 - see above
    import pyarrow.parquet as pq  # noqa: PLC0415 - see above

    data.mkdir()
    frames: dict[str, Any] = {}
    for function in functions:
        code = function.__code__
        names = code.co_varnames[: code.co_argcount]
        frame = function(*(frames[name] for name in names))
        table = pa.Table.from_pandas(frame, preserve_index=False)
        pq.write_table(table, data / f"{function.__name__}.parquet")
        frames[function.__name__] = frame


def main(arguments: list[str]) -> None:
    """Do what was asked for."""
    folder, *names = arguments
    functions = functions_in(Path(folder))
    started, busy = time.perf_counter(), time.process_time()
    if names == ["--hand-on"]:
        hand_on(functions, Path(folder, "data"))
    elif names != ["--import"]:
        wanted = set(names) or {function.__name__ for function in functions}
        functions = [function for function in functions if function.__name__ in wanted]
        run(functions, Path(folder, "data"))
    took = {"seconds": time.perf_counter() - started, "cpu": time.process_time() - busy}
    print(json.dumps({"count": len(functions), "took": took}))


if __name__ == "__main__":
    main(sys.argv[1:])

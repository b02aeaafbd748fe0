"""Measure the same work with other tools, with this project and with a bare loop.

`python3 run.py peers` installs each tool from PyPI into an environment of its own, writes
the same projects in each one's own way, and runs them in turn as whole processes. It
prints tables in Markdown; `--json FILE` keeps every sample, `--page FILE` puts the tables
between the marks of a page. What was computed is compared with the tables of the loop.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT))  # as a script it is started from anywhere

from tests.benchmarks.peers import (  # noqa: E402 - needs the line above
    in_dagster,
    in_hamilton,
    in_kedro,
    in_luigi,
    in_ours,
    in_prefect,
    in_redun,
    in_sqlmesh,
)
from tests.benchmarks.peers.environments import (  # noqa: E402 - needs the line above
    NotInstalledError,
    environment,
)
from tests.benchmarks.peers.figures import (  # noqa: E402 - needs the line above
    Figures,
    Sizes,
    insert,
    page,
)
from tests.benchmarks.peers.peer import Peer  # noqa: E402 - needs the line above
from tests.benchmarks.peers.works import WORKS, Bench  # noqa: E402 - as above
from tests.benchmarks.run import CORES, keep_to, machine  # noqa: E402 - as above

ALONE = (in_ours.LOOP_ALONE, in_ours.OURS)
PEERS = (
    in_hamilton.PEER,
    in_luigi.PEER,
    in_kedro.PEER,
    in_sqlmesh.PEER,
    in_redun.PEER,
    in_dagster.PEER,
    in_prefect.PEER,
)
FULL = Sizes(assets=1000, many=10_000, days=365, rows=5_000_000, repeat=3, limit=600)
QUICK = Sizes(assets=20, many=40, days=3, rows=1000, repeat=1, limit=120)


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the options, sizes filled in as `sizes`."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="sizes that only try it")
    for name, value in FULL._asdict().items():
        text = f"by default {value:,}, with --quick {getattr(QUICK, name):,}"
        if name == "limit":
            text = f"seconds that one process may take; {text}"
        parser.add_argument(f"--{name}", type=int, metavar="N", help=text)
    names = [peer.name for peer in PEERS]
    parser.add_argument("--peers", nargs="*", choices=names, default=names)
    parser.add_argument("--only", nargs="+", choices=WORKS, default=WORKS)
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep every sample")
    parser.add_argument("--page", type=Path, metavar="FILE", help="put tables into a page")
    parser.add_argument(
        "--environments",
        type=Path,
        metavar="DIR",
        default=Path(os.environ.get("ASSETS_PEERS") or ROOT / ".peers"),
        help="keep the environments there; by default $ASSETS_PEERS or .peers",
    )
    given = parser.parse_args(arguments)
    sizes = QUICK if given.quick else FULL
    own = {name: getattr(given, name) for name in sizes._fields}
    given.sizes = sizes._replace(**{k: v for k, v in own.items() if v is not None})
    return given


def programs_of(peers: Sequence[Peer], place: Path) -> dict[str, Path]:
    """Return the folder of programs of each, made where it is missing."""
    found = {peer.name: Path(sys.executable).parent for peer in ALONE}
    for peer in peers:
        print(f"{peer.title}: {', '.join(peer.packages)}", file=sys.stderr)
        found[peer.name] = environment(place, peer.name, peer.packages)
    return found


def main(arguments: Sequence[str]) -> int:
    """Measure, print the tables, keep the samples; return the exit code."""
    given = parse(arguments)
    chosen = [peer for peer in PEERS if peer.name in given.peers]
    try:
        programs = programs_of(chosen, given.environments)
    except NotInstalledError as error:
        print(error, file=sys.stderr)
        return 1
    everyone = [*ALONE, *chosen]
    with tempfile.TemporaryDirectory(prefix="peers-") as temporary:
        folder = Path(temporary).resolve()
        about = machine(folder, keep_to(CORES))
        about["load_after"] = None
        figures = Figures()
        bench = Bench(folder, everyone, programs, given.sizes, figures)
        for work in given.only:
            bench.measure(work)
            about["load_after"] = os.getloadavg()
            kept = {"machine": about, "sizes": given.sizes._asdict()}
            if given.json is not None:
                text = json.dumps({**kept, **figures.as_json(everyone)}, indent=1)
                given.json.write_text(f"{text}\n", encoding="utf-8")
    text = page(figures, everyone, given.sizes, about)
    print(text)
    if given.page is not None:
        insert(given.page, text)
    for failure in figures.failures:
        print(failure, file=sys.stderr)
    return 1 if figures.failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

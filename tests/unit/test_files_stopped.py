"""Processes that are stopped, or run out of disk, while they change files."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assets_core.files import POINTS

TEXT = b"some rows\n" * 10


def child(
    code: str, *arguments: object, crash: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run some code in a process of its own, with one crash point armed."""
    return subprocess.run(
        [sys.executable, "-c", code, *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "ASSETS_CRASH": crash},
    )


FULL_DISK = """
import resource, sys
from pathlib import Path
from assets_core.files import NewFile

resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))
path = Path(sys.argv[1])
try:
    with NewFile(path) as file:
        file.write(b"x" * 5_000)
        if sys.argv[2] == "fails":
            raise ValueError("the user's own mistake")
except (OSError, ValueError) as error:
    print(type(error).__name__, path.exists())
"""


@pytest.mark.parametrize(
    ("body", "told"), [("ends", "OSError False\n"), ("fails", "OSError False\n")]
)
def test_a_file_that_does_not_fit_on_the_disk_is_removed(
    tmp_path: Path, body: str, told: str
) -> None:
    """What is buffered is only refused when the file is closed."""
    assert child(FULL_DISK, tmp_path / "new", body).stdout == told


THREE_TIMES = """
import sys
from assets_core.files import crash_point

for number in (1, 2, 3):
    print(number, flush=True)
    crash_point("seal.synced")
"""


@pytest.mark.parametrize(
    ("setting", "printed", "code"),
    [
        ("", "123", 0),
        ("seal.linked", "123", 0),
        ("seal.synced", "1", -9),
        ("seal.synced:2", "12", -9),
        ("seal.synced:3:exit", "123", 137),
        ("seal.synced:exit", "1", 137),
        ("seal.synced:4", "123", 0),
        ("seal.synced:2:raise", "12", 1),
    ],
)
def test_a_crash_point_stops_the_process_when_it_is_armed(
    setting: str, printed: str, code: int
) -> None:
    """At the Nth time that it is reached, in the way that was asked for."""
    done = child(THREE_TIMES, crash=setting)

    assert done.stdout.replace("\n", "") == printed
    assert done.returncode == code
    assert ("crash point seal.synced" in done.stderr) is setting.endswith("raise")


def test_a_crash_point_can_stop_a_process_that_goes_on_later() -> None:
    """A laptop that was closed, a machine that was paused: the zombie of fencing tests."""
    process = subprocess.Popen(
        [sys.executable, "-c", THREE_TIMES],
        stdout=subprocess.PIPE,
        env={**os.environ, "ASSETS_CRASH": "seal.synced:2:stop"},
    )
    with process:
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        os.kill(process.pid, 18)
        output, _ = process.communicate(timeout=60)

    assert output.split() == [b"1", b"2", b"3"]


def test_a_point_that_does_not_exist_is_refused() -> None:
    """A test that stops nowhere would prove nothing."""
    done = child("import assets_core.files", crash="seal.sinked")

    assert "'seal.sinked', which is no crash point" in done.stderr


def test_every_crash_point_is_in_the_code() -> None:
    """The list is what the sweep goes through."""
    root = Path(__file__).parents[2]
    code = "".join(
        path.read_text(encoding="utf-8")
        for package in ("assets_core", "io_managers")
        for path in (root / package).rglob("*.py")
    )

    assert [name for name in POINTS if f'crash_point("{name}")' not in code] == []


@pytest.mark.parametrize("how", ["link", "copy"])
@pytest.mark.parametrize(
    ("point", "shown"),
    [("publish.prepared", b"old"), ("publish.renamed", TEXT)],
)
def test_a_stable_path_that_is_killed_is_old_or_new(
    tmp_path: Path, point: str, shown: bytes, how: str
) -> None:
    """And doing it again ends it, and leaves nothing beside it."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from assets_core.files import point_symlink, put_copy\n"
        "folder = Path(sys.argv[1])\n"
        "if sys.argv[2] == 'copy': put_copy(folder / 'object', folder / 'orders', '7')\n"
        "else: point_symlink(folder / 'orders', 'object', '7')\n"
    )
    (tmp_path / "object").write_bytes(TEXT)
    (tmp_path / "orders").write_bytes(b"old")

    assert child(code, tmp_path, how, crash=point).returncode == -9
    assert (tmp_path / "orders").read_bytes() == shown

    assert child(code, tmp_path, how).returncode == 0
    assert (tmp_path / "orders").read_bytes() == TEXT
    assert {path.name for path in tmp_path.iterdir()} == {"object", "orders"}

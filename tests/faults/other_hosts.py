"""A run that acts as one of another host: it can see no process, and its clock differs."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import carry_out

# Arguments: seconds after which a busy store is an error, by how much its clock is ahead.
OTHER_HOST = """
import json, sys, time
from dataclasses import replace
from pathlib import Path
from assets_core import Workspace
from assets_core.backends.process_owner import this_process
from assets_core.backends.sqlite import connection, open_sqlite

connection.BUSY_SECONDS, ahead = float(sys.argv[1]), float(sys.argv[2])
with Workspace.open(".") as workspace:
    workspace.tools.store.close()
    store = open_sqlite(
        Path(".assets/metadata.db"), lambda owner: None, lambda: time.time() + ahead
    )
    workspace.tools = replace(
        workspace.tools, store=store, owner=replace(this_process(), host="elsewhere")
    )
    result = workspace.materialize()
    print(json.dumps([step.status for step in result.steps]))
"""

# A run of this host, which tells when it waits, and how long it waited after that.
WAITING = """
import json, sys
from dataclasses import replace
from assets_core import Workspace

class Told:
    def __init__(self, clock):
        self.clock, self.now, self.elapsed = clock, clock.now, clock.elapsed
        self.slept = None

    def sleep(self, seconds):
        if self.slept is None:
            self.slept = 0.0
            print(json.dumps("waiting"), flush=True)
            sys.stdin.readline()
            return
        self.slept += seconds
        self.clock.sleep(seconds)

with Workspace.open(".") as workspace:
    told = Told(workspace.tools.clock)
    workspace.tools = replace(workspace.tools, clock=told)
    workspace.materialize()
    print(json.dumps(told.slept), flush=True)
"""

# A run of another host, whose clock is in a file, and whose heart beats often.
BEATING = """
import sys
from dataclasses import replace
from pathlib import Path
from assets_core import Workspace
from assets_core.backends.process_owner import this_process
from assets_core.backends.sqlite import open_sqlite
from assets_core.running.heartbeat import heartbeat

with Workspace.open(".") as workspace:
    workspace.tools.store.close()
    store = open_sqlite(
        Path(".assets/metadata.db"),
        lambda owner: None,
        lambda: float(Path("clock.txt").read_text()),
    )
    tools = workspace.tools = replace(
        workspace.tools, store=store, owner=replace(this_process(), host="elsewhere")
    )
    with heartbeat(tools, every=0.02):
        workspace.materialize()
"""

SLOW = """
import time
from pathlib import Path

import pyarrow as pa

from assets_core import asset


@asset
def slow() -> pa.Table:
    while not Path("go.txt").exists():
        time.sleep(0.01)
    return pa.table({"n": [1]})
"""

_RECORD = """
CREATE TABLE head_moves (asset TEXT, generation INTEGER, digest TEXT);
CREATE TRIGGER head_began AFTER INSERT ON heads BEGIN
    INSERT INTO head_moves VALUES (new.asset, new.generation, new.digest);
END;
CREATE TRIGGER head_moved AFTER UPDATE ON heads BEGIN
    INSERT INTO head_moves VALUES (new.asset, new.generation, new.digest);
END;
"""

# A run of another host, with the metadata store in PostgreSQL.
OTHER_HOST_OF_POSTGRES = """
import json, os
from dataclasses import replace
from assets_core import Workspace
from assets_core.backends.postgres import open_postgres
from assets_core.backends.process_owner import this_process

with Workspace.open(".") as workspace:
    workspace.tools.store.close()
    store = open_postgres(
        os.environ["ASSETS_METADATA__URL"],
        os.environ["ASSETS_METADATA__SCHEMA"],
        lambda owner: None,
    )
    workspace.tools = replace(
        workspace.tools, store=store, owner=replace(this_process(), host="elsewhere")
    )
    result = workspace.materialize()
    print(json.dumps([step.status for step in result.steps]))
"""

Move = tuple[str, int, str]
ENDED = "UPDATE {}.claims SET expires = 0"

_RECORD_IN_POSTGRES = """
SET search_path = {};
CREATE TABLE head_moves (
    number BIGINT GENERATED ALWAYS AS IDENTITY, asset TEXT, generation BIGINT, digest TEXT
);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    INSERT INTO head_moves (asset, generation, digest)
        VALUES (new.asset, new.generation, new.digest);
    RETURN NULL;
END $$;
CREATE TRIGGER head_moved AFTER INSERT OR UPDATE ON heads
    FOR EACH ROW EXECUTE FUNCTION note()
"""


@dataclass(frozen=True)
class Database:
    """A metadata store in PostgreSQL, looked at from outside."""

    url: str
    schema: str

    def record_head_moves(self) -> None:
        """Let the database itself write down every move of a head from now on."""
        carry_out(self.url, _RECORD_IN_POSTGRES.format(self.schema))

    def head_moves(self) -> list[Move]:
        """Return every move."""
        asked = "SELECT asset, generation, digest FROM {}.head_moves ORDER BY number"
        found = carry_out(self.url, asked.format(self.schema))
        return [(str(asset), int(str(number)), str(one)) for asset, number, one in found]

    def end_leases(self) -> None:
        """Let it be a long time after the last renewal of any claim."""
        carry_out(self.url, ENDED.format(self.schema))


def record_head_moves(folder: Path) -> None:
    """Let the database itself write down every move of a head from now on."""
    with closing(sqlite3.connect(folder / ".assets" / "metadata.db", timeout=60)) as raw:
        raw.executescript(_RECORD)


def head_moves(folder: Path) -> list[Move]:
    """Return every move: the asset, how often its head has moved, and what it shows."""
    with closing(sqlite3.connect(folder / ".assets" / "metadata.db", timeout=60)) as raw:
        found: list[Move] = raw.execute(
            "SELECT * FROM head_moves ORDER BY rowid"
        ).fetchall()
        return found


def errors_of_runs(folder: Path) -> set[str]:
    """Return the types of the errors that steps failed with, in any run."""
    sql = "SELECT json_extract(body, '$.error.type') FROM steps"
    with closing(sqlite3.connect(folder / ".assets" / "metadata.db", timeout=60)) as raw:
        return {kind for (kind,) in raw.execute(sql)} - {None, "Blocked"}

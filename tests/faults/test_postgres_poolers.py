"""What a run sends to PostgreSQL leaves nothing in a session, as poolers need it.

The whole contract behind PgBouncer itself is in `test_postgres_store.py`, for the night.
"""

from __future__ import annotations

import re

import pytest

from tests.faults.children import run_child
from tests.faults.crash_project import RUN, CrashProject
from tests.postgres import PASSWORD, Postgres, new_schema
from tests.postgres_proxy import Proxy

OF_A_SESSION = re.compile(
    rb"\bLISTEN\b|\bDISCARD\b|\bDEALLOCATE\b|\bPREPARE\b|\bWITH HOLD\b|\bLOAD\b"
    rb"|\bTEMP(ORARY)?\b|(^Q....|; *)SET (?!LOCAL )|set_config\([^()]*, false\)"
    rb"|pg_(try_)?advisory_lock|currval|lastval",
    re.IGNORECASE | re.DOTALL,
)
NAMED = re.compile(rb"P....[^\0]", re.DOTALL)
TAKES_THE_TURN = b"pg_advisory_xact_lock"


def test_a_run_leaves_nothing_in_a_session(
    project: CrashProject,
    postgres: Postgres,
    shared_database: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """No settings, prepared statements, locks or listeners that outlive a transaction."""
    sent: list[bytes] = []

    def note(_: int, request: bytes) -> bool:
        sent.append(request)
        return False

    database = shared_database.partition("?")[0].rpartition("/")[2]
    login = f"postgres:{PASSWORD.replace(' ', '%20')}"
    monkeypatch.setenv("ASSETS_METADATA__SCHEMA", new_schema())
    with Proxy(postgres.socket) as proxy:
        monkeypatch.setenv("ASSETS_METADATA__URL", proxy.url(database, login))
        proxy.lose(note, applied=False)

        assert len(run_child(project.folder, RUN)["computed"]) == 3

    assert sum(TAKES_THE_TURN in request for request in sent) > 10
    assert [found for one in sent if (found := OF_A_SESSION.search(one))] == []
    assert [one for one in sent if NAMED.match(one)] == []


@pytest.mark.parametrize(
    "sent",
    [
        b"Q\0\0\0\x09SET lock_timeout = 3\0",
        b"Q\0\0\0\x09SELECT pg_advisory_lock(3)\0",
        b"P\0\0\0\x09_pg3_0\0SELECT 1\0",
    ],
)
def test_what_would_stay_in_a_session_is_found(sent: bytes) -> None:
    """Else the test above could not fail."""
    assert OF_A_SESSION.search(sent) or NAMED.match(sent)

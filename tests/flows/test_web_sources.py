"""Sources at web addresses: versions by what the server says, copies of just that."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from assets_core import Workspace
from tests.flows.small_project import Project
from tests.flows.web_server import Site, serving

LONG_AGO = 1_000_000_000.0

MODULE = """
    rates_file = source("web/rates", http="{url}/rates.csv"{more})


    @asset(inputs={{"file": "web/rates"}})
    def rates(file: Path) -> pa.Table:
        return pa.table({{"line": file.read_text().split(), "name": [file.name]}})
"""


@pytest.fixture
def site() -> Iterator[Site]:
    """Give a web server."""
    with serving() as found:
        yield found


@pytest.fixture
def rates(project: Project, site: Site) -> Callable[..., Project]:
    """Return a maker of a project that reads a web address."""

    def make(more: str = "", url: str = "") -> Project:
        project.write(MODULE.format(url=url or site.url, more=more and f", {more}"))
        return project

    return make


def test_a_parameter_receives_a_copy_that_is_called_as_the_file(
    rates: Callable[..., Project], site: Site
) -> None:
    """Readers go by the ending of a name."""
    project = rates()

    assert project.ended() == {"rates": "computed"}
    assert project.read("rates") == {"line": ["eur,1.0"], "name": ["rates.csv"]}


@pytest.mark.parametrize(
    ("etag", "modified"),
    [('"1"', None), ("", LONG_AGO), ('W/"1"', LONG_AGO), ("", None)],
    ids=["etag", "last-modified", "both", "neither"],
)
def test_what_reads_it_is_fresh_until_the_server_says_another_version(
    rates: Callable[..., Project], site: Site, etag: str, modified: float | None
) -> None:
    """Whatever a server tells about its files, or does not."""
    site.etag, site.modified = etag, modified
    project = rates()
    project.run()

    assert project.reasons("rates") == {}
    site.body = b"eur,1.1\n"
    site.etag, site.modified = etag and '"2"', modified and LONG_AGO + 1
    assert project.reasons("rates") == {"input_changed": "'web/rates' changed"}
    assert project.ended() == {"rates": "computed"}
    assert project.read("rates")["line"] == ["eur,1.1"]


@pytest.mark.parametrize("place", ["rates?country_code={}&page=", "{}/of/ada@x.org"])
def test_another_address_is_another_source(
    rates: Callable[..., Project], site: Site, place: str
) -> None:
    """Wherever it differs, and though the server says the same of both."""
    site.etag = '"1"'
    project = rates(url=f"{site.url}/{place.format('de')}")
    project.run()

    project = rates(url=f"{site.url}/{place.format('fr')}")

    assert "input_changed" in project.reasons("rates")


def test_an_etag_made_of_a_young_time_of_change_is_not_believed(
    rates: Callable[..., Project], site: Site
) -> None:
    """As that of nginx, which has seconds; later it is, and nothing is made again."""
    site.etag, site.modified = '"65f-8"', time.time()
    project = rates()
    project.run()

    site.body = b"eur,1.1\n"
    assert "input_changed" in project.reasons("rates")
    assert project.ended() == {"rates": "computed"}
    site.headers = {"Date": formatdate(time.time() + 10, usegmt=True)}
    assert project.reasons("rates") == {}
    assert project.reasons("rates") == {}


def test_a_weak_etag_tells_nothing(rates: Callable[..., Project], site: Site) -> None:
    """It says that a content is as good as another, not that it is the same."""
    site.etag = 'W/"1"'
    project = rates()
    project.run()

    site.body = b"eur,1.1\n"

    assert "input_changed" in project.reasons("rates")


@pytest.mark.parametrize(
    ("status", "headers", "said"),
    [
        (202, {}, "it says 202"),
        (204, {}, "it says 204"),
        (200, {"Content-Encoding": "gzip"}, "it sends gzip"),
    ],
)
def test_what_is_not_the_file_itself_is_not_taken_for_it(
    rates: Callable[..., Project],
    site: Site,
    status: int,
    headers: dict[str, str],
    said: str,
) -> None:
    """Such as "wait, please" in its place."""
    site.status, site.headers = status, headers
    project = rates()

    assert said in project.error("rates", project.run())


def test_planning_downloads_nothing_of_what_has_an_etag(
    rates: Callable[..., Project], site: Site
) -> None:
    """Its server is asked whether it still has what it had."""
    site.etag = '"1"'
    project = rates()
    project.run()
    site.sent = 0

    project.plan()

    assert site.sent == 0
    assert site.asked[-1][1]["If-None-Match"] == '"1"'


def test_an_older_time_of_change_is_another_version(
    rates: Callable[..., Project], site: Site
) -> None:
    """Somebody has put the file of yesterday back: "not modified since" would be true."""
    site.modified = LONG_AGO
    project = rates()
    project.run()

    site.body, site.modified = b"eur,0.9\n", LONG_AGO - 60

    assert "input_changed" in project.reasons("rates")


def test_another_content_within_the_second_of_the_last_change_is_noticed(
    rates: Callable[..., Project], site: Site
) -> None:
    """A time of change has seconds, and a file may change twice in one."""
    site.modified = time.time()
    project = rates()
    project.run()

    site.body = b"eur,9.9\n"

    assert "input_changed" in project.reasons("rates")


def test_a_time_of_change_that_was_too_young_is_believed_later(
    rates: Callable[..., Project], site: Site
) -> None:
    """Then nothing is read, and nothing is another because of that."""
    site.modified = time.time()
    project = rates()
    project.run()
    site.headers["Date"] = "Fri, 01 Jan 2100 00:00:00 GMT"

    assert project.reasons("rates") == {}
    assert project.reasons("rates") == {}
    site.body = b"eur,9.9\n"  # with the time that is believed now
    assert project.reasons("rates") == {}


def test_what_changes_before_it_is_downloaded_fails_the_step_by_name(
    rates: Callable[..., Project], site: Site
) -> None:
    """The copy must be the version that is recorded as the input."""
    site.etag = '"1"'
    project = rates()

    def change(site: Site) -> None:
        site.etag = f'"{len(site.asked) + 1}"'

    site.after = change
    result = project.run()

    assert [step.status for step in result.steps] == ["failed"]
    assert "Source 'web/rates' changed before it was downloaded" in project.error(
        "rates", result
    )


def test_what_changes_after_it_was_downloaded_is_for_the_next_run(
    rates: Callable[..., Project], site: Site
) -> None:
    """The copy stays what it was, so the result is that of the version before."""
    site.etag = '"1"'
    project = rates()

    def change(site: Site) -> None:
        if site.sent == 2:  # the first look, and the copy
            site.etag, site.body = '"2"', b"eur,9.9\n"

    site.after = change

    assert project.ended() == {"rates": "computed"}
    assert project.read("rates")["line"] == ["eur,1.0"]
    assert "input_changed" in project.reasons("rates")


def test_content_that_changes_with_every_request_fails_the_step(
    rates: Callable[..., Project], site: Site
) -> None:
    """A page with the time in it has no version."""
    project = rates()

    def change(site: Site) -> None:
        site.body = f"eur,{site.sent}\n".encode()

    site.after = change

    assert "changed before it was downloaded" in project.error("rates", project.run())


@pytest.mark.parametrize(
    ("status", "said"), [(404, "404 Not Found"), (500, "500 Internal Server Error")]
)
def test_what_a_server_refuses_is_told_in_its_words(
    rates: Callable[..., Project], site: Site, status: int, said: str
) -> None:
    """And what was made before stays, but is not called fresh."""
    site.etag = '"1"'
    project = rates()
    project.run()
    site.status, site.etag = status, ""

    assert project.reasons("rates") == {"input_changed": "'web/rates' cannot be read"}
    told = project.error("rates", project.run())
    assert told.startswith(f"Source 'web/rates' cannot be read: {said}")
    assert f"{site.url}/rates.csv" in told
    assert project.read("rates")["line"] == ["eur,1.0"]


def test_a_host_that_is_not_there_is_told(
    rates: Callable[..., Project], site: Site
) -> None:
    """Nothing listens at its port any more."""
    project = rates()
    project.run()
    project = rates(url="http://127.0.0.1:9")

    assert project.reasons("rates") == {"input_changed": "'web/rates' cannot be read"}
    assert "cannot be read: Connection refused" in project.error("rates", project.run())


def test_a_server_that_is_slower_than_the_limit_is_not_waited_for(
    rates: Callable[..., Project], site: Site
) -> None:
    """One address that hangs must not keep anybody from planning."""
    project = rates("timeout=0.2")
    project.run()
    site.wait = 1.5

    started = time.monotonic()
    assert project.reasons("rates") == {"input_changed": "'web/rates' cannot be read"}
    assert time.monotonic() - started < 1.4
    told = project.error("rates", project.run())
    assert "cannot be read: timed out" in told or "no answer within 0.2 s" in told


def test_a_server_that_drips_is_not_waited_for_either(
    rates: Callable[..., Project], site: Site
) -> None:
    """Each byte comes in time, and all of them do not."""
    site.drip = 0.1
    project = rates("timeout=0.3")

    assert "no answer within 0.3 s" in project.error("rates", project.run())


def test_a_download_that_breaks_off_is_not_used(
    rates: Callable[..., Project], site: Site
) -> None:
    """Half a table is a table that never was."""
    site.etag, site.promised = '"1"', 1000
    project = rates()

    assert "it broke off after 8 of 1000 bytes" in project.error("rates", project.run())


def test_a_login_reaches_the_server_and_nobody_else(
    rates: Callable[..., Project],
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    """Not the store, not the logs, not an error, not a report."""
    monkeypatch.setenv("RATES_PASSWORD", "s3cret-pässword")
    url = site.url.replace("://", "://ada:${RATES_PASSWORD}@")
    project = rates(url=url)
    project.run()
    site.status = 403

    told = project.error("rates", project.run())

    assert site.asked[0][1]["Authorization"].startswith("Basic ")
    assert "s3cret" not in told
    assert "http://***@127.0.0.1" in told
    kept = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert [path for path in kept if b"s3cret" in path.read_bytes()] == []
    with Workspace.open(tmp_path) as workspace:
        assert "s3cret" not in workspace.tools.sources.where(
            workspace.graph_of_assets.sources[0]
        )


def test_a_variable_that_is_not_set_is_named(rates: Callable[..., Project]) -> None:
    """The one who runs it has not been told all there is to set."""
    project = rates(url="https://${NO_SUCH_HOST}")

    told = project.error("rates", project.run())

    assert "needs the environment variable NO_SUCH_HOST, which is not set" in told


def test_copies_are_gone_when_the_workspace_is_closed(project: Project, site: Site) -> None:
    """They may be large."""
    project.write(
        MODULE.format(url=site.url, more="").replace("[file.name]", "[str(file)]")
    )
    project.run()

    assert not Path(str(project.read("rates")["name"][0])).exists()

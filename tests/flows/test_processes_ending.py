"""Functions that are called by processes: how calls end, and what is told of it."""

from __future__ import annotations

import pytest

from assets_core import Workspace
from assets_core.model.records import RunRequest
from tests.flows.processes_project import error_of, loaded, logged, write
from tests.flows.small_project import Project


def test_an_error_has_its_name_text_and_way_in_the_log(project: Project) -> None:
    """Also one that no pickle can hold."""
    write(
        project,
        """
        class OwnError(Exception):
            def __init__(self, table, row):
                super().__init__(f"{table} in row {row}")

        @asset
        def broken():
            raise OwnError("orders", 3)
        """,
    )

    result = project.run()

    assert error_of(result) == "OwnError: orders in row 3"
    assert 'raise OwnError("orders", 3)' in logged(project, "broken")


def test_retries_see_the_class_of_an_error(project: Project) -> None:
    """A call is repeated in a worker as it would be here."""
    write(
        project,
        """
        class FlakyError(Exception):
            def __init__(self, times, more):
                super().__init__(times)

        @asset(retry=Retry(2, on=(FlakyError,), wait=0))
        def flaky(context):
            path = Path(__file__).with_name("tries")
            tries = path.read_text() if path.exists() else ""
            path.write_text(tries + "x")
            context.metadata(tries=len(tries))
            if len(tries) < 2:
                raise FlakyError(1, 2)
            return pa.table({"n": [1]})
        """,
    )

    assert project.ended() == {"flaky": "computed"}


@pytest.mark.parametrize(
    ("ending", "said"),
    [
        ("os._exit(3)", "ended with exit code 3"),
        ("os.kill(os.getpid(), 9)", "was ended by SIGKILL"),
        ("os.abort()", "was ended by SIGABRT"),
    ],
)
def test_a_process_that_ends_in_a_call_fails_that_step_alone(
    project: Project, ending: str, said: str
) -> None:
    """The others go on, in a new process."""
    write(
        project,
        f"""
        @asset
        def a_first():
            {ending}

        @asset
        def b_second():
            return pa.table({{"n": [1]}})

        @asset
        def c_third(b_second: pa.Table):
            return b_second
        """,
    )

    result = project.run(jobs=1)

    assert said in error_of(result)
    assert [one.status for one in result.steps] == ["failed", "computed", "computed"]


def test_sys_exit_is_told_as_it_is_in_threads(project: Project) -> None:
    """It ends a step and not the process."""
    write(project, "@asset\ndef leaving():\n    sys.exit('no')\n")

    assert error_of(project.run()) == "its function called sys.exit('no')"


def test_code_that_is_edited_while_a_run_goes_on_is_refused(project: Project) -> None:
    """What is recorded must be what was called."""
    write(
        project,
        """
        @asset
        def a_first():
            path = Path(__file__)
            return pa.table({"n": [1]})

        NUMBER = 1

        @asset
        def b_second(a_first: pa.Table):
            return pa.table({"n": [NUMBER]})
        """,
    )
    with Workspace.open(project.folder) as workspace:
        project.edit("NUMBER = 1", "NUMBER = 2")
        result = workspace.run(RunRequest(()))

    assert [one.status for one in result.steps] == ["computed", "failed"]
    assert "not the same in a worker" in error_of(result)


def test_a_stream_that_is_refused_is_closed_where_it_is_made(project: Project) -> None:
    """What the function has opened, it closes; the process is used again."""
    write(
        project,
        """
        @asset
        def stream():
            try:
                for number in range(100):
                    batch = pa.record_batch({"n": [number] * 1_000_000})
                    yield batch if number < 9 else pa.record_batch({"m": [1]})
            finally:
                Path(__file__).with_name("closed").write_text(str(os.getpid()))

        @asset(code_version="1")
        def z_after():
            return pa.table({"pid": [os.getpid()]})
        """,
    )

    result = project.run(jobs=1)

    assert "Part 9" in error_of(result)
    assert loaded(project, "z_after")["pid"] == [
        int((project.folder / "closed").read_text())
    ]


def test_what_cannot_be_sent_back_is_an_error_that_says_so(project: Project) -> None:
    """The call is not made a second time."""
    write(
        project,
        """
        @asset(partitions=DynamicPartitions("people"))
        def people():
            yield lambda: None
        """,
    )

    assert "cannot go from a worker" in error_of(project.run())

"""`run.py` is the one place that says what a check is."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import run

ROOT = Path(__file__).parents[2]
NAMES = run.TASKS.keys() | run.GROUPS.keys()

REPORT = """\
<testsuites><testsuite name="pytest" tests="3" skipped="2">
<testcase classname="tests.faults.test_kill" name="test_one"/>
<testcase classname="tests.faults.test_kill" name="test_two">
  <skipped type="pytest.skip" message="needs 'strace'">conftest.py:24</skipped></testcase>
<testcase classname="tests.faults.test_kill" name="test_three">
  <skipped type="pytest.xfail" message="known"/></testcase>
</testsuite></testsuites>
"""


def test_each_make_target_calls_run_py_and_nothing_else() -> None:
    """Two definitions of a check become two different checks."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = dict(re.findall(r"^([a-z-]+): ## .*\n\t(.+)$", text, flags=re.MULTILINE))
    targets.pop("help")

    assert targets == {name: f"$(PYTHON) run.py {name}" for name in NAMES}


def test_each_hook_calls_run_py_and_nothing_else() -> None:
    """A commit is held to what CI holds it to."""
    text = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    called = re.findall(r"entry: (.+)", text)

    assert called == [f"python3 run.py {name}" for name in run.CHECK]


def test_a_skipped_test_is_listed_with_its_reason_and_an_expected_failure_is_not(
    tmp_path: Path,
) -> None:
    """Whoever reads the summary knows what was not tried, and why."""
    report = tmp_path / "report.xml"
    report.write_text(REPORT, encoding="utf-8")

    assert run.read_skipped(report) == ["tests.faults.test_kill::test_two: needs 'strace'"]


@pytest.mark.parametrize("stamp", [None, "", "{", "[]", "3"])
def test_a_broken_stamp_means_installing_again(
    stamp: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A set-up that was cut off never counts as done."""
    monkeypatch.setattr(run, "STAMP", tmp_path / "stamp")
    if stamp is not None:
        run.STAMP.write_text(stamp, encoding="utf-8")

    assert run.read_stamp() == {}


def test_programs_may_keep_compiled_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Otherwise each of the thousands that the tests start compiles the project anew."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    environment = run.Environment(Path(sys.executable), Path("bin"), is_ours=False)

    assert "PYTHONDONTWRITEBYTECODE" not in environment.variables()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["tset"], "There is nothing called 'tset'"),
        (["check", "--fast"], "'check' does not take '--fast'"),
        (["test", "--complet"], "'test' does not take '--complet'"),
    ],
)
def test_a_wrong_call_is_refused_with_the_list_of_names(
    arguments: list[str], message: str, tmp_path: Path
) -> None:
    """And it is refused before anything is installed, from any folder."""
    done = subprocess.run(
        [sys.executable, ROOT / "run.py", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stderr.startswith(message)
    assert all(f"\n  {name} " in done.stderr for name in NAMES)

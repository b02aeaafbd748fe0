"""What a reader of the documentation does: writes files and types commands.

A page has blocks of three kinds. `console` blocks hold commands after `$`, each with what
it shows, if that matters. A block with `title="NAME"` is the new content of that file. A
`diff` block with a title changes part of one: lines with `-` or a space must stand in the
file exactly once, and lines with `+` or a space take their place.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROGRAM = Path(__file__).with_name("assets_program.py")
PROGRAMS = Path(sys.executable).parent
KEPT = ("HOME", "LANG", "PYTHONPATH", "TMPDIR", "USER")
SHELL_SIGNS = set("|<>;&$*?`(){}")

# What differs from one run to the next. An id must have a digit, so that it is no word.
DIFFERS = re.compile(
    r"(?P<any>…)"
    r"|(?P<time>\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?Z?)"
    r"|(?P<span>\d[\d.]* ?s\b)"
    r"|(?P<size>\d[\d.]* [kMG]?B\b)"
    r"|\b(?P<id>(?=[a-f]*\d)(?:[0-9a-f]{64}|[0-9a-f]{32}|[0-9a-f]{12}))\b"
    r"|(?P<space>[ ]+)"
)
PATTERNS = {
    "any": r".*?",
    "time": r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?Z?",
    "span": r"\d[\d.]* ?s",
    "size": r"\d[\d.]* [kMG]?B",
    "space": r"[ ]+",
}

MOST_SECONDS = 90.0
"""How long one command may take."""

MEND = "If the page is wrong: ASSETS_WRITE_DOCS=1 pytest docs, and read the change"


@dataclass(frozen=True)
class Typed:
    """A command of a page, and what the page says it shows; nothing means anything."""

    command: str
    shows: str


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    text: str


class Terminal:
    """A reader's terminal: a current folder, variables, the last exit code.

    What it shows calls the folder that it starts in `/home/ada`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = self._home = folder
        self.variables = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.variables |= {
            "PATH": f"{PROGRAMS}:{os.environ['PATH']}",
            "COLUMNS": "80",
            # Steps then end in the order in which they are shown.
            "ASSETS_EXECUTOR__TYPE": "inline",
            # Two edits in one second would be one for Python's cache of bytecode.
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.code = 0
        self.ids: dict[str, str] = {}
        self._assets: subprocess.Popen[str] | None = None

    def type(self, block: str, *, mend: bool = False) -> str:
        """Carry out the commands of a block and compare what they show.

        Args:
            mend: Return the block as it should be, where it can be mended without thinking.
        """
        mended = ""
        for typed in commands_in(block):
            ended, shows = self.run(typed.command), typed.shows
            found = ids_in(shows, ended.text) if shows else {}
            if found is None and mend and "…" not in shows:
                shows, found = as_shown(shows, ended.text)
            assert shows or not ended.code, f"$ {typed.command}\n{ended.text}"
            assert found is not None, (
                f"$ {typed.command}\n\nThe page says:\n\n{shows}\n\n"
                f"It shows:\n\n{ended.text}\n{MEND}"
            )
            self.ids |= found
            mended += f"$ {typed.command}\n" + (f"{shows}\n\n" if shows else "")
        return mended.rstrip("\n") + "\n"

    def run(self, command: str) -> Ended:
        """Carry out one command, as far as `&&` lets it come."""
        for name, real in self.ids.items():
            command = command.replace(name, real)
        text = ""
        for part in command.split(" && "):
            ended = self._run(part)
            shown = ended.text.replace(str(self._home), "/home/ada")
            self.code, text = ended.code, text + shown
            if self.code:
                break
        return Ended(self.code, text)

    def _run(self, command: str) -> Ended:
        words = shlex.split(command, comments=True)
        if words[0] == "cd":
            self.folder = (self.folder / words[1]).resolve()
            return Ended(0, "")
        if words[0] == "export":
            name, _, value = words[1].partition("=")
            self.variables[name] = value
            self.close()
            return Ended(0, "")
        if words[0] == "assets" and not SHELL_SIGNS & set(" ".join(words)):
            return self._run_assets(words[1:])
        with subprocess.Popen(
            ["sh", "-c", f"(exit {self.code}); {command}"],
            cwd=self.folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                text, _ = process.communicate(timeout=MOST_SECONDS)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # what it has started, too
                raise _too_long(command) from None
        return Ended(process.returncode, text)

    def _run_assets(self, words: list[str]) -> Ended:
        if self._assets is None:
            self._assets = subprocess.Popen(
                [sys.executable, "-B", str(PROGRAM)],
                env=self.variables,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._assets.stdin
        assert self._assets.stdout
        with tempfile.NamedTemporaryFile() as shown:
            asked = {"words": words, "folder": str(self.folder), "shown": shown.name}
            line = json.dumps({**asked, "variables": self.variables})
            self._assets.stdin.write(f"{line}\n")
            self._assets.stdin.flush()
            stopped = threading.Event()
            limit = threading.Timer(MOST_SECONDS, _stop, [self._assets, stopped])
            limit.start()
            answer = self._assets.stdout.readline()
            limit.cancel()
            text = shown.read().decode("utf-8")
        if stopped.is_set():
            self.close()
            raise _too_long(shlex.join(["assets", *words]))
        if answer:
            return Ended(int(answer), text)
        code = self._assets.wait()
        self.close()
        killed = code == -signal.SIGKILL
        return Ended(128 - code if code < 0 else code, text + "Killed\n" * killed)

    def write(self, name: str, text: str) -> None:
        """Give a file new content."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def change(self, name: str, change: str) -> None:
        """Change part of a file as a `diff` block says."""
        lines = change.splitlines()
        before = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("+"))
        after = "".join(f"{line[1:]}\n" for line in lines if not line.startswith("-"))
        path = self.folder / name
        text = path.read_text("utf-8")
        assert text.count(before) == 1, f"{name} has not just once:\n{before}\n{text}"
        path.write_text(text.replace(before, after), encoding="utf-8")

    def close(self) -> None:
        """End the process that stays."""
        if self._assets is not None:
            self._assets.communicate()
            self._assets = None


def _stop(process: subprocess.Popen[str], stopped: threading.Event) -> None:
    stopped.set()
    process.kill()


def _too_long(command: str) -> AssertionError:
    return AssertionError(
        f"$ {command}\nhas not ended after {MOST_SECONDS:g} s; what serves until it is"
        " stopped needs <!-- skip: next --> above it"
    )


def commands_in(block: str) -> Iterator[Typed]:
    """Yield the commands of a block with what they show."""
    command, shows = "", list[str]()
    for line in block.splitlines():
        if line.startswith("$ "):
            if command:
                yield Typed(command, "\n".join(shows).strip("\n"))
            command, shows = line[2:], []
        else:
            shows.append(line)
    assert command, f"no command in this block:\n{block}"
    yield Typed(command, "\n".join(shows).strip("\n"))


def ids_in(says: str, shows: str) -> dict[str, str] | None:
    """Compare loosely; return the real ids by those of the page, or None.

    A line of `…` stands for any lines, `…` in a line for any text. Ids, times, sizes in
    bytes and the width of gaps may be others; one id stands for one id.

    >>> ids_in("run 0123456789ab: 2 steps", "run ba9876543210:  2 steps")
    {'0123456789ab': 'ba9876543210'}
    >>> ids_in("2 steps", "3 steps") is None
    True
    """
    names: dict[str, str] = {}
    lines = [
        r"(?:.*\n)*?" if line.strip() == "…" else _pattern(line.rstrip(), names) + r"[ ]*\n"
        for line in says.splitlines()
    ]
    found = re.fullmatch("".join(lines), shows.strip("\n") + "\n")
    return found and {one: found[name] for one, name in names.items()}


def as_shown(says: str, shows: str) -> tuple[str, dict[str, str]]:
    """Return what was shown with the ids of the page, and the real ids by those.

    >>> as_shown("run 0123456789ab: 2 steps", "run ba9876543210: 3 steps")
    ('run 0123456789ab: 3 steps', {'0123456789ab': 'ba9876543210'})
    """
    ids = dict(zip(_ids_of(says), _ids_of(shows), strict=False))
    for name, real in ids.items():
        shows = shows.replace(real, name)
    return shows.strip("\n"), ids


def _ids_of(text: str) -> list[str]:
    found = [one[0] for one in DIFFERS.finditer(text) if one.lastgroup == "id"]
    return list(dict.fromkeys(found))


def _pattern(line: str, names: dict[str, str]) -> str:
    parts, end = [], 0
    for found in DIFFERS.finditer(line):
        parts.append(re.escape(line[end : found.start()]))
        end = found.end()
        kind, text = str(found.lastgroup), found[0]
        if kind != "id":
            parts.append(PATTERNS[kind])
        elif text in names:
            parts.append(f"(?P={names[text]})")
        else:
            names[text] = f"id{len(names)}"
            parts.append(f"(?P<{names[text]}>[0-9a-f]{{{len(text)}}})")
    return "".join([*parts, re.escape(line[end:])])

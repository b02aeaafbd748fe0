"""What `assets --help` shows. Texts only: it is answered without importing anything."""

from __future__ import annotations

ABOUT = "Declare tables as functions, materialize what is stale, know why."

OPTIONS = {
    "--project DIR": "The project; else $ASSETS_PROJECT, else the nearest upward.",
    "--env NAME": "The environment; else $ASSETS_ENV, else main.",
    "--json": "Print one JSON document, nothing else.",
    "--debug": "Show the traceback of an error.",
}
"""The options of every command, before its name or after it."""

OWN_OPTIONS = {
    "--version": "Show the version.",
    "-h, --help": "Show this message and exit.",
}

COMMANDS = {
    "init": "Write a project that runs at once.",
    "list": "Show assets with their status.",
    "plan": "Show what would run and why; change nothing.",
    "materialize": "Make assets fresh: compute what is stale, and nothing else.",
    "backfill": "Make a range of partitions, in chunks that can be resumed.",
    "partitions": "Show the keys of a growing list, add some or delete some.",
    "why": "Explain why an asset is stale, down to the root cause.",
    "show": "Show one asset: columns, rows, versions, checks, history.",
    "lineage": "Show which asset reads which.",
    "runs": "Show the latest runs, or one in full with its logs.",
    "docs": "Write the catalogue of all assets as a site, build it, serve it.",
    "resume": "Go on with what a run has left.",
    "check": "Run schemas and checks on what is stored.",
    "quarantine": "Show the rows that a schema refused, or try them again.",
    "verify": "Read what is stored and compare it with what was written.",
    "rollback": "Show an earlier version again, and hold it there.",
    "pin": "Keep a version of an asset until it is released.",
    "env": "List environments; make, compare, promote or drop one.",
    "gc": "Delete stored data that nobody needs any more.",
    "doctor": "Look for damage in what is stored; change nothing.",
    "metadata": "Rebuild the metadata store after its loss, or copy it.",
}
"""Each command and its first line of help. The order is that of a project's life."""


def overview() -> str:
    """Return the help page of `assets`."""
    return "\n".join(
        [
            "Usage: assets [OPTIONS] COMMAND [ARGS]...",
            "",
            f"  {ABOUT}",
            "",
            "Options, before the command or after it:",
            *_rows(OPTIONS),
            "",
            "Other options:",
            *_rows(OWN_OPTIONS),
            "",
            "Commands:",
            *_rows(COMMANDS),
        ]
    )


def _rows(texts: dict[str, str]) -> list[str]:
    width = max(map(len, texts))
    return [f"  {name:{width}}  {text}" for name, text in texts.items()]

"""`assets partitions`."""

from __future__ import annotations

import click

from assets_core.catalogue.words import count_text
from assets_core.errors import UsageError
from assets_core.interfaces.cli.command import Asked, Command
from assets_core.interfaces.cli.problems import DONE
from assets_core.interfaces.cli.project import opened
from assets_core.workspace.partitioning import declared_list

DOES = ("list", "add", "delete")


@click.command("partitions", cls=Command)
@click.argument("does", metavar="list|add|delete")
@click.argument("name", metavar="LIST")
@click.argument("keys", nargs=-1, metavar="[KEY]...")
@click.pass_obj
def command(asked: Asked, does: str, name: str, keys: tuple[str, ...]) -> int:
    """Show the keys of a growing list, add some or delete some.

    LIST is the name given to DynamicPartitions. A deleted key is remembered: added
    again, it takes its old place, and what was made of it is there again. Keys that an
    asset yields are only shown.
    """
    if does not in DOES:
        raise UsageError(f"There is no 'partitions {does}'", fix=f"use {' or '.join(DOES)}")
    if (does == "list") == bool(keys):
        what = "takes no keys" if keys else "needs at least one key"
        raise UsageError(f"'partitions {does}' {what}", fix="assets partitions --help")
    with opened(asked) as workspace:
        changed = 0
        if does == "add":
            changed = workspace.add_partitions(name, keys)
        elif does == "delete":
            changed = workspace.delete_partitions(name, keys)
        name = declared_list(workspace.graph_of_assets, name)
        known = workspace.tools.store.dynamic_keys([name])[name]
    if asked.json:
        asked.screen.document({"list": name, "changed": changed, "keys": list(known)})
    elif does == "list":
        asked.screen.say(*(known or [f"'{name}' has no keys"]))
    else:
        word = "added" if does == "add" else "deleted"
        total = count_text(len(known), "key")
        asked.screen.say(f"{count_text(changed, 'key')} {word}; '{name}' has {total}")
    return DONE

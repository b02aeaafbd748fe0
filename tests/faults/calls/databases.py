"""A metadata store in PostgreSQL that is set back to what it was before a run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.postgres import Postgres

BEFORE, NOW = "before_a_run", "beside_a_run"


@dataclass(frozen=True)
class Databases:
    """One database to work in, and one like which it is made again each time."""

    server: Postgres

    def __post_init__(self) -> None:
        self._make(BEFORE, "template0")

    def reset(self) -> None:
        """Let it be as it was before."""
        self._make(NOW, BEFORE)

    def keep(self) -> None:
        """Let it be from now on as it is now."""
        self._make(BEFORE, NOW)

    def name_it(self, folder: Path) -> None:
        """Write into the settings of a project where its metadata store is."""
        with (folder / "assets.toml").open("a") as file:
            file.write(f'[metadata]\nurl = "{self.server.url(NOW)}"\n')

    def _make(self, name: str, like: str) -> None:
        self.server.do(
            "postgres",
            f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
            f"CREATE DATABASE {name} TEMPLATE {like} STRATEGY file_copy",
        )

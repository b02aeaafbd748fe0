"""Settings in the shapes that people give them."""

from dataclasses import dataclass, field
from pathlib import Path

WIDTH = 6
HERE = Path(__file__).parent / "assets.py"


@dataclass(frozen=True)
class Settings:
    depth: int = 3
    names: tuple = ("p", "q")
    more: dict = field(default_factory=lambda: {"m": 1})

    def label(self):
        return "-".join(self.names) + str(self.more)


SETTINGS = Settings(depth=4)


class Options:
    size = 12
    unused = 14


def describe(settings=SETTINGS, *, suffix="s"):
    return settings.label() + suffix + HERE.name


def by_name():
    return "named" * 2


def __getattr__(name):
    if name == "dynamic":
        return name + "-value"
    raise AttributeError(name)

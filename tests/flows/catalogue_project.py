"""Projects whose catalogue is written, and what reads the pages of it."""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from assets_core import Workspace
from assets_core.catalogue.gathering import gather
from assets_core.interfaces.site.generating import Generated, generate

SETTINGS = 'name = "shop"\nmodules = ["pipeline"]\n[executor]\ntype = "inline"\n'
SHOP = '''
from pathlib import Path
import pandera.pandas as pa_
import pandas as pd
import pyarrow as pa
from assets_core import CheckResult, Freshness, asset, check, source

file = source("files/prices", path="prices.csv")


class Orders(pa_.DataFrameModel):
    """Orders."""

    id: int = pa_.Field(unique=True, description="Counts up from one.")
    total: float = pa_.Field(ge=0)


@asset(
    key="raw/orders",
    group="raw",
    owners=["ada@example.com"],
    tags=["daily"],
    schema=Orders,
    inputs={"prices": "files/prices"},
)
def orders(prices: Path) -> pd.DataFrame:
    """All orders of the *shop*.

    - in euros
    - see [the terms](https://example.com/terms)
    """
    return pd.DataFrame({"id": [1, 2, 3], "total": [5.0, 7.5, 9.0]})


@asset(key="marts/days", group="marts", inputs={"orders": "raw/orders"})
def days(orders: pd.DataFrame) -> pd.DataFrame:
    """Orders by day."""
    hidden = {"email": ["a@" + "example.com"], "api_key": ["k" * 9]}
    return pd.DataFrame({**hidden, "n": [len(orders)]})


@check("marts/days", blocking=False, inputs={"days": "marts/days"})
def enough(days: pd.DataFrame) -> CheckResult:
    return CheckResult(len(days) > 5, "fewer than five days")
'''


def write_shop(folder: Path, more: str = "", settings: str = "") -> Path:
    """Write a small shop into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "assets.toml").write_text(SETTINGS + settings)
    (folder / "pipeline.py").write_text(SHOP + more)
    (folder / "prices.csv").write_text("price\n1\n")
    return folder


def generated(folder: Path, to: Path | None = None, *, into: bool = False) -> Generated:
    """Write the catalogue of a project."""
    with Workspace.open(folder) as workspace:
        return generate(gather(workspace), to or folder / ".assets/site", into=into)


class Read(HTMLParser):
    """The elements and links of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember an element."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Remember a text."""
        self.texts.append(data)


def broken_links(site: Path) -> Iterator[str]:
    """Yield each link, script, style and picture of a built site that leads nowhere."""
    for page in site.rglob("*.html"):
        for _, attributes in Read(page.read_text("utf-8")).elements:
            for name in ("href", "src", "data-catalogue"):
                parts = urlsplit(attributes.get(name) or "")
                if (
                    parts.scheme
                    or parts.netloc
                    or not parts.path
                    or page.name == "404.html"
                ):
                    continue
                if not (page.parent / unquote(parts.path)).exists():
                    yield f"{page.relative_to(site)}: {attributes[name]}"

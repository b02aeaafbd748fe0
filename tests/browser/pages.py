"""Plain pages with the scripts of the catalogue, and JSON made for a test."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path
from typing import Any

from assets_core.catalogue.arranging import arrange
from assets_core.catalogue.documents import COLUMNS_VERSION

STATIC = Path(__file__).parents[2] / "assets_core" / "catalogue" / "static"
STATUSES = ("fresh", "fresh", "fresh", "stale", "missing", "failed", "held")
PAGE = """<!doctype html>
<html lang="en" dir="ltr"><head><meta charset="utf-8"><title>Lineage</title>
<meta name="viewport" content="width=device-width">
<link rel="icon" href="data:,">
<link rel="stylesheet" href="{root}catalogue/catalogue.css">
<link rel="stylesheet" href="{root}catalogue/pages.css">
<script src="{root}catalogue/catalogue.js" defer></script></head>
<body class="md-typeset" data-md-color-scheme="default">{body}</body></html>
"""
WHOLE = (
    '<div class="ac-lineage ac-lineage-full" data-catalogue="catalogue/"><ul></ul></div>'
)
AROUND = (
    '<code data-column="{column}">{column}</code>'
    '<div class="ac-lineage" data-catalogue="../catalogue/" data-asset="{asset}"'
    ' data-depth="1"><ul></ul></div>'
)

TEAM, STEP = 100, 12
COLUMNS = 10
"""How many columns an asset of a large project has, each with a name of its own."""

COLUMN_EDGES = [[1, 1, 0], [1, 2, 1], [2, 3, 2]]
Project = dict[str, dict[str, Any]]


def lineage_of(
    keys: list[str],
    edges: list[tuple[int, int]],
    groups: list[str | None] | None = None,
    **fields: list[Any],
) -> dict[str, Any]:
    """Return lineage.json of some assets; further fields take the place of plain ones."""
    count = len(keys)
    groups = groups or [key.split("/", 1)[0] if "/" in key else None for key in keys]
    positions = arrange(edges, groups)
    assets = {
        "key": keys,
        "kind": ["asset"] * count,
        "group": groups,
        "owners": [["ada"]] * count,
        "tags": [[]] * count,
        "status": ["fresh"] * count,
        "title": [f"What {key.rsplit('/', 1)[-1]} is about." for key in keys],
        "page": [f"assets/{key}/" for key in keys],
        "x": list(positions.x),
        "y": list(positions.y),
        **fields,
    }
    return {
        "version": 1,
        "project": "example",
        "generated_at": "2026-01-01T00:00:00Z",
        "assets": assets,
        "edges": {"from": [a for a, _ in edges], "to": [b for _, b in edges]},
    }


def small_project() -> Project:
    """Return what the catalogue says of eight assets in three groups."""
    keys = [
        *("files/orders", "raw/orders", "raw/customers", "staged/orders"),
        *("staged/customers", "marts/revenue", "marts/churn", "marts/board"),
    ]
    edges = [(0, 1), (1, 3), (2, 4), (3, 5), (4, 6), (3, 6), (5, 7), (6, 7)]
    lineage = lineage_of(
        keys,
        edges,
        [None, "raw", "raw", "staged", "staged", "marts", "marts", "marts"],
        kind=["source", "file", "asset", "asset", "sql", "sql", "asset", "asset"],
        status=["source", "fresh", "fresh", "fresh", "missing", "stale", "stale", "failed"],
        owners=[[], ["ada"], ["ada"], [], [], ["grace"], ["grace", "ada"], ["grace"]],
        tags=[[], [], ["pii"], [], ["pii"], [], [], ["daily"]],
    )
    columns = {
        "version": COLUMNS_VERSION,
        "names": ["id", "price", "total", "sum"],
        "columns": [[], [0, 1], [], [0, 1], [], [2], [], [3]],
        "how": ["exact", "observed", "assumed"],
        "edges": {"from": [1, 3, 5], "to": [3, 5, 7], "columns": COLUMN_EDGES},
    }
    return {"lineage": lineage, "columns": columns}


def large_project(count: int) -> Project:
    """Return what the catalogue says of so many assets, with 1.5 edges each."""
    chance = random.Random(8)  # noqa: S311 - the same project every time
    keys = [f"team_{n // TEAM:03}/table_of_something_{n:05}" for n in range(count)]
    edges: set[tuple[int, int]] = set()
    while len(edges) < count * 3 // 2:
        target = chance.randrange(1, count)
        step = target % TEAM // STEP
        first = target - target % TEAM + (step - 1) * STEP
        if step and chance.random() < 0.95:
            edges.add((chance.randrange(first, first + STEP), target))
        elif target >= TEAM and chance.random() < 0.2:
            other = chance.randrange(target // TEAM)
            edges.add((other * TEAM + TEAM - 1 - chance.randrange(STEP), target))
    lineage = lineage_of(
        keys,
        sorted(edges),
        status=[chance.choice(STATUSES) for _ in keys],
        tags=[[chance.choice(("daily", "pii", "public"))] for _ in keys],
    )
    return {"lineage": lineage, "columns": many_columns(count, sorted(edges))}


def many_columns(count: int, edges: list[tuple[int, int]]) -> dict[str, Any]:
    """Return columns.json of so many assets; half of the columns of each go on."""
    through = [(place, place, place % 3) for place in range(0, COLUMNS, 2)]
    names = [f"column_{place}" for place in range(COLUMNS)]
    names += [
        f"some_{place}_of_{n:05}" for n in range(count) for place in range(0, COLUMNS, 2)
    ]
    return {
        "version": COLUMNS_VERSION,
        "names": names,
        "columns": [
            [
                *range(0, COLUMNS, 2),
                *(COLUMNS + n * COLUMNS // 2 + one for one in range(COLUMNS // 2)),
            ]
            for n in range(count)
        ],
        "how": ["exact", "observed", "assumed"],
        "edges": {
            "from": [one for one, _ in edges],
            "to": [one for _, one in edges],
            "columns": [[number for triple in through for number in triple] for _ in edges],
        },
    }


def write_site(folder: Path, project: Project) -> Path:
    """Write a page of the whole lineage, and one of an asset for each key; return where."""
    shutil.copytree(STATIC, folder / "catalogue")
    for name, document in {"status": {"status": []}, **project}.items():
        text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
        (folder / "catalogue" / f"{name}.json").write_text(text, encoding="utf-8")
        script = f"assetsCatalogue.take({text})"
        (folder / "catalogue" / f"{name}.json.js").write_text(script, encoding="utf-8")
    (folder / "index.html").write_text(PAGE.format(root="", body=WHOLE), encoding="utf-8")
    (folder / "pages").mkdir()
    around = AROUND.format(column="total", asset="marts/revenue")
    page = PAGE.format(root="../", body=around)
    (folder / "pages" / "revenue.html").write_text(page, encoding="utf-8")
    return folder

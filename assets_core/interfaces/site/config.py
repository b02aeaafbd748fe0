"""The `mkdocs.yml` of the site: plain pages and one plug-in, so that many can build it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from assets_core.interfaces.site.page import tame

_TEXT = """\
# Written by 'assets docs generate'.
site_name: {name}
docs_dir: docs
site_dir: site
use_directory_urls: false
plugins:
  - search
theme:
  name: material
  font: false # nothing is fetched from elsewhere when a page is read
  features:
    - content.code.copy
    - navigation.top
  palette:
    - media: "(prefers-color-scheme: light)"
      scheme: default
      primary: indigo
      toggle:
        icon: material/weather-night
        name: Dark
    - media: "(prefers-color-scheme: dark)"
      scheme: slate
      primary: indigo
      toggle:
        icon: material/weather-sunny
        name: Light
extra:
  generator: false
extra_css: {css}
extra_javascript: {javascript}
nav:
  - Catalogue: index.md
  - Lineage: lineage.md
  - Assets: assets/index.md
  - Groups: groups/index.md
  - Owners: owners/index.md
  - Tags: tags/index.md
  - Kinds: kinds/index.md
  - Runs: runs/index.md
not_in_nav: |
  /assets/**
  /groups/**
  /owners/**
  /tags/**
  /kinds/**
  /runs/**
validation:
  nav:
    omitted_files: warn
    not_found: warn
    absolute_links: warn
  links:
    not_found: warn
    anchors: warn
    absolute_links: warn
    unrecognized_links: warn
markdown_extensions:
  - attr_list
  - tables
  - toc:
      permalink: true
  - pymdownx.highlight
  - pymdownx.superfences
"""


def config(name: str, loaded: Sequence[str]) -> str:
    """Return the configuration of a site.

    Args:
        name: What the project is called.
        loaded: The scripts and styles of every page.
    """
    return _TEXT.format(
        name=json.dumps(tame(name)),
        css=json.dumps([one for one in loaded if one.endswith(".css")]),
        javascript=json.dumps([one for one in loaded if one.endswith(".js")]),
    )

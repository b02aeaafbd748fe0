"""The parts of a project's files that no edit changes."""

from __future__ import annotations

SETTINGS = """name = "random"
modules = ["first", "second", "third"]

[executor]
type = "inline"
"""

CALLS = '''"""What is called leaves a line in a log, and fails where the outside fails."""

import logging
import os

log = logging.getLogger("calls")


def called(number):
    log.info(number)
    if str(number) in os.environ.get("OUTAGES", "").split():
        raise OSError("told to fail")
'''

IMPORTS = """import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
from functools import partial
from pathlib import Path

import schemas
import settings
from assets_core import Upstream, asset, check, source
from calls import called
"""

"""`python -m assets_core` is the command `assets`."""

from __future__ import annotations

import sys

from assets_core.interfaces.cli import main

if __name__ == "__main__":
    sys.exit(main())

"""Ready-made checks: `from assets_core import checks`.

Each call declares one check, as `@check` does over a function of your own. Give it a name
at the top of a module of the project, where it is found.
"""

from assets_core.checks.declaring import fresh, no_drift, references, row_count, unique

__all__ = ["fresh", "no_drift", "references", "row_count", "unique"]

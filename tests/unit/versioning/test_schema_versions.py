"""The version of a schema: of its class or expression, with its checks."""

from __future__ import annotations

from pathlib import Path

import pandera.pandas as pa
import pytest

from assets_core.model.versions import CodeVersion
from assets_core.versioning.code_version import CodeVersions
from tests.unit.versioning.edits import loaded, split, version, write

SCHEMA = """
    import pandera.pandas as pa
    from assets_core.declaring.decorators import asset

    LEAST = 0

    def positive(column):
        return column > LEAST

    class Model(pa.DataFrameModel):
        total: int = pa.Field(ge=0)

        @pa.check("total")
        def small(cls, column):
            return column < 10

    class Child(Model):
        pass

    named = pa.DataFrameSchema({"total": pa.Column(int, pa.Check(positive))})

    @asset(schema=Child)
    def by_class():
        return 1

    @asset(schema=named)
    def by_name():
        return 1

    @asset(schema=pa.DataFrameSchema({"total": pa.Column(int, pa.Check(lambda c: c > 5))}))
    def by_expression():
        return 1

    make = by_class.function
"""
SCHEMA_EDITS = {
    "a check of a model": ("by_class", "column < 10", "column < 11", True),
    "a field of a model": ("by_class", "ge=0", "ge=1", True),
    "a function that a schema checks with": (
        "by_name",
        "column > LEAST",
        "column >= LEAST",
        True,
    ),
    "a constant of a check": ("by_name", "LEAST = 0", "LEAST = 1", True),
    "a column of a schema": (
        "by_name",
        "pa.Column(int, pa.Check(positive))",
        "pa.Column(float)",
        True,
    ),
    "a check inside a decorator": ("by_expression", "c > 5", "c > 6", True),
    "another schema": ("by_expression", "column < 10", "column < 11", False),
    "the asset that has a schema with a name": (
        "by_class",
        "by_class():\n        return 1",
        "by_class():\n        return 2",
        False,
    ),
    "the asset itself": (
        "by_expression",
        "return 1\n\n    make",
        "return 2\n\n    make",
        False,
    ),
}


@pytest.mark.parametrize(
    ("name", "old", "new", "changed"), SCHEMA_EDITS.values(), ids=SCHEMA_EDITS.keys()
)
def test_a_schema_counts_with_its_checks(
    name: str, old: str, new: str, *, changed: bool, tmp_path: Path
) -> None:
    """Stored data is checked again when the schema is another one."""

    def schema_of(code: str) -> CodeVersion:
        folder = write(tmp_path / str(len(code)), split(code))
        with loaded(folder) as module:
            declared = getattr(module, name)
            return CodeVersions(str(folder)).of_object(declared.schema, f"schema of {name}")

    before, after = schema_of(SCHEMA), schema_of(SCHEMA.replace(old, new) + "\n")

    assert before.opaque == ()
    assert (before.digest != after.digest) is changed


def test_a_schema_is_no_part_of_the_asset(tmp_path: Path) -> None:
    """A schema that only looks asks for checks, not for computing."""
    before = version(tmp_path, SCHEMA)
    after = version(tmp_path, SCHEMA.replace("column < 10", "column < 11"))

    assert before.digest == after.digest


def test_a_schema_out_of_nowhere_is_opaque() -> None:
    """Nothing says what is in it."""
    found = CodeVersions(str(Path(__file__).parent)).of_object(
        pa.DataFrameSchema({}), "schema of x"
    )

    assert len(found.opaque) == 1

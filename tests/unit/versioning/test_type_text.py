"""The text of a column type: readable, exact, and the same for ever."""

from __future__ import annotations

import pyarrow as pa
import pytest

from assets_core.errors import CorruptDataError
from assets_core.versioning.type_text import parse_type, type_text

# These texts are recorded in metadata stores and hashed into every data version.
TEXTS = [
    (pa.null(), "null"),
    (pa.bool_(), "bool"),
    (pa.uint8(), "uint8"),
    (pa.int64(), "int64"),
    (pa.float16(), "float16"),
    (pa.float64(), "float64"),
    (pa.string(), "string"),
    (pa.binary(), "binary"),
    (pa.binary(16), "fixed_size_binary[16]"),
    (pa.date32(), "date32"),
    (pa.time64("ns"), "time64[ns]"),
    (pa.timestamp("us"), "timestamp[us]"),
    (pa.timestamp("ns", "Europe/Paris"), "timestamp[ns, tz=Europe/Paris]"),
    (pa.timestamp("ms", "+05:30"), "timestamp[ms, tz=+05:30]"),
    (pa.timestamp("ms", 'a]b "c'), 'timestamp[ms, tz="a]b \\"c"]'),
    (pa.duration("s"), "duration[s]"),
    (pa.decimal128(10, 2), "decimal128(10, 2)"),
    (pa.decimal256(76, 0), "decimal256(76, 0)"),
    (pa.large_list(pa.string()), "list<string>"),
    (pa.list_(pa.float32(), 3), "fixed_size_list<float32>[3]"),
    (pa.map_(pa.string(), pa.large_list(pa.int8())), "map<string, list<int8>>"),
    (
        pa.struct([("id", pa.int64()), ("full name", pa.string()), ("", pa.null())]),
        'struct<id: int64, "full name": string, "": null>',
    ),
    (pa.struct([("é", pa.bool_()), ('"', pa.bool_())]), 'struct<"é": bool, "\\"": bool>'),
]


@pytest.mark.parametrize(("kind", "text"), TEXTS, ids=[text for _, text in TEXTS])
def test_a_type_has_the_text_that_was_recorded(kind: pa.DataType, text: str) -> None:
    """Another text would be another data version for the same rows."""
    assert type_text(kind) == text
    assert parse_type(text).equals(kind, check_metadata=True)


@pytest.mark.parametrize(
    "kind", [pa.large_string(), pa.list_(pa.int8()), pa.date64()], ids=str
)
def test_only_canonical_types_have_a_text(kind: pa.DataType) -> None:
    """A type that was not made canonical must not get into a version."""
    with pytest.raises(ValueError, match="not a canonical type"):
        type_text(kind)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "int65",
            "int64 ",
            "int64]",
            "list<>",
            "list<int64",
            "list<int64>>",
            "map<string>",
        ),
        *("timestamp", "timestamp[s]", "timestamp[us, tz=]", "timestamp[us, tz=a b]"),
        *(
            "decimal128(39, 0)",
            "decimal128(5)",
            "decimal128",
            "fixed_size_binary[]",
            "struct<>",
        ),
        *("struct<a int64>", 'struct<"a: int64>', "fixed_size_list<int64>", "date64"),
    ],
)
def test_a_damaged_text_is_said_to_be_damaged(text: str) -> None:
    """Records of the metadata store are not trusted."""
    with pytest.raises(CorruptDataError, match="is not the text of a column type"):
        parse_type(text)

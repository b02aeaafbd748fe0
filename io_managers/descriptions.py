"""What a version holds, as a text whose checksum is recorded elsewhere."""

from __future__ import annotations

import hashlib
import json

import pyarrow as pa

from assets_core.frozen import frozen
from assets_core.versioning.canonical import schema_from_json, schema_to_json
from assets_core.versioning.data_version import data_version


@frozen
class Description:
    """What a version holds."""

    rows: int
    schema: pa.Schema
    digests: dict[str, str]

    @property
    def text(self) -> str:
        """Return it as it is stored, the same text for the same content."""
        columns = schema_to_json(self.schema)
        for column in columns:
            column["version"] = self.digests[column["name"]]
        return json.dumps({"columns": columns, "rows": self.rows}, ensure_ascii=False)


def checksum_of(description: str) -> str:
    """Return the checksum of a version."""
    return hashlib.sha256(description.encode()).hexdigest()


def describe(table: pa.Table) -> Description:
    """Return the description of a canonical table."""
    digests = dict(data_version(table).columns)
    return Description(table.num_rows, table.schema, digests)


def parse_description(text: str) -> Description:
    """Return what `Description.text` described."""
    found = json.loads(text)
    columns = found["columns"]
    digests = {column["name"]: column["version"] for column in columns}
    return Description(found["rows"], schema_from_json(columns), digests)

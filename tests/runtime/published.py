"""What a publication holds, and what the org holds, in one form that can be compared."""

import csv
import gzip
import io
import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pyarrow.parquet as pq
import zstandard
from lake_ingest.lake.bucket import Bucket

from sandbox.salesforce import Org

Rows = list[dict[str, Any]]


def published_rows(bucket: Bucket, manifest: dict[str, Any]) -> Rows:
    """Every row of a publication, by Id; numbers as Decimal, the rest as canonical text."""
    typed = {field["name"]: _TYPED.get(field["kind"], _text) for field in manifest["schema"]}
    found = written_rows(bucket, manifest)
    rows = [{name: typed[name](value) for name, value in row.items()} for row in found]
    return sorted(rows, key=lambda row: str(row["Id"]))


def written_rows(bucket: Bucket, manifest: dict[str, Any]) -> Rows:
    """Every row of a publication as its format gives it, in the order of its objects."""
    rows: Rows = []
    for batch in manifest["batches"]:
        body = bucket.client.get_object(Bucket=bucket.name, Key=batch["key"])["Body"].read()
        found = _read(_plain(body, manifest), manifest["format"])
        assert len(found) == batch["rows"]
        rows += found
    names = [field["name"] for field in manifest["schema"]]
    assert all(list(row) == names for row in rows)
    return rows


def expected_rows(
    org: Org, manifest: dict[str, Any], where: str | None = None, *, deleted: bool = False
) -> Rows:
    """The org's own rows of the manifest's columns, with values of parents looked up, in the same form."""
    typed = {field["name"]: _TYPED.get(field["kind"], _text) for field in manifest["schema"]}
    name = manifest["object"]
    own = list(dict.fromkeys(["Id", *(field for field in typed if "." not in field)]))
    parents = {field: field.split(".") for field in typed if "." in field}
    if parents:
        own += [f"{parent}Id" for parent, _ in parents.values() if f"{parent}Id" not in own]
    rows = org.rows(name, own, where, deleted=deleted)
    for field, (parent, of_parent) in parents.items():
        found = {row["Id"]: row for row in org.rows(parent, ["Id", of_parent], deleted=True)}
        for row in rows:
            row[field] = found.get(row[f"{parent}Id"], {}).get(of_parent)
    rows.sort(key=lambda row: str(row["Id"]))
    return [{field: of_kind(row[field]) for field, of_kind in typed.items()} for row in rows]


def _plain(body: bytes, manifest: dict[str, Any]) -> bytes:
    if manifest["format"] == "parquet" or manifest["compression"] == "none":
        return body
    if manifest["compression"] == "gzip":
        return gzip.decompress(body)
    return zstandard.ZstdDecompressor().decompressobj().decompress(body)


def _read(body: bytes, fmt: str) -> Rows:
    if fmt == "parquet":
        return pq.read_table(io.BytesIO(body)).to_pylist()
    if fmt == "csv":
        return list(csv.DictReader(io.StringIO(body.decode(), newline=""), strict=True))
    exact: dict[str, Any] = {"parse_float": Decimal, "parse_int": Decimal}
    if fmt == "json":
        return list(json.loads(body, **exact))
    return [json.loads(line, **exact) for line in body.decode().split("\n") if line]


def _number(value: Any) -> Decimal | None:
    return None if value is None or value == "" else Decimal(value)


def _text(value: Any) -> Any:
    if type(value) is str:
        return value or None
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{value.microsecond // 1000:03d}Z"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M:%S}.{value.microsecond // 1000:03d}Z"
    return value


_TYPED = {"number": _number, "integer": _number}  # by kind; of the others, the text

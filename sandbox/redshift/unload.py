"""UNLOAD: its text, its files, its manifest.

https://docs.aws.amazon.com/redshift/latest/dg/r_UNLOAD.html. Each slice writes `<prefix>0000_part_00.parquet` and so on; the manifest is
`<prefix>manifest`. What was read of real ones: without rows there is neither file nor manifest, timestamps are INT96, a LIMIT of the
whole query is refused, and so is a prefix below which something lies.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_CHUNK = 10_000  # rows at a time
_TEXT = r"'(?:[^'\\]|''|\\.)*'"
_UNLOAD = re.compile(
    rf"\s*UNLOAD\s*\(\s*(?P<query>{_TEXT})\s*\)\s*TO\s*(?P<target>{_TEXT})\s*IAM_ROLE\s*(?P<role>default|{_TEXT})\s*(?P<options>.*?);?\s*",
    re.IGNORECASE | re.DOTALL,
)
_OPTIONS = re.compile(
    rf"(?:(?P<parquet>FORMAT\s+(?:AS\s+)?PARQUET)|(?P<manifest>MANIFEST\s+VERBOSE)|MAXFILESIZE\s+(?:AS\s+)?(?P<size>\d+)\s*MB"
    rf"|(?P<key>KMS_KEY_ID\s+{_TEXT}\s+ENCRYPTED))\s*",
    re.IGNORECASE,
)
_OUTER_LIMIT = re.compile(r"\bLIMIT\s+\d+\s*$", re.IGNORECASE)
# What the Parquet of each type is, by the oid in pg_type; what is said nowhere is refused.
_PARQUET = {
    16: pa.bool_(), 21: pa.int32(), 23: pa.int32(), 20: pa.int64(), 700: pa.float32(), 701: pa.float64(), 25: pa.string(),
    1043: pa.string(), 1042: pa.string(), 1082: pa.date32(), 1114: pa.timestamp("us"), 3802: pa.string(),
}  # fmt: skip
_NUMERIC, _BOOLEAN, _DATE = 1700, 16, 1082
_MOMENTS = {_DATE: 1, 1114: 86_400_000_000}  # what a day is in the numbers of each
_UNTOLD = {1184: "timestamptz", 1083: "time", 1266: "timetz", 17: "varbyte"}
_BASES = {
    16: "boolean", 21: "smallint", 23: "integer", 20: "bigint", 700: "real", 701: "double precision", 25: "character varying",
    1043: "character varying", 1042: "character", 1082: "date", 1114: "timestamp without time zone", 3802: "super", 1700: "numeric",
}  # fmt: skip


class StatementError(Exception):
    """What the warehouse says of a statement that it refuses."""


@dataclass(frozen=True)
class UnloadStatement:
    """A query, and where its rows go."""

    query: str
    bucket: str
    prefix: str
    role: str
    key: bool


def read_unload(sql: str) -> UnloadStatement | None:
    """An UNLOAD; None where a text is another statement.

    Raises:
        StatementError: it is one that this stand-in does not serve.
    """
    if not re.match(r"\s*UNLOAD\b", sql, re.IGNORECASE):
        return None
    match = _UNLOAD.fullmatch(sql)
    if match is None:
        raise StatementError('ERROR: syntax error at or near "unload"')
    found = dict[str, str]()
    options = match["options"]
    while options:
        option = _OPTIONS.match(options)
        if option is None:
            raise StatementError(f"ERROR: this stand-in does not serve UNLOAD with {options.split()[0]}")
        found |= {name: value for name, value in option.groupdict().items() if value}
        options = options[option.end() :]
    if "parquet" not in found or "manifest" not in found:
        raise StatementError("ERROR: this stand-in serves UNLOAD … FORMAT PARQUET MANIFEST VERBOSE only")
    bucket, _, prefix = _text(match["target"]).removeprefix("s3://").partition("/")
    role = match["role"] if match["role"].lower() == "default" else _text(match["role"])
    return UnloadStatement(_text(match["query"]), bucket, prefix, role, "key" in found)


def unload(statement: UnloadStatement, connection: Any, s3: Any, slices: int, file_rows: int) -> int:
    """Write the files and the manifest; gives how many rows."""
    if _OUTER_LIMIT.search(statement.query):
        raise StatementError("ERROR: Limit clause is not supported")
    if s3.list_objects_v2(Bucket=statement.bucket, Prefix=statement.prefix).get("KeyCount"):
        raise StatementError(
            "ERROR: Specified unload destination on S3 is not empty. Consider using a different bucket / prefix, manually removing the target"
            " files in S3, or using the ALLOWOVERWRITE option."
        )
    entries, rows, columns = list[dict[str, Any]](), 0, ()
    parts = [0] * slices
    for number, (columns, table) in enumerate(_tables(connection, statement.query, file_rows)):  # noqa: B007 - the last ones' columns
        here = number % slices
        key = f"{statement.prefix}{here:04d}_part_{parts[here]:02d}.parquet"
        parts[here] += 1
        body = _parquet(table)
        s3.put_object(Bucket=statement.bucket, Key=key, Body=body)
        meta = {"content_length": len(body), "record_count": table.num_rows}
        entries.append({"url": f"s3://{statement.bucket}/{key}", "meta": meta})
        rows += table.num_rows
    if entries:
        _write_manifest(statement, s3, entries, columns)
    return rows


def _write_manifest(statement: UnloadStatement, s3: Any, entries: list[dict[str, Any]], columns: Any) -> None:
    sums = {
        name: sum(entry["meta"][name] for entry in entries) for name in ("content_length", "record_count")
    }
    elements = [{"name": column.name, "type": {"base": _BASES[column.type_code]}} for column in columns]
    manifest = {
        "entries": entries,
        "schema": {"elements": elements},
        "meta": sums,
        "author": {"name": "Amazon Redshift", "version": "1.0.0"},
    }
    s3.put_object(
        Bucket=statement.bucket,
        Key=f"{statement.prefix}manifest",
        Body=json.dumps(manifest, indent=1).encode(),
    )


def _tables(connection: Any, query: str, file_rows: int) -> Iterator[tuple[Any, pa.Table]]:
    """The rows of a query, a file's worth at a time."""
    with connection.cursor("unload") as cursor:
        cursor.itersize = _CHUNK
        cursor.execute(query)
        while rows := cursor.fetchmany(file_rows):
            columns = cursor.description
            arrays = [
                _array(values, column)
                for values, column in zip(zip(*rows, strict=True), columns, strict=True)
            ]
            yield columns, pa.Table.from_arrays(arrays, names=[column.name for column in columns])


def _array(values: tuple[str | None, ...], column: Any) -> pa.Array:
    code = column.type_code
    if code == _NUMERIC:
        if not column.precision:
            raise StatementError(
                f"ERROR: column {column.name} is a numeric without digits, which Redshift does not have"
            )
        return pa.array(values, pa.string()).cast(pa.decimal128(column.precision, column.scale))
    if code == _BOOLEAN:
        return pa.array([None if value is None else value == "t" for value in values], pa.bool_())
    if code not in _PARQUET:
        what = _UNTOLD.get(code, f"the type {code} of PostgreSQL")
        raise StatementError(
            f"ERROR: this stand-in does not unload {what}: AWS does not say what becomes of it"
        )
    if code in _MOMENTS:
        numbers = [None if value is None else _since_1970(value, _MOMENTS[code]) for value in values]
        return pa.array(numbers, pa.int32() if code == _DATE else pa.int64()).view(_PARQUET[code])
    return pa.array(values, pa.string()).cast(_PARQUET[code])


def _since_1970(text: str, a_day: int) -> int:
    """Days, or microseconds, of a date or a stamp as PostgreSQL writes it; years that Python does not know too."""
    plain, before, _ = text.partition(" BC")
    day, _, clock = plain.partition(" ")
    year, month, number = (int(part) for part in day.split("-"))
    year = 1 - year if before else year
    moved = date(2000 + year % 400, month, number) - date(
        1970, 1, 1
    )  # the calendar is the same every 400 years
    days = moved.days + (year - (2000 + year % 400)) // 400 * 146_097
    if not clock:
        return days * a_day
    hours, minutes, seconds = clock.split(":")
    whole, _, fraction = seconds.partition(".")
    return (
        days * a_day
        + ((int(hours) * 60 + int(minutes)) * 60 + int(whole)) * 1_000_000
        + int(fraction.ljust(6, "0") or 0)
    )


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(
        table, sink, compression="snappy", use_deprecated_int96_timestamps=True, write_statistics=False
    )
    return sink.getvalue()


def _text(literal: str) -> str:
    return re.sub(r"''|\\(.)", lambda match: match[1] or "'", literal[1:-1], flags=re.DOTALL)

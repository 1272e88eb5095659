"""`factory parity`: whether what a spec publishes holds what an old DAG left in S3; one page.

Files are fetched to local disk and read by DuckDB as a stream, whatever their size. Values are compared by what they mean, for an old
file may write `1` where a new one has `1.0`, and `2026-01-31T06:00:00.000+0000` where a new one has `…Z`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import duckdb
from lake_ingest.errors import IngestionError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.history import newest_manifest
from lake_ingest.lake.manifest import Manifest

from factory.chosen import spec_at
from factory.command_failure import Failure, UsageFailure
from factory.online.lake_buckets import buckets_of

_FORMAT = re.compile(r"\.(csv|json|ndjson|jsonl|parquet)(\.(gz|zst))?$", re.IGNORECASE)
_ROW_NUMBERS = re.compile(r"column0+|Unnamed: 0")  # the column without a name that pandas puts first
_URL = re.compile(r"s3://([^/]+)/?(.*)")


_HASH = "(hash({}) % 4294967296)::HUGEINT"
_TRUE, _FALSE = "'true', '1', '1.0', 't', 'yes', 'y'", "'false', '0', '0.0', 'f', 'no', 'n'"
_SAME = "The same rows, columns and sums."


@dataclass(frozen=True)
class Side:
    """One side of the comparison: its columns, in their order, and a query of its rows as texts."""

    columns: tuple[str, ...]
    query: str

    def column(self, name: str) -> str | None:
        """The column of that name, in any case."""
        return next((one for one in self.columns if one.lower() == name.lower()), None)


@dataclass(frozen=True)
class Measured:
    """What a column holds, in figures that do not depend on the order of rows or on how values are written."""

    values: int
    unread: int
    total: str

    @property
    def said(self) -> str:
        """For the page."""
        unread = f", {self.unread:,} not of its type" if self.unread else ""
        return f"{self.values:,} values{unread}, {self.total}"


def run(
    old: str,
    spec_path: Path,
    bucket: str | None,
    endpoint_url: str | None,
    environment: str | None,
    nulls: Sequence[str] = (),
) -> int:
    """Print rows, columns and sums of both sides; 1 where they differ. `nulls` are texts that stand for a null in old csv files.

    Raises:
        Failure: S3 cannot be read, or one side has nothing.
        UsageFailure: the old address is none, the spec does not exist, or its bucket is a template and none was given.
    """
    match = _URL.fullmatch(old)
    if match is None:
        raise UsageFailure(f"`{old}` is not an address in S3; write s3://bucket/prefix")
    spec = spec_at(spec_path, environment)
    try:
        buckets = buckets_of([match[1], spec.bucket], bucket, endpoint_url)
        lake = buckets[spec.bucket]
        manifest = newest_manifest(lake, spec.prefix)
        if manifest is None:
            raise Failure(f"{spec.dag_id} has published nothing below {lake.url(spec.prefix)}; run it first.")
        with TemporaryDirectory(prefix="parity-") as folder, duckdb.connect() as database:
            database.execute(
                f"SET temp_directory = '{folder}'; SET memory_limit = '1GB'; SET TimeZone = 'UTC'"
            )
            before = _old(buckets[match[1]], match[2], Path(folder, "old"), database, nulls)
            after = _new(lake, manifest, Path(folder, "new"), database)
            page = list(
                _page(
                    old,
                    f"{spec.dag_id} of {manifest.logical_date:%Y-%m-%d %H:%M} UTC",
                    before,
                    after,
                    manifest,
                    database,
                )
            )
    except IngestionError as error:
        raise Failure(str(error)) from None
    except duckdb.Error as error:
        raise Failure(f"the files of one side cannot be read: {str(error).splitlines()[0]}") from None
    different = [name for name, same, _ in page if not same]
    for name, same, said in page:
        click.echo(f"{'  ' if same else '! '}{name:<32} {said}")
    more = [name for name in after.columns if before.column(name) is None]
    alike = (
        _SAME
        if not more
        else "The same rows and sums; the columns that only the new one has are not compared."
    )
    click.echo(f"\n{'Different: ' + ', '.join(different) + '.' if different else alike}")
    return 1 if different else 0


def _page(
    old: str, new: str, before: Side, after: Side, manifest: Manifest, database: Any
) -> Iterator[tuple[str, bool, str]]:
    """What is compared, whether it is the same, and what is said of it."""
    click.echo(f"old  {old}\nnew  {new}\n")
    rows = [_one(database, f"SELECT count(*) FROM ({side.query})")[0] for side in (before, after)]
    yield "rows", rows[0] == rows[1], _both(*(f"{count:,}" for count in rows))
    numbers = _row_numbers(before, after, database)
    gone = [name for name in before.columns if after.column(name) is None and name != numbers]
    added = [name for name in after.columns if before.column(name) is None]
    shared = len([name for name in before.columns if after.column(name)])
    said = [
        f"{shared} in both",
        *([f"only old: {', '.join(gone)}"] if gone else []),
        *([f"only new: {', '.join(added)}"] if added else []),
        *(["not compared: the row numbers that pandas wrote"] if numbers else []),
    ]
    yield "columns", not gone, "; ".join(said)
    kinds = {column.name.lower(): column.kind for column in manifest.schema}
    pairs = [
        (other, name, kinds.get(name.lower(), "text"))
        for name in after.columns
        if (other := before.column(name))
    ]
    for other, name, kind in pairs:
        measured = [
            _measured(database, side.query, own, kind) for side, own in ((before, other), (after, name))
        ]
        yield name, measured[0] == measured[1], _both(*(one.said for one in measured))
    if pairs:
        sums = [_together(database, before.query, [(one, kind) for one, _, kind in pairs])]
        sums.append(_together(database, after.query, [(one, kind) for _, one, kind in pairs]))
        same = sums[0] == sums[1]
        yield (
            "values of a row together",
            same,
            f"checksum {sums[0]}" if same else "other values stand in one row",
        )


def _row_numbers(before: Side, after: Side, database: Any) -> str:
    """The column of the old side that counts its rows, if there is one."""
    name = before.columns[0] if before.columns else ""
    if not _ROW_NUMBERS.fullmatch(name) or after.column(name):
        return ""
    text = _quoted(name)
    found = _one(database, f"SELECT count({text}) = count(TRY_CAST({text} AS UBIGINT)) FROM ({before.query})")
    return name if found[0] else ""


def _both(before: str, after: str) -> str:
    return before if before == after else f"old {before} | new {after}"


def _measured(database: Any, query: str, column: str, kind: str) -> Measured:
    """A column in figures: sums of numbers and days, counts of true, a sum over the hashes of texts."""
    text = _text_of(column)
    value = _value(text, kind)
    total, word = {
        "number": ("coalesce(sum(v), 0)", "sum"),
        "integer": ("coalesce(sum(v), 0)", "sum"),
        "float": ("round(coalesce(sum(v), 0), 6)", "sum"),
        "date": ("coalesce(sum(v), 0) // 86400000", "sum of days"),
        "datetime": ("coalesce(sum(v), 0) // 1000", "sum of seconds"),
        "boolean": ("coalesce(sum(v), 0)", "true"),
    }.get(kind, (f"coalesce(sum({_HASH.format('v')}) FILTER (v IS NOT NULL), 0)", "checksum"))
    found = _one(
        database,
        f"SELECT count({text}), count({text}) - count(v), {total} FROM (SELECT *, {value} AS v FROM ({query}))",
    )
    return Measured(found[0], found[1], f"{word} {_plain(found[2])}")


def _text_of(column: str) -> str:
    return f"nullif({_quoted(column)}, '')"


def _value(text: str, kind: str) -> str:
    """What a text means, in SQL: the same for each way in which it may be written; null where it is none of its type.

    Moments may be seconds or milliseconds since 1970, as `coerce_to_timestamp` and pandas write them.
    """
    since = (
        f"CASE WHEN regexp_full_match({text}, '-?\\d{{1,14}}(\\.\\d+)?') THEN TRY_CAST({text} AS DOUBLE) END"
    )
    counted = f"(CASE WHEN abs({since}) < 1e11 THEN {since} * 1000 ELSE {since} END)::BIGINT"
    return {
        "number": f"TRY_CAST({text} AS DECIMAL(38, 9))",
        "integer": f"TRY_CAST({text} AS DECIMAL(38, 9))",
        "float": f"round(TRY_CAST({text} AS DOUBLE), 9)",
        "date": f"coalesce(epoch_ms(TRY_CAST({text} AS TIMESTAMP)), {counted})",
        "datetime": f"coalesce(epoch_ms(TRY_CAST({text} AS TIMESTAMPTZ)), {counted})",
        "boolean": f"CASE WHEN lower({text}) IN ({_TRUE}) THEN 1 WHEN lower({text}) IN ({_FALSE}) THEN 0 END",
    }.get(kind, text)


def _together(database: Any, query: str, columns: Sequence[tuple[str, str]]) -> int:
    """A sum over the hashes of whole rows: it tells where the same values stand in other rows."""
    values = ", ".join(_value(_text_of(name), kind) for name, kind in columns)
    found = _one(database, f"SELECT coalesce(sum({_HASH.format(f'row({values})')}), 0) FROM ({query})")
    return int(found[0])


def _plain(value: Any) -> str:
    text = f"{value:f}" if not isinstance(value, int) else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _old(bucket: Bucket, prefix: str, folder: Path, database: Any, nulls: Sequence[str]) -> Side:
    """Every file of a known format at a key or below a prefix; names that begin with `_` are no data.

    Raises:
        Failure: there is none, or they are of several formats.
    """
    found = {key: _FORMAT.search(key) for key in bucket.keys(prefix) if "/_" not in f"/{key}"}
    files = {key: match for key, match in found.items() if match}
    formats = {match[1].lower().replace("jsonl", "ndjson") for match in files.values()}
    if not files:
        raise Failure(f"there is no csv, json, ndjson or parquet file at {bucket.url(prefix)} or below it")
    if len(formats) > 1:
        raise Failure(
            f"below {bucket.url(prefix)} lie files of {' and '.join(sorted(formats))}; name the prefix of one format"
        )
    fetched = [
        _fetch(bucket, key, folder / f"{number:06d}{match[0].lower()}")
        for number, (key, match) in enumerate(files.items())
    ]
    if not any(file.stat().st_size for file in fetched):
        raise Failure(f"the files at {bucket.url(prefix)} are empty")
    return _side(formats.pop(), fetched, {}, database, nulls)


def _new(bucket: Bucket, manifest: Manifest, folder: Path, database: Any) -> Side:
    """The objects that a manifest names; a column that names folders is read from them."""
    files = []
    for number, batch in enumerate(manifest.batches):
        match = _FORMAT.search(batch.key)
        ending = match[0] if match else f".{manifest.format}"
        files.append(_fetch(bucket, batch.key, folder / (batch.partition or "all") / f"{number:06d}{ending}"))
    return _side(manifest.format, files, manifest.extra, database)


def _fetch(bucket: Bucket, key: str, file: Path) -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    bucket.download(key, file)
    return file


def _side(
    fmt: str, files: list[Path], extra: Mapping[str, Any], database: Any, nulls: Sequence[str] | None = None
) -> Side:
    """The rows of files as texts. `nulls` are given for the old side, whose dialect nobody knows."""
    dialect, folders = extra.get("csv", {}), bool(extra.get("partition_by"))
    options = [f"hive_partitioning = {str(folders).lower()}", "union_by_name = true"]
    if fmt == "csv":
        delimiter = {"tab": "\t"}.get(dialect.get("delimiter", ","), dialect.get("delimiter", ","))
        options += [
            "all_varchar = true",
            "header = true",
            f"nullstr = [{', '.join(_literal(one) for one in (dialect.get('null', ''), *(nulls or ())))}]",
            "strict_mode = false",
            "quote = '\"'",
            "escape = '\"'",
        ]
        options += [f"delim = {_literal(delimiter)}"] if dialect.get("delimiter") else []
    elif fmt != "parquet":
        options += [
            f"format = '{_json_form(fmt, old=nulls is not None)}'",
            "convert_strings_to_integers = false",
        ]
    reader = {"csv": "read_csv", "parquet": "read_parquet"}.get(fmt, "read_json")
    listed = ", ".join(_literal(str(file)) for file in files)
    source = f"{reader}([{listed}], {', '.join(options)})"
    described = database.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    names = tuple(row[0] for row in described)
    if fmt in ("json", "ndjson") and names == ("json",) and described[0][1].startswith(("JSON", "MAP")):
        names = ()  # no record names a key
    texts = ", ".join(f"CAST({_quoted(name)} AS VARCHAR) AS {_quoted(name)}" for name in names)
    return Side(names, f"SELECT {texts or '1 AS one'} FROM {source}")


def _json_form(fmt: str, *, old: bool) -> str:
    """Many a DAG of old wrote a record a line under the name of json."""
    if fmt == "json":
        return "auto" if old else "array"
    return "newline_delimited"


def _one(database: Any, sql: str) -> Any:
    return database.execute(sql).fetchone()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

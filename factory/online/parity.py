"""`factory parity`: whether what a spec publishes holds what an old DAG left in S3; one page.

Files are fetched to local disk and read by DuckDB as a stream, whatever their size. Values are compared by what they mean, for an old
file may write `1` where a new one has `1.0`, and `2026-01-31T06:00:00.000+0000` where a new one has `…Z`.
"""

import re
from collections.abc import Iterator, Mapping
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
_URL = re.compile(r"s3://([^/]+)/?(.*)")


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
    old: str, spec_path: Path, bucket: str | None, endpoint_url: str | None, environment: str | None
) -> int:
    """Print rows, columns and sums of both sides; 1 where they differ.

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
            before = _old(buckets[match[1]], match[2], Path(folder, "old"), database)
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
    click.echo(
        f"\n{'Different: ' + ', '.join(different) + '.' if different else 'The same rows, columns and sums.'}"
    )
    return 1 if different else 0


def _page(
    old: str, new: str, before: Side, after: Side, manifest: Manifest, database: Any
) -> Iterator[tuple[str, bool, str]]:
    """What is compared, whether it is the same, and what is said of it."""
    click.echo(f"old  {old}\nnew  {new}\n")
    rows = [_one(database, f"SELECT count(*) FROM ({side.query})")[0] for side in (before, after)]
    yield "rows", rows[0] == rows[1], _both(*(f"{count:,}" for count in rows))
    gone = [name for name in before.columns if after.column(name) is None]
    added = [name for name in after.columns if before.column(name) is None]
    shared = len(before.columns) - len(gone)
    said = [
        f"{shared} in both",
        *([f"only old: {', '.join(gone)}"] if gone else []),
        *([f"only new: {', '.join(added)}"] if added else []),
    ]
    yield "columns", not gone, "; ".join(said)
    kinds = {column.name.lower(): column.kind for column in manifest.schema}
    for name in after.columns:
        other = before.column(name)
        if other is not None:
            kind = kinds.get(name.lower(), "text")
            measured = [
                _measured(database, side.query, own, kind) for side, own in ((before, other), (after, name))
            ]
            yield name, measured[0] == measured[1], _both(*(one.said for one in measured))


def _both(before: str, after: str) -> str:
    return before if before == after else f"old {before} | new {after}"


def _measured(database: Any, query: str, column: str, kind: str) -> Measured:
    """A column in figures: sums of numbers and days, counts of true, a sum over the hashes of texts."""
    text = f"nullif({_quoted(column)}, '')"
    value, total, word = {
        "number": (f"TRY_CAST({text} AS DECIMAL(38, 9))", "coalesce(sum(v), 0)", "sum"),
        "integer": (f"TRY_CAST({text} AS DECIMAL(38, 9))", "coalesce(sum(v), 0)", "sum"),
        "float": (f"TRY_CAST({text} AS DOUBLE)", "round(coalesce(sum(v), 0), 6)", "sum"),
        "date": (f"epoch_ms(TRY_CAST({text} AS TIMESTAMP))", "coalesce(sum(v), 0) // 86400000", "sum of days"),
        "datetime": (f"epoch_ms(TRY_CAST({text} AS TIMESTAMPTZ))", "coalesce(sum(v), 0) // 1000", "sum of seconds"),
        "boolean": (f"CASE WHEN lower({text}) IN ('true', '1') THEN 1 WHEN {text} IS NOT NULL THEN 0 END", "coalesce(sum(v), 0)", "true"),
    }.get(kind, (text, "coalesce(sum((hash(v) % 4294967296)::HUGEINT), 0)", "checksum"))  # fmt: skip
    found = _one(
        database,
        f"SELECT count({text}), count({text}) - count(v), {total} FROM (SELECT *, {value} AS v FROM ({query}))",
    )
    return Measured(found[0], found[1], f"{word} {_plain(found[2])}")


def _plain(value: Any) -> str:
    text = f"{value:f}" if not isinstance(value, int) else str(value)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _old(bucket: Bucket, prefix: str, folder: Path, database: Any) -> Side:
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
    return _side(formats.pop(), fetched, {}, database)


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


def _side(fmt: str, files: list[Path], extra: Mapping[str, Any], database: Any) -> Side:
    """The rows of files as texts."""
    dialect, folders = extra.get("csv", {}), bool(extra.get("partition_by"))
    options = [f"hive_partitioning = {str(folders).lower()}", "union_by_name = true"]
    if fmt == "csv":
        delimiter = {"tab": "\t"}.get(dialect.get("delimiter", ","), dialect.get("delimiter", ","))
        options += [
            "all_varchar = true",
            "header = true",
            f"nullstr = {_literal(dialect.get('null', ''))}",
            "strict_mode = false",
        ]
        options += [f"delim = {_literal(delimiter)}"] if dialect.get("delimiter") else []
    elif fmt != "parquet":
        options += [
            f"format = '{'array' if fmt == 'json' else 'newline_delimited'}'",
            "convert_strings_to_integers = false",
        ]
    reader = {"csv": "read_csv", "parquet": "read_parquet"}.get(fmt, "read_json")
    listed = ", ".join(_literal(str(file)) for file in files)
    source = f"{reader}([{listed}], {', '.join(options)})"
    described = database.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    names = tuple(row[0] for row in described)
    texts = ", ".join(f"CAST({_quoted(name)} AS VARCHAR) AS {_quoted(name)}" for name in names)
    return Side(names, f"SELECT {texts} FROM {source}")


def _one(database: Any, sql: str) -> Any:
    return database.execute(sql).fetchone()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

"""Publications that are no tables, as views for DuckDB: of each dataset the newest, by its manifest.

Parquet objects are read where they lie. Text formats are read by the lake's own reader into a table of DuckDB, whose values have the types
that the manifest names: DuckDB's reader of JSON rounds numbers of more than 17 digits.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.history import newest_manifest
from lake_ingest.lake.manifest import Manifest
from lake_ingest.rows.column import SINGLE, Column
from lake_ingest.rows.decode import read_rows
from lake_ingest.spec.object_key import deleted_prefix

from factory.command_failure import Failure
from factory.model.ingestion import Ingestion

Name = tuple[str, str]  # of a schema and a view in it
_DIGITS = 38  # of DuckDB's decimals
_PLAIN = {"boolean": "BOOLEAN", "integer": "BIGINT", "date": "DATE"}


@dataclass(frozen=True)
class Dataset:
    """Where a dataset that is no table is published."""

    bucket: Bucket
    prefix: str

    def manifest(self, title: str) -> Manifest:
        """The newest.

        Raises:
            Failure: nothing was published.
        """
        found = newest_manifest(self.bucket, self.prefix)
        if found is None:
            raise Failure(
                f"{title} has not been published yet: there is no manifest below {self.bucket.url(self.prefix)}."
            )
        return found


def datasets_of(specs: Sequence[Ingestion], buckets: Mapping[str, Bucket]) -> dict[Name, Dataset]:
    """The datasets of specs by unit and name, those of their missing keys too."""
    found = {}
    for spec in specs:
        bucket = buckets[spec.bucket]
        found[spec.unit.name, spec.name] = Dataset(bucket, spec.prefix)
        if spec.compare_ids:
            found[spec.unit.name, f"{spec.name}_deleted"] = Dataset(bucket, deleted_prefix(spec.prefix))
    return found


def show(connection: Any, name: Name, dataset: Dataset) -> None:
    """Give a connection the view of a dataset; its column `_logical_date` says which publication it is.

    Raises:
        Failure: nothing was published.
        IngestionError: an object cannot be read.
    """
    manifest = dataset.manifest(".".join(name))
    schema, view = (_quoted(one) for one in name)
    connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
    urls = [dataset.bucket.url(batch.key) for batch in manifest.batches]
    if manifest.format == "parquet":
        source = f"read_parquet([{', '.join(map(_text, urls))}], hive_partitioning = false)"
    else:
        source = f"{schema}.{_quoted(name[1] + ' of text')}"
        _load(connection, source, dataset.bucket, manifest)
    date = f"TIMESTAMPTZ {_text(manifest.logical_date.isoformat())}"
    connection.execute(f"CREATE VIEW {schema}.{view} AS SELECT *, {date} AS _logical_date FROM {source}")


def _load(connection: Any, table: str, bucket: Bucket, manifest: Manifest) -> None:
    columns = ", ".join(f"{_quoted(column.name)} {_type(column)}" for column in manifest.schema)
    connection.execute(f"CREATE TABLE {table} ({columns})")
    typed = ", ".join(_value(column) for column in manifest.schema)
    for batch in _texts(bucket, manifest):
        connection.register("came", pa.Table.from_batches([batch]))
        connection.execute(f"INSERT INTO {table} SELECT {typed} FROM came")
        connection.unregister("came")


def _texts(bucket: Bucket, manifest: Manifest) -> Iterator[pa.RecordBatch]:
    names = [column.name for column in manifest.schema]
    null = manifest.extra.get("csv", {}).get("null", "")
    with TemporaryDirectory(prefix="query-") as folder:
        file = Path(folder, "object")
        for batch in manifest.batches:
            bucket.download(batch.key, file)
            yield from read_rows(file, manifest.format, manifest.compression, names, null)


def _type(column: Column) -> str:
    match column.kind:
        case "number" if column.precision is not None and column.precision <= _DIGITS:
            return f"DECIMAL({column.precision}, {column.scale or 0})"
        case "float":
            return "FLOAT" if column.precision == SINGLE else "DOUBLE"
        case "datetime" if column.unit != "ns":
            return "TIMESTAMPTZ" if column.zoned else "TIMESTAMP"
        case "time" if column.unit != "ns":
            return "TIME"
        case "binary":
            return "BLOB"
        case kind:
            return _PLAIN.get(kind, "VARCHAR")


def _value(column: Column) -> str:
    """The value of a column of canonical text."""
    name, kind = _quoted(column.name), _type(column)
    if kind == "BLOB":
        return f"from_base64({name})"
    text = f"rtrim({name}, 'Z')" if kind == "TIME" else name
    return f"CAST({text} AS {kind})"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"

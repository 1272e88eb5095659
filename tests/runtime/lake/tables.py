"""A dataset that is a table, published by hand, and read by two engines that this project did not write."""

import functools
import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from typing import Any

import boto3
from botocore.config import Config
from lake_ingest.lake.bucket import CLIENT_OPTIONS, Bucket
from lake_ingest.lake.manifest import Manifest, PublishedBatch, described, published
from lake_ingest.lake.publication import Place
from lake_ingest.lake.table import OpenTable
from lake_ingest.lake.table_catalogue import Home
from lake_ingest.rows.column import Column
from lake_ingest.rows.encode.parquet import ParquetEncoder
from lake_ingest.rows.typed import arrow_type
from lake_ingest.spec.interval import Interval
from lake_ingest.spec.lake_table import LakeTable
from pyarrow import RecordBatch, array
from pyiceberg.catalog.glue import GlueCatalog

from tests.runtime.lake.duckdb_reader import select

PREFIX = "finance/deals"
COLUMNS = (
    Column("Id", "text", source_type="id", key=0),
    Column("Account.Name", "text"),
    Column("Amount", "number", precision=10, scale=2),
    Column("Changed", "datetime", unit="ms"),
    Column("Open", "time", unit="ms"),
)
Row = tuple[Any, ...]


@dataclass
class Dataset:
    """`publish` does what a run does when its rows are read; `rows` is what both engines read, with each row's date."""

    bucket: Bucket
    table: LakeTable
    glue: Any
    columns: tuple[Column, ...] = COLUMNS
    runs: int = field(default=0)
    dates: Callable[[int], Any] = field(default_factory=lambda: date_of)

    @classmethod
    def new(cls, bucket: Bucket) -> "Dataset":
        glue = glue_at(bucket.client.meta.endpoint_url)
        table = LakeTable(f"unit_{uuid.uuid4().hex[:12]}", "deals", "Open deals", "Ada", "ada@example.com")
        glue.create_database(DatabaseInput={"Name": table.database})
        return cls(bucket, table, glue)

    def place(self, day: int) -> Place:
        return Place.of(self.bucket, PREFIX, self.dates(day))

    def open(self, day: int, **changed: Any) -> OpenTable:
        home = Home(self.table, self.glue, self.bucket.url(f"{PREFIX}_table"))
        return OpenTable(home, self.place(day), changed.get("columns", self.columns), "Opportunity")

    def publish(self, day: int, rows: list[Row]) -> Manifest:
        table = self.open(day)
        manifest = self.write(day, rows)
        self.bucket.delete(table.move(manifest))
        return manifest

    def write(self, day: int, rows: list[Row], of_an_object: int = 2) -> Manifest:
        """The publication alone, its rows in objects of a few, as batches are."""
        place, self.runs = self.place(day), self.runs + 1
        parts = [rows[start : start + of_an_object] for start in range(0, len(rows), of_an_object)] or [[]]
        batches = tuple(self._object(place, part) for part in parts)
        date = self.dates(day)
        manifest = published(
            Manifest(
                "finance", "deals", "salesforce", "Opportunity", "finance.deals", f"run {self.runs}", "v", date,
                Interval(date, date), Interval(None, None), False, "parquet", "snappy",
                tuple(described(column) for column in self.columns), {}, 0, batches,
            )
        )  # fmt: skip
        standing = self.bucket.read(place.manifest)
        self.bucket.replace_json(place.manifest, manifest.to_dict(), standing.etag if standing else None)
        return manifest

    def told(self, name: str) -> str:
        """A property of the table, which Glue shows too, but for what pyiceberg 0.9, of Airflow 3.0.6, writes."""
        value = self.loaded().properties[name]
        if not version("pyiceberg").startswith("0.9."):
            shown = self.glue.get_table(DatabaseName=self.table.database, Name=self.table.name)["Table"]
            assert shown["Parameters"][name] == value
        return value

    def rows(self) -> list[Row]:
        by_pyiceberg = [
            tuple(map(understood, row.items()))
            for row in self.scanned().to_arrow().drop(["_as_of"]).to_pylist()
        ]
        by_duckdb = select(self.glue, self.table.database, self.table.name, "* EXCLUDE (_as_of)")
        found = sorted(map(comparable, by_pyiceberg))
        assert found == sorted(map(comparable, by_duckdb))
        return found

    def days(self) -> set[int]:
        """The days of the publications that the table holds, back from today where dates are counted so."""
        found = {row[-1] for row in self.rows()}
        return {day for day in range(500) if (date := self.dates(day)) and date.isoformat() in found}

    def scanned(self) -> Any:
        return self.loaded().scan()

    def loaded(self) -> Any:
        return reader_at(self.endpoint).load_table((self.table.database, self.table.name))

    @property
    def endpoint(self) -> str:
        return self.bucket.client.meta.endpoint_url

    def _object(self, place: Place, rows: list[Row]) -> PublishedBatch:
        body = io.BytesIO()
        encoder = ParquetEncoder(self.columns, "snappy", body)
        if rows:
            values = [
                array([row[index] for row in rows], arrow_type(column))
                for index, column in enumerate(self.columns)
            ]
            encoder.write(RecordBatch.from_arrays(values, [column.name for column in self.columns]))
        encoder.close()
        key = f"{place.folder}Opportunity.{uuid.uuid4().hex[:12]}.parquet"
        self.bucket.put_bytes(key, body.getvalue())
        return PublishedBatch(
            Interval(None, None), key, len(rows), len(body.getvalue()), "", "", "", 0, 0, 0.0
        )


@functools.cache
def glue_at(endpoint_url: str) -> Any:
    session = boto3.Session("key", "secret", region_name="eu-west-1")
    return session.client("glue", endpoint_url=endpoint_url, config=Config(**CLIENT_OPTIONS))


@functools.cache
def reader_at(endpoint_url: str) -> GlueCatalog:
    """pyiceberg's own way to the Glue and the S3 of the sandbox."""
    reached = {
        "access-key-id": "key",
        "secret-access-key": "secret",
        "endpoint": endpoint_url,
        "region": "eu-west-1",
    }
    return GlueCatalog(
        "reader",
        **{f"{service}.{key}": value for service in ("glue", "s3") for key, value in reached.items()},
    )


def date_of(day: int) -> datetime:
    return datetime(2026, 11, day, 6, 30, tzinfo=UTC)


def understood(cell: tuple[str, Any]) -> Any:
    """A value as pyiceberg means it: its version 0.9, of Airflow 3.0.6, reads the column of a partition as what is stored, microseconds."""
    name, value = cell
    return (
        datetime.fromtimestamp(value / 1e6, UTC)
        if name == "_logical_date" and isinstance(value, int)
        else value
    )


def comparable(row: Row) -> Row:
    """One zone, whatever the engine; a null sorts as nothing."""
    return tuple(
        value.astimezone(UTC).isoformat()
        if isinstance(value, datetime)
        else ""
        if value is None
        else str(value)
        for value in row
    )

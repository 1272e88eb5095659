"""What lies in the lake: publications as their manifests describe them, and SQL over their objects."""

import json
from dataclasses import dataclass
from typing import Any

import duckdb
import pyarrow as pa
from lake_ingest.spec.object_key import MANIFEST_NAME
from pyarrow import csv, dataset, fs

from sandbox.object_store import REGION, ObjectStore


@dataclass(frozen=True)
class Publication:
    """One `_manifest.json`; `body` is its content, described in docs/architecture.md."""

    key: str
    body: dict[str, Any]

    @property
    def dag_id(self) -> str:
        """`<unit>.<name>`."""
        return f"{self.body['unit']}.{self.body['name']}"

    @property
    def keys(self) -> list[str]:
        """The data objects, one for each batch, in order."""
        return [batch["key"] for batch in self.body["batches"]]

    @property
    def window(self) -> str:
        """`2026-05-22 … 2026-11-22`, or `all`; `…` alone stands for an end that is not bounded."""
        start, end = (self.body["window"][side] for side in ("start", "end"))
        return f"{_shortened(start)} … {_shortened(end)}".strip() if start or end else "all"


def publications(store: ObjectStore) -> list[Publication]:
    """Every publication of the bucket, in the order of their keys."""
    client = store.client()
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=store.bucket)
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    return [
        Publication(key, json.loads(client.get_object(Bucket=store.bucket, Key=key)["Body"].read()))
        for key in sorted(keys)
        if key.endswith(f"/{MANIFEST_NAME}")
    ]


def query(store: ObjectStore, publication: Publication, sql: str) -> duckdb.DuckDBPyRelation:
    """Run `sql` over a CSV or Parquet publication, which it sees as the table `landed`; CSV columns are texts.

    Arrow reads the objects from the S3 endpoint and hands DuckDB the columns that the query needs: DuckDB's own S3 reader is
    an extension that has to be downloaded.
    """
    paths = [f"{store.bucket}/{key}" for key in publication.keys]
    connection = duckdb.connect()
    connection.register(
        "landed", dataset.dataset(paths, filesystem=_filesystem(store), format=_format(publication))
    )
    return connection.sql(sql)


def _filesystem(store: ObjectStore) -> fs.S3FileSystem:
    role = store.session().get_credentials()
    assert role is not None
    return fs.S3FileSystem(
        access_key=role.access_key,
        secret_key=role.secret_key,
        session_token=role.token,
        scheme="http",
        endpoint_override=store.endpoint_url.removeprefix("http://"),
        region=REGION,
    )


def _format(publication: Publication) -> dataset.FileFormat:
    if publication.body["format"] == "parquet":
        return dataset.ParquetFileFormat()
    texts = {column["name"]: pa.string() for column in publication.body["schema"]}
    return dataset.CsvFileFormat(
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(column_types=texts),
    )


def _shortened(instant: str | None) -> str:
    return instant.removesuffix("Z").removesuffix("T00:00:00") if instant else ""

"""Athena's `OPTIMIZE` and `VACUUM` of an Iceberg table, done by pyiceberg: https://docs.aws.amazon.com/athena/latest/ug/vacuum-statement.html.

A table is worth rewriting as Athena's properties of tables say, with their usual values; then it is rewritten whole, in memory. `WHERE`
is refused. Former metadata of a table is its writers' own affair.
"""

import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pyarrow as pa
from botocore.exceptions import ClientError
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.io.pyarrow import _dataframe_to_data_files
from pyiceberg.manifest import ManifestEntry, ManifestFile
from pyiceberg.table import Table, Transaction
from pyiceberg.table.snapshots import Operation
from pyiceberg.table.update import AssertTableUUID, RemoveSnapshotsUpdate
from pyiceberg.table.update.snapshot import _SnapshotProducer

_STATEMENT = re.compile(
    r"\s*(?P<what>OPTIMIZE|VACUUM)\s+(?P<space>\w+)\.(?P<name>\w+)(?P<rest>.*?)\s*", re.IGNORECASE | re.DOTALL
)
_HOW = re.compile(r"\s+REWRITE\s+DATA\s+USING\s+BIN_PACK", re.IGNORECASE)
_LEAST_BYTES, _MOST_BYTES = 402_653_184, 966_367_641
_FILES, _DELETE_FILES = 5, 2  # how many make a rewriting worth while
_OLDEST = "432000"  # seconds, of a snapshot


class UpkeepError(Exception):
    """The statement cannot be done."""


def is_upkeep(sql: str) -> bool:
    """Whether a statement is one of these."""
    return bool(re.match(r"\s*(OPTIMIZE|VACUUM)\b", sql, re.IGNORECASE))


def keep_up(sql: str, catalogue: Catalog) -> None:
    """Run a statement.

    Raises:
        UpkeepError: it is written in another way, or the table does not allow it.
    """
    found = _STATEMENT.fullmatch(sql)
    if found is None:
        raise UpkeepError(f"not understood: {sql}")
    try:
        table = catalogue.load_table((found["space"], found["name"]))
    except NoSuchTableError as error:
        raise UpkeepError(f"TABLE_NOT_FOUND: {error}") from None
    if found["what"].upper() == "OPTIMIZE":
        if not _HOW.fullmatch(found["rest"]):
            raise UpkeepError(
                f"only OPTIMIZE … REWRITE DATA USING BIN_PACK is done here, without WHERE: {sql}"
            )
        optimize(table)
    elif found["rest"]:
        raise UpkeepError(f"not understood: {sql}")
    else:
        vacuum(table, _client(catalogue))


def optimize(table: Table) -> None:
    """Write the files anew where those of a partition are many and small or large, or have rows deleted by several files."""
    tasks = list(table.scan().plan_files())
    of_partition = Counter(str(task.file.partition) for task in tasks if _has_a_wrong_size(task))
    if max(of_partition.values(), default=0) < _FILES and not any(map(_has_many_deletes, tasks)):
        return
    transaction = table.transaction()
    with _Rewriting(Operation.OVERWRITE, transaction, table.io) as rewriting:
        for task in tasks:
            rewriting.delete_data_file(task.file)
        for file in _files_of(transaction, table.scan().to_arrow(), table):
            rewriting.append_data_file(file)
    transaction.commit_transaction()


def vacuum(table: Table, client: Any) -> None:
    """Forget snapshots that are too old, and delete what no other names, and what lies about in the table's folder for as long."""
    properties = table.metadata.properties
    if properties.get("gc.enabled", "true").lower() == "false":
        raise UpkeepError("Cannot expire snapshots: GC is disabled (deleting files may corrupt other tables)")
    limit = datetime.now(UTC) - timedelta(
        seconds=int(properties.get("vacuum_max_snapshot_age_seconds", _OLDEST))
    )
    before = _reachable(table)
    _forget(table, limit)
    needed = _reachable(table.refresh())
    bucket, _, folder = table.location().removeprefix("s3://").partition("/")
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=f"{folder.rstrip('/')}/")
    lying = [one for page in pages for one in page.get("Contents", ())]
    old = {f"s3://{bucket}/{one['Key']}" for one in lying if one["LastModified"] < limit}
    for url in (before | old) - needed:
        bucket, _, key = url.removeprefix("s3://").partition("/")
        try:
            client.delete_object(Bucket=bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] != "AccessDenied":
                raise  # Athena succeeds without the right to delete, and the files stay


def _forget(table: Table, limit: datetime) -> None:
    """Snapshots that are older, unless something names them."""
    named = {one.snapshot_id for one in table.metadata.refs.values()}
    old = [one for one in table.metadata.snapshots if one.timestamp_ms < limit.timestamp() * 1000]
    gone = [one.snapshot_id for one in old if one.snapshot_id not in named]
    if gone:
        update = RemoveSnapshotsUpdate.model_validate(
            {"snapshot-ids": gone}
        )  # as pyiceberg 0.9, that of Airflow 3.0, does not
        table.catalog.commit_table(table, (AssertTableUUID(uuid=table.metadata.table_uuid),), (update,))


class _Rewriting(_SnapshotProducer["_Rewriting"]):
    """Other files with the same rows, and nothing of what there was."""

    def _existing_manifests(self) -> list[ManifestFile]:
        return []

    def _deleted_entries(self) -> list[ManifestEntry]:
        return []


def _client(catalogue: Catalog) -> Any:
    """S3 with the rights of whoever asks."""
    given = catalogue.properties
    return boto3.client(
        "s3",
        endpoint_url=given["s3.endpoint"],
        region_name=given["s3.region"],
        aws_access_key_id=given["s3.access-key-id"],
        aws_secret_access_key=given["s3.secret-access-key"],
        aws_session_token=given.get("s3.session-token"),
    )


def _has_a_wrong_size(task: Any) -> bool:
    return not _LEAST_BYTES <= task.file.file_size_in_bytes <= _MOST_BYTES


def _has_many_deletes(task: Any) -> bool:
    return len(task.delete_files) >= _DELETE_FILES


def _files_of(transaction: Transaction, rows: pa.Table, table: Table) -> list[Any]:
    return list(_dataframe_to_data_files(transaction.table_metadata, rows, table.io)) if rows.num_rows else []


def _reachable(table: Table) -> set[str]:
    """Every file that a snapshot of the table names, and the metadata that says so."""
    metadata, io = table.metadata, table.io
    found = {table.metadata_location, *(one.metadata_file for one in metadata.metadata_log)}
    for snapshot in metadata.snapshots:
        found.add(snapshot.manifest_list)
        for manifest in snapshot.manifests(io):
            found.add(manifest.manifest_path)
            found |= {entry.data_file.file_path for entry in manifest.fetch_manifest_entry(io)}
    return found

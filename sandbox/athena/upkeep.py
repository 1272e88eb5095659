"""Athena's `OPTIMIZE` and `VACUUM` of an Iceberg table, done by pyiceberg: https://docs.aws.amazon.com/athena/latest/ug/vacuum-statement.html.

Files are chosen as Athena's properties of tables say, with their usual values. A table is read into memory whole, and metadata is
kept by its writers' own settings. `WHERE` is refused.
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.fs as pafs
from pyiceberg.catalog import Catalog
from pyiceberg.exceptions import NoSuchTableError
from pyiceberg.io.pyarrow import ArrowScan, _dataframe_to_data_files
from pyiceberg.manifest import ManifestContent, ManifestFile
from pyiceberg.table import Table, Transaction
from pyiceberg.table.snapshots import Operation
from pyiceberg.table.update.snapshot import _OverwriteFiles

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
        vacuum(table)


def optimize(table: Table) -> None:
    """Put the files of each partition together that are small, large, or have rows deleted by several files."""
    of_partition: dict[Any, list[Any]] = {}
    for task in table.scan().plan_files():
        of_partition.setdefault((task.file.spec_id, str(task.file.partition)), []).append(task)
    chosen = []
    for tasks in of_partition.values():
        here = [task for task in tasks if _is_worth_it(task)]
        if len(here) > _FILES or any(len(task.delete_files) >= _DELETE_FILES for task in here):
            chosen += here
    if not chosen:
        return
    scan = table.scan()
    rows = ArrowScan(table.metadata, table.io, scan.projection(), scan.row_filter).to_table(chosen)
    transaction = table.transaction()
    with _Rewriting(Operation.REPLACE, transaction, table.io) as rewriting:
        for task in chosen:
            rewriting.delete_data_file(task.file)
        for file in _files_of(transaction, rows, table):
            rewriting.append_data_file(file)
    transaction.commit_transaction()


def vacuum(table: Table) -> None:
    """Forget snapshots that are too old, and delete what no other names, and what lies about in the table's folder for as long."""
    properties = table.metadata.properties
    if properties.get("gc.enabled", "true").lower() == "false":
        raise UpkeepError("Cannot expire snapshots: GC is disabled (deleting files may corrupt other tables)")
    limit = datetime.now(UTC) - timedelta(
        seconds=int(properties.get("vacuum_max_snapshot_age_seconds", _OLDEST))
    )
    before = _reachable(table)
    table.maintenance.expire_snapshots().older_than(limit.replace(tzinfo=None)).commit()
    needed = _reachable(table.refresh())
    folder = table.location().removeprefix("s3://").rstrip("/")
    files: pafs.FileSystem = table.io.fs_by_scheme("s3", None)  # type: ignore[attr-defined]
    lying = files.get_file_info(pafs.FileSelector(f"{folder}/", recursive=True, allow_not_found=True))
    old = {f"s3://{one.path}" for one in lying if one.is_file and one.mtime < limit}
    for url in (before | old) - needed:
        try:
            files.delete_file(url.removeprefix("s3://"))
        except OSError:  # as Athena: without the right to delete, it succeeds and the file stays
            continue


class _Rewriting(_OverwriteFiles):
    """Other files with the same rows; lists of deleted rows go with the files that they are of."""

    def _existing_manifests(self) -> list[ManifestFile]:
        snapshot = self._transaction.table_metadata.current_snapshot()
        assert snapshot is not None
        gone = {file.file_path for file in self._deleted_data_files}
        stays = {
            entry.data_file.file_path
            for manifest in snapshot.manifests(self._io)
            if manifest.content == ManifestContent.DATA
            for entry in manifest.fetch_manifest_entry(self._io)
        } - gone
        kept = super()._existing_manifests()
        return [one for one in kept if stays or one.content == ManifestContent.DATA]


def _is_worth_it(task: Any) -> bool:
    size = task.file.file_size_in_bytes
    return not _LEAST_BYTES <= size <= _MOST_BYTES or len(task.delete_files) >= _DELETE_FILES


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

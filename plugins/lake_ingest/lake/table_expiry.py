"""What leaves a history: publications that are older than the spec keeps them, and what only forgotten snapshots needed.

Both are a change of metadata, in the commit that registers a publication. Objects of publications are never deleted for it: they
belong to their manifests. So no engine may do it either, and `REGISTERED` tells each that obeys Iceberg's conventions.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from pyiceberg.expressions import And, BooleanExpression
from pyiceberg.expressions.parser import parse
from pyiceberg.table import Transaction
from pyiceberg.table.snapshots import Snapshot
from pyiceberg.table.update import RemoveSnapshotsUpdate, UpdatesAndRequirements, UpdateTableMetadata

from lake_ingest.lake.manifest import Manifest
from lake_ingest.spec.duration import Duration, shift
from lake_ingest.spec.lake_table import PUBLICATION_COLUMN

REGISTERED = {"gc.enabled": "false"}  # of a table whose data files are others' as well
_SNAPSHOTS_KEPT = 100
_FORGOTTEN_AT_ONCE = 10  # their lists of manifests are read, a request for each
_MANIFESTS = 100  # after which those of many publications are merged into one


def outlived(manifest: Manifest, keep: Duration | None) -> BooleanExpression | None:
    """The rows that are too old when a publication is registered; its own are not, whatever its date. None where all are kept."""
    if keep is None:
        return None
    published = datetime.fromisoformat(manifest.published_at).astimezone(UTC)
    limit = shift(published, keep, -1, ZoneInfo("UTC"))
    return And(
        parse(f"{PUBLICATION_COLUMN} < '{limit.replace(microsecond=0).isoformat()}'"),
        parse(f"{PUBLICATION_COLUMN} != '{stamp(manifest.logical_date)}'"),
    )


def stamp(logical_date: datetime) -> str:
    """A publication's date as conditions have it: of whole seconds, as in the names of publications."""
    return logical_date.replace(microsecond=0).isoformat()


def gather(transaction: Transaction) -> None:
    """Merge the manifests of a table that has very many: pyiceberg does it where it adds files, and not where it takes any out."""
    snapshot = transaction.table_metadata.current_snapshot()
    if snapshot and len(snapshot.manifests(transaction._table.io)) > _MANIFESTS:  # noqa: SLF001
        with transaction.update_snapshot().merge_append():
            pass


def forget_old(transaction: Transaction) -> list[str]:
    """Forget all but the newest snapshots: all are read with the table's metadata, by each commit and each query.

    Returns:
        URLs of metadata that none of the others needs, to be deleted once the transaction is committed.
    """
    metadata = transaction.table_metadata
    snapshots = sorted(metadata.snapshots, key=lambda one: one.sequence_number or 0)
    if len(snapshots) < _SNAPSHOTS_KEPT + _FORGOTTEN_AT_ONCE:
        return []
    named = {reference.snapshot_id for reference in metadata.refs.values()}
    kept = snapshots[-_SNAPSHOTS_KEPT:]
    old = [one for one in snapshots[:-_SNAPSHOTS_KEPT] if one.snapshot_id not in named]
    _Forgotten(transaction, [one.snapshot_id for one in old]).commit()
    if len(old) + len(kept) < len(snapshots) or not _in_a_line(snapshots):
        return []  # somebody has named a snapshot, or gone back to one: what is needed is not so easily told
    io = transaction._table.io  # noqa: SLF001
    needed = {one.manifest_path for one in kept[0].manifests(io)}
    theirs = {one.manifest_path for snapshot in old for one in snapshot.manifests(io)}
    return [*(theirs - needed), *(one.manifest_list for one in old)]


def _in_a_line(snapshots: Iterable[Snapshot]) -> bool:
    """Whether each was made from the one before: then a manifest that one of them lacks is in no later one."""
    return all(later.parent_snapshot_id == earlier.snapshot_id for earlier, later in pairwise(snapshots))


class _Forgotten(UpdateTableMetadata["_Forgotten"]):
    """Snapshots that a table no longer knows; pyiceberg 0.9, that of Airflow 3.0, has no such change."""

    def __init__(self, transaction: Transaction, snapshots: list[int]) -> None:
        super().__init__(transaction)
        self._snapshots = snapshots

    def _commit(self) -> UpdatesAndRequirements:
        return (RemoveSnapshotsUpdate.model_validate({"snapshot-ids": self._snapshots}),), ()

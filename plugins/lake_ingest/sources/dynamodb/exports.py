"""Exports: started, looked at, discarded.

Each export has a prefix of its own, which is noted before it is asked for: whatever becomes of this process, the retry knows
what to remove. An export cannot be stopped; what one that was left alone writes later is for the bucket's lifecycle rule.
"""

import logging
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from lake_ingest.errors import FatalError, IngestionError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.sources.dynamodb.connection import ExportPlace
from lake_ingest.sources.dynamodb.service import Service
from lake_ingest.sources.dynamodb.spans import Span
from lake_ingest.sources.dynamodb.table import Table
from lake_ingest.sources.polling import next_look
from lake_ingest.sources.source import Pending

log = logging.getLogger(__name__)

_PATIENCE = 12 * 3600.0  # seconds that the exports of a batch may take; there is no promise how long one does


@dataclass(frozen=True)
class Export:
    """An export as it is known between two looks.

    Attributes:
        prefix: below which it writes, in the connection's bucket.
        arn: of the export; empty before it was started.
        status: IN_PROGRESS, COMPLETED or FAILED.
        manifest: the key of its summary, once it is completed.
        code: why it failed.
        message: the same, for people.
    """

    prefix: str
    arn: str = ""
    status: str = "IN_PROGRESS"
    manifest: str = ""
    code: str = ""
    message: str = ""


def start_exports(
    service: Service, table: Table, spans: Sequence[Span] | None, folder: str, note: Callable[[Pending], None]
) -> tuple[Export, ...]:
    """Start one export of the whole table, or one for each span.

    Raises:
        FatalError: DynamoDB refuses, or the connection names no place for exports.
        RetriableError: it could not be asked.
    """
    place = place_of(service)
    wanted: Sequence[Span | None] = [None] if spans is None else spans
    exports = [Export(f"{place.prefix}/{folder}/{uuid.uuid4().hex}") for _ in wanted]
    since = time.time()
    for number, span in enumerate(wanted):
        note(pending_exports(exports, since))
        exports[number] = replace(
            exports[number], arn=_start(service, table, span, place, exports[number].prefix)
        )
    note(pending_exports(exports, since))
    return tuple(exports)


def _start(service: Service, table: Table, span: Span | None, place: ExportPlace, prefix: str) -> str:
    arguments: dict[str, Any] = {
        "TableArn": table.arn,
        "S3Bucket": place.bucket,
        "S3Prefix": prefix,
        "ExportFormat": "DYNAMODB_JSON",
        "ClientToken": prefix.rsplit("/", 1)[1],  # so that a request which is sent twice starts one export
        "ExportType": "FULL_EXPORT" if span is None else "INCREMENTAL_EXPORT",
    }
    if span is not None:
        arguments["IncrementalExportSpecification"] = {
            "ExportFromTime": span.start,
            "ExportToTime": span.end,
            "ExportViewType": "NEW_IMAGE",
        }
    if place.owner:
        arguments["S3BucketOwner"] = place.owner
    if place.kms_key:
        arguments |= {"S3SseAlgorithm": "KMS", "S3SseKmsKeyId": place.kms_key}
    answer = service.ask("export_table_to_point_in_time", f"export the table {table.name}", **arguments)
    arn: str = answer["ExportDescription"]["ExportArn"]
    log.info("DynamoDB export %s was started", arn)
    return arn


def look_at(service: Service, export: Export) -> Export:
    """See how an export stands.

    Raises:
        FatalError, RetriableError: DynamoDB could not say.
    """
    answer = service.ask("describe_export", f"look at export {export.arn}", ExportArn=export.arn)
    found = answer["ExportDescription"]
    return replace(
        export,
        status=found["ExportStatus"],
        manifest=found.get("ExportManifest") or "",
        code=found.get("FailureCode") or "",
        message=found.get("FailureMessage") or "",
    )


def pending_exports(exports: Sequence[Export], since: float) -> Pending:
    """Exports to be looked at again; ready when each has ended, however it did."""
    running = [export for export in exports if export.status == "IN_PROGRESS"]
    now = time.time()
    return Pending(
        what=f"DynamoDB export {', '.join(export.arn for export in exports if export.arn) or 'about to start'}",
        token={"exports": [asdict(export) for export in exports], "since": since},
        look_at=next_look(since) if running else now,
        deadline=since + _PATIENCE,
        ready=not running,
    )


def exports_of(token: Mapping[str, Any]) -> tuple[Export, ...]:
    """What `pending_exports` kept."""
    return tuple(Export(**one) for one in token.get("exports", ()))


def discard_exports(service: Service, exports: Sequence[Export]) -> None:
    """Remove what exports have written so far; what cannot be removed is left to the bucket's lifecycle rule."""
    for export in exports:
        try:
            bucket = export_bucket(service)
            bucket.delete(bucket.keys(f"{export.prefix}/"))
        except IngestionError as error:
            log.warning(
                "What export %s wrote is left to the bucket's lifecycle rule: %s",
                export.arn or export.prefix,
                error,
            )


def export_bucket(service: Service) -> Bucket:
    """The bucket where exports are written."""
    return Bucket(service.client("s3"), place_of(service).bucket)


def place_of(service: Service) -> ExportPlace:
    """Where exports are written.

    Raises:
        FatalError: the connection does not say.
    """
    if service.access.place is None:
        raise FatalError(
            f"connection '{service.access.conn_id}' names no place for exports; write export_bucket into its extra, or read_by: scan"
            " into the spec"
        )
    return service.access.place

"""DynamoDB behind the seam."""

import logging
import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.sources.dynamodb.columns import named, select_columns, select_key
from lake_ingest.sources.dynamodb.connection import read_connection
from lake_ingest.sources.dynamodb.exports import (
    Export,
    discard_exports,
    export_bucket,
    exports_of,
    look_at,
    pending_exports,
    place_of,
    start_exports,
)
from lake_ingest.sources.dynamodb.failure import of_failed_export
from lake_ingest.sources.dynamodb.options import DELETED, WRITTEN_AT, marks_deleted, options_of
from lake_ingest.sources.dynamodb.service import Service
from lake_ingest.sources.dynamodb.spans import Span, SpanError, cut_into_spans
from lake_ingest.sources.dynamodb.table import Recovery, Table, describe_recovery, describe_table
from lake_ingest.sources.polling import next_look
from lake_ingest.sources.registry import Connection
from lake_ingest.sources.source import Note, Pending, Request, Rows, Selection, Usage
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.interval import Interval, iso_instant
from lake_ingest.spec.window import Full

if TYPE_CHECKING:
    import pyarrow as pa

    from lake_ingest.sources.dynamodb.items import ItemReader

log = logging.getLogger(__name__)

_PATIENCE = (
    3600.0  # seconds that point-in-time recovery may lag behind a window's end; it does by five minutes
)
_AHEAD = timedelta(hours=1)


def open_source(connection: Connection, options: Mapping[str, Any]) -> "DynamoDBSource":  # noqa: ARG001
    """The tables behind an Airflow connection; nothing is asked yet."""
    return DynamoDBSource(Service(read_connection(connection)))


class DynamoDBSource:
    """The tables of one account and region."""

    def __init__(self, service: Service) -> None:
        """Ask nothing yet."""
        self._service = service

    @property
    def calls(self) -> int:
        """Requests to DynamoDB that were made; those to S3 are not among them."""
        return self._service.calls

    @property
    def usage(self) -> Usage | None:
        """DynamoDB has no limit that all its readers share."""
        return None

    def select(self, ingestion: Ingestion) -> Selection:
        """Choose the columns from the spec and the table's key, and see whether its window can be read."""
        options_of(ingestion)
        table = describe_table(self._service, ingestion.object)
        columns = select_columns(ingestion, table)
        route = self._route(ingestion, table)
        if route == "scan" and not isinstance(ingestion.window, Full):
            raise FatalError(
                f"{ingestion.dataset}: point-in-time recovery is off for {table.name}, or the spec says read_by: scan, so only"
                " window: full can be read. Turn point-in-time recovery on, or write window: full."
            )
        incremental = not isinstance(ingestion.window, Full)
        return Selection(
            columns,
            {"table": asdict(table), "route": route},
            deleted=DELETED if marks_deleted(ingestion) else None,
            newest_by=WRITTEN_AT if incremental and options_of(ingestion).written_at else None,
            as_of_end=incremental,
        )

    def select_keys(self, ingestion: Ingestion) -> Selection:
        """The key's attributes of every item."""
        table = describe_table(self._service, ingestion.object)
        return Selection(select_key(table), {"table": asdict(table), "route": self._route(ingestion, table)})

    def await_commits(self, ingestion: Ingestion, instant: datetime, since: float) -> Pending | None:
        """Nothing is committed late under an instant that point-in-time recovery has passed."""
        waiting = self._lag(ingestion.object, instant, since)
        return None if waiting.ready else waiting

    def begin(self, request: Request, note: Note) -> Rows | Pending:
        """Scan, or start the exports; where the window's end is too fresh for one, wait for it first."""
        table = _table(request.selection)
        if request.limit is not None or request.selection.notes["route"] == "scan":
            return self._scan(request, table)
        spans = _spans(request)
        if spans == ():
            return self._rows(request, ())
        if spans is not None:
            recovery = describe_recovery(self._service, table.name)
            _check_reach(request.ingestion, table, recovery, spans)
            if recovery.latest is None or recovery.latest < spans[-1].end:
                return _lagging(table.name, spans[-1].end, time.time(), ready=False)
        return self._start(request, table, spans, note)

    def resume(self, request: Request, pending: Pending, note: Note) -> Rows | Pending:
        """Start the exports when the window's end is old enough, and read them when they are written."""
        if "until" in pending.token:
            return self._start(request, _table(request.selection), _spans(request), note)
        exports = exports_of(pending.token)
        for export in exports:
            if export.status == "FAILED":
                raise of_failed_export(export.arn, export.code, export.message)
        return self._rows(request, exports)

    def look(self, pending: Pending) -> Pending:
        """One request for each export that still runs, or one for how far point-in-time recovery is."""
        token = pending.token
        if "until" in token:
            return self._lag(token["table"], datetime.fromisoformat(token["until"]), token["since"])
        known = [
            look_at(self._service, export) if export.status == "IN_PROGRESS" else export
            for export in exports_of(token)
        ]
        return pending_exports(known, token["since"])

    def discard(self, pending: Pending) -> None:
        """Remove what the exports have written."""
        discard_exports(self._service, exports_of(pending.token))

    def key_text(self, batch: "pa.RecordBatch", columns: tuple[Column, ...]) -> "pa.Array":
        """The key's one canonical text."""
        from lake_ingest.rows.key import key_text  # noqa: PLC0415 - Arrow, once there are rows

        return key_text(batch, columns)

    def _route(self, ingestion: Ingestion, table: Table) -> str:
        wanted = options_of(ingestion).read_by
        if wanted == "auto":
            wanted = "export" if describe_recovery(self._service, table.name).is_on else "scan"
        if wanted == "export":
            place_of(self._service)
        return wanted

    def _start(self, request: Request, table: Table, spans: tuple[Span, ...] | None, note: Note) -> Pending:
        folder = f"{request.ingestion.unit}.{request.ingestion.name}"
        started = time.time()
        return pending_exports(start_exports(self._service, table, spans, folder, note), started)

    def _rows(self, request: Request, exports: tuple[Export, ...]) -> Rows:
        from lake_ingest.sources.dynamodb.export_rows import ExportRows  # noqa: PLC0415 - Arrow, once there are rows

        keeps = marks_deleted(request.ingestion)
        bucket, reader = export_bucket(self._service), _reader(request)
        return ExportRows(bucket, exports, reader, _statement(request), keeps)

    def _scan(self, request: Request, table: Table) -> Rows:
        from lake_ingest.sources.dynamodb.scan import ScanRows, pace_for  # noqa: PLC0415 - Arrow, once there are rows

        pace = pace_for(table, options_of(request.ingestion).read_capacity)
        return ScanRows(self._service, table, _reader(request), pace, request.limit)

    def _lag(self, table: str, until: datetime, since: float) -> Pending:
        recovery = describe_recovery(self._service, table)
        return _lagging(table, until, since, ready=recovery.latest is not None and recovery.latest >= until)


def _lagging(table: str, until: datetime, since: float, *, ready: bool) -> Pending:
    return Pending(
        what=f"point-in-time recovery of {table} up to {iso_instant(until)}",
        token={"until": until.isoformat(), "table": table, "since": since},
        look_at=next_look(since),
        deadline=since + _PATIENCE,
        ready=ready,
    )


def _check_reach(ingestion: Ingestion, table: Table, recovery: Recovery, spans: tuple[Span, ...]) -> None:
    """Refuse a window that DynamoDB no longer, or not yet, knows."""
    start, end = spans[0].start, spans[-1].end
    if recovery.earliest is None:
        raise FatalError(
            f"{ingestion.dataset}: point-in-time recovery of {table.name} was turned off after the run was planned. Turn it on."
        )
    if start < recovery.earliest:
        raise FatalError(
            f"{ingestion.dataset}: the window begins at {iso_instant(start)}, and point-in-time recovery of {table.name} reaches back"
            f" to {iso_instant(recovery.earliest.replace(microsecond=0))} (35 days at the most). Read the table once with window: full,"
            " and begin the schedule after that."
        )
    if end > datetime.now(UTC) + _AHEAD:
        raise FatalError(
            f"{ingestion.dataset}: the window ends at {iso_instant(end)}, which is still to come"
        )


def _spans(request: Request) -> tuple[Span, ...] | None:
    """What incremental exports cover; None for a full one."""
    bounds = request.batch
    if bounds == Interval(None, None):
        return None
    if not isinstance(bounds, Interval):
        raise FatalError(f"{request.ingestion.dataset}: DynamoDB has no cursor of dates")
    try:
        return cut_into_spans(bounds.start, bounds.end)
    except SpanError as error:
        raise FatalError(f"{request.ingestion.dataset}: {error}") from None


def _statement(request: Request) -> str:
    if request.batch == Interval(None, None):
        return f"ExportTableToPointInTime FULL_EXPORT {request.ingestion.object}"
    bounds = request.batch.to_dict()
    return f"ExportTableToPointInTime INCREMENTAL_EXPORT {request.ingestion.object} {bounds['start']} {bounds['end']}"


def _table(selection: Selection) -> Table:
    kept = selection.notes["table"]
    return Table(**{**kept, "key": tuple((name, kind) for name, kind in kept["key"])})


def _reader(request: Request) -> "ItemReader":
    from lake_ingest.sources.dynamodb.items import ItemReader  # noqa: PLC0415 - Arrow, once there are rows

    ingestion, table = request.ingestion, _table(request.selection)
    reads_key_alone = all(column.key is not None for column in request.selection.columns)
    return ItemReader(
        table.name,
        request.selection.columns,
        None if reads_key_alone else named(ingestion, [name for name, _ in table.key]),
        strict=ingestion.drift == "fail",
    )

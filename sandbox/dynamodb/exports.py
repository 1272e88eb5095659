"""Exports under way, and what DynamoDB says of them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.dynamodb.models.table import Table
from moto.s3.models import s3_backends

from sandbox.dynamodb.layout import Facts, files_of, full_lines, incremental_lines
from sandbox.dynamodb.tables import Tables

_SHORTEST, _LONGEST, _REACH = timedelta(minutes=15), timedelta(hours=24), timedelta(days=35)
_KNOWN = {
    "TableArn", "ExportTime", "ClientToken", "S3Bucket", "S3BucketOwner", "S3Prefix", "S3SseAlgorithm", "S3SseKmsKeyId",
    "ExportFormat", "ExportType", "IncrementalExportSpecification",
}  # fmt: skip


class ApiError(Exception):
    """An error by AWS's name for it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass
class Export:
    """An export: what was asked, and how it stands."""

    arn: str
    export_id: str
    table: Table
    asked: Mapping[str, Any]
    started: datetime
    export_time: datetime
    span: tuple[datetime, datetime] | None
    status: str = "IN_PROGRESS"
    ended: datetime | None = None
    manifest: str | None = None
    items: int = 0
    bytes: int = 0
    failure: tuple[str, str] | None = None

    def described(self) -> dict[str, Any]:
        """As `DescribeExport` answers."""
        asked = self.asked
        found: dict[str, Any] = {
            "ExportArn": self.arn,
            "ExportStatus": self.status,
            "StartTime": self.started,
            "TableArn": self.table.table_arn,
            "TableId": table_id(self.table),
            "ClientToken": asked.get("ClientToken"),
            "S3Bucket": asked["S3Bucket"],
            "S3Prefix": asked.get("S3Prefix"),
            "S3SseAlgorithm": asked.get("S3SseAlgorithm", "AES256"),
            "ExportFormat": "DYNAMODB_JSON",
            "ExportType": "INCREMENTAL_EXPORT" if self.span else "FULL_EXPORT",
        }
        if self.span:
            found["IncrementalExportSpecification"] = asked["IncrementalExportSpecification"]
        else:
            found["ExportTime"] = self.export_time
        if self.ended:
            found["EndTime"] = self.ended
        if self.manifest:
            found |= {"ExportManifest": self.manifest, "ItemCount": self.items, "BilledSizeBytes": self.bytes}
        if self.failure:
            found["FailureCode"], found["FailureMessage"] = self.failure
        return {key: value for key, value in found.items() if value is not None}


@dataclass
class Exports:
    """Every export of the stand-in."""

    tables: Tables
    _exports: dict[str, Export] = field(default_factory=dict)

    def start(self, table: Table | None, asked: Mapping[str, Any]) -> Export:
        """Start one, or give that which the same client token started.

        Raises:
            ApiError: as AWS refuses it, or NotImplemented for what the stand-in does not serve.
        """
        _check_served(asked)
        if table is None:
            raise ApiError("TableNotFoundException", f"Table not found: {asked['TableArn']}")
        same = self._same(asked)
        if same is not None:
            return same
        since = self.tables.recovery_since.get(table.table_arn)
        if since is None:
            raise ApiError(
                "PointInTimeRecoveryUnavailableException",
                f"Point in time recovery is not enabled for table '{table.name}'",
            )
        now = self.tables.clock.now()
        earliest, latest = max(since, now - _REACH), now - self.tables.lag
        span = _span(asked, earliest, latest)
        export_time = _instant(asked.get("ExportTime"), now)
        if not earliest <= export_time <= now:
            raise ApiError(
                "InvalidExportTimeException",
                "The specified ExportTime is outside of the point in time recovery window.",
            )
        export_id = f"{int(now.timestamp() * 1000):014d}-{secrets.token_hex(4)}"
        arn = f"{table.table_arn}/export/{export_id}"
        export = self._exports[arn] = Export(arn, export_id, table, asked, now, export_time, span)
        return export

    def describe(self, arn: str) -> Export:
        """How it stands; one whose time has come is written first.

        Raises:
            ApiError: there is none.
        """
        export = self._exports.get(arn)
        if export is None:
            raise ApiError("ExportNotFoundException", f"Export not found: {arn}")
        due = export.started + timedelta(seconds=self.tables.export_seconds)
        if export.status == "IN_PROGRESS" and self.tables.clock.now() >= due:
            self._finish(export)
        return export

    def of_table(self, arn: str | None) -> list[Export]:
        """Those of one table, or all."""
        return [one for one in self._exports.values() if arn in (None, one.table.table_arn)]

    def _same(self, asked: Mapping[str, Any]) -> Export | None:
        token = asked.get("ClientToken")
        for export in self._exports.values():
            if token and export.asked.get("ClientToken") == token:
                if dict(export.asked) != dict(asked):
                    raise ApiError(
                        "ExportConflictException", "The client token was used with other parameters."
                    )
                return export
        return None

    def _finish(self, export: Export) -> None:
        export.ended = self.tables.clock.now()
        if self.tables.failing:
            export.status, export.failure = "FAILED", self.tables.failing.pop(0)
            return
        asked = export.asked
        history = self.tables.histories[table_id(export.table)]
        view = (asked.get("IncrementalExportSpecification") or {}).get(
            "ExportViewType"
        ) or "NEW_AND_OLD_IMAGES"
        facts = Facts(
            arn=export.arn,
            export_id=export.export_id,
            table_arn=export.table.table_arn,
            table_id=table_id(export.table),
            bucket=asked["S3Bucket"],
            prefix=(asked.get("S3Prefix") or "").strip("/"),
            started=export.started,
            ended=export.ended,
            export_time=export.export_time,
            span=export.span,
            view=view,
        )
        lines = list(
            full_lines(history.as_of(export.export_time))
            if export.span is None
            else incremental_lines(history.changes(*export.span), view)
        )
        files = files_of(facts, lines, export.table.hash_key_attr, self.tables.partitions)
        backend = s3_backends[export.table.account_id]["aws"]
        if asked["S3Bucket"] not in backend.buckets:
            export.status, export.failure = (
                "FAILED",
                ("S3NoSuchBucket", "The specified bucket does not exist"),
            )
            return
        for key, body in files:
            backend.put_object(asked["S3Bucket"], key, body)
        export.manifest = next(key for key, _ in files if key.endswith("manifest-summary.json"))
        export.items, export.bytes = len(lines), sum(len(body) for _, body in files)
        export.status = "COMPLETED"


def _check_served(asked: Mapping[str, Any]) -> None:
    unknown = asked.keys() - _KNOWN
    if unknown:
        raise ApiError(
            "NotImplemented",
            f"this stand-in does not serve {', '.join(sorted(unknown))} of ExportTableToPointInTime",
        )
    if asked.get("ExportFormat", "DYNAMODB_JSON") != "DYNAMODB_JSON":
        raise ApiError("NotImplemented", f"this stand-in does not serve ExportFormat {asked['ExportFormat']}")


def _span(asked: Mapping[str, Any], earliest: datetime, latest: datetime) -> tuple[datetime, datetime] | None:
    if asked.get("ExportType", "FULL_EXPORT") == "FULL_EXPORT":
        return None
    wanted = asked.get("IncrementalExportSpecification")
    if not wanted or "ExportFromTime" not in wanted:
        raise ApiError(
            "ValidationException",
            "IncrementalExportSpecification with ExportFromTime is required for INCREMENTAL_EXPORT",
        )
    start = _instant(wanted["ExportFromTime"], latest)
    end = _instant(wanted.get("ExportToTime"), latest)
    if not _SHORTEST <= end - start <= _LONGEST:
        raise ApiError("ValidationException", "The export period must be between 15 minutes and 24 hours")
    if start < earliest or end > latest:
        raise ApiError(
            "InvalidExportTimeException",
            "The specified export period is outside of the point in time recovery window.",
        )
    return start, end


def _instant(value: Any, default: datetime) -> datetime:
    if value is None:
        return default
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.fromtimestamp(float(value), UTC)


def table_id(table: Table) -> str:
    """One for each table that ever was: a table that is made anew has another."""
    return f"{table.table_arn}@{table.created_at.timestamp()}"

"""A table of smart meters in the stand-in, and whole runs of the engine that land it."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from lake_ingest.sources.registry import open_source

from sandbox.dynamodb import Tables
from tests.runtime.landing import Landing
from tests.runtime.published import written_rows

# Three days before now, at midnight: what is written from then on lies within the reach of point-in-time recovery.
DAY = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=3)
KEY = [("meter", "S"), ("slot", "N")]


@dataclass(frozen=True)
class Login:
    """An Airflow connection of type aws."""

    extra_dejson: dict[str, Any]
    conn_id: str = "dynamodb"
    host: str | None = None
    login: str | None = "key"
    password: str | None = "a secret key"


@dataclass
class Meters(Landing):
    """A table of its own, with point-in-time recovery on since the evening before DAY, and the bucket that runs publish to."""

    tables: Tables | None = None
    api: Any = None
    table: str = field(default_factory=lambda: f"meters_{uuid.uuid4().hex[:8]}")

    def __post_init__(self) -> None:
        self.endpoint = self.bucket.client.meta.endpoint_url
        self._source: Any = None

    def make(self, *, recovery: bool = True, key: list[tuple[str, str]] = KEY) -> None:
        with self.tables.at(DAY - timedelta(hours=6)):
            self.api.create_table(
                TableName=self.table,
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[
                    {"AttributeName": name, "KeyType": kind}
                    for (name, _), kind in zip(key, ("HASH", "RANGE"), strict=False)
                ],
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": kind} for name, kind in key],
            )
            if recovery:
                self.api.update_continuous_backups(
                    TableName=self.table,
                    PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True},
                )

    def put(self, at: datetime, *items: dict[str, Any]) -> None:
        with self.tables.at(at):
            for first in range(0, len(items), 25):
                some = [{"PutRequest": {"Item": item}} for item in items[first : first + 25]]
                self.api.batch_write_item(RequestItems={self.table: some})

    def delete(self, at: datetime, meter: str, slot: int) -> None:
        with self.tables.at(at):
            self.api.delete_item(TableName=self.table, Key={"meter": {"S": meter}, "slot": {"N": str(slot)}})

    def source(self) -> Any:
        """One for all steps of a run: to make its clients takes longer than a run does."""
        self._source = self._source or self.new_source()
        return self._source

    def new_source(self, **extra: Any) -> Any:
        return open_source("dynamodb", Login({**self.connection(), **extra}), {})

    def connection(self) -> dict[str, Any]:
        return {
            "region_name": "eu-west-1",
            "endpoint_url": self.endpoint,
            "export_bucket": self.bucket.name,
            "export_prefix": "_exports",
        }

    def compiled(self, **spec: Any) -> dict[str, Any]:
        return super().compiled(**{"source": "dynamodb", "object": self.table, "format": "ndjson", **spec})

    def rows(self, manifest: dict[str, Any]) -> list[dict[str, Any]]:
        found = written_rows(self.bucket, manifest)
        return sorted(found, key=lambda row: (row["meter"], row["slot"]))

    def left_over(self) -> list[str]:
        """What exports have left in the bucket."""
        return self.bucket.keys("_exports/")


def item(meter: str, slot: int, **attributes: Any) -> dict[str, Any]:
    return {"meter": {"S": meter}, "slot": {"N": str(slot)}, **attributes}

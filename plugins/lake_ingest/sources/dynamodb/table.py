"""What DynamoDB says of a table."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lake_ingest.errors import RetriableError
from lake_ingest.sources.dynamodb.service import Service

_READY = ("ACTIVE", "UPDATING")


@dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
        name: as the spec writes it.
        arn: of the table.
        key: the attributes of its key with their types, S, N or B; the partition key first.
        bytes: its size, some hours old.
        read_capacity: units in a second that are provisioned; 0 where capacity is on demand.
    """

    name: str
    arn: str
    key: tuple[tuple[str, str], ...]
    bytes: int
    read_capacity: int


@dataclass(frozen=True)
class Recovery:
    """How far point-in-time recovery reaches, in UTC; both are None where it is off."""

    earliest: datetime | None = None
    latest: datetime | None = None

    @property
    def is_on(self) -> bool:
        """Whether the table can be exported."""
        return self.latest is not None


def describe_table(service: Service, name: str) -> Table:
    """Ask for a table.

    Raises:
        FatalError: there is none, or it may not be described.
        RetriableError: it is just being made or deleted.
    """
    answer = service.ask("describe_table", f"describe the table {name}", TableName=name)["Table"]
    if answer["TableStatus"] not in _READY:
        raise RetriableError(f"the table {name} is {answer['TableStatus']} and cannot be read yet")
    types = {one["AttributeName"]: one["AttributeType"] for one in answer["AttributeDefinitions"]}
    ordered = sorted(answer["KeySchema"], key=lambda part: part["KeyType"] != "HASH")
    return Table(
        name=name,
        arn=answer["TableArn"],
        key=tuple((part["AttributeName"], types[part["AttributeName"]]) for part in ordered),
        bytes=int(answer.get("TableSizeBytes") or 0),
        read_capacity=int((answer.get("ProvisionedThroughput") or {}).get("ReadCapacityUnits") or 0),
    )


def describe_recovery(service: Service, name: str) -> Recovery:
    """Ask how far point-in-time recovery reaches.

    Raises:
        FatalError, RetriableError: by what DynamoDB answered.
    """
    answer = service.ask(
        "describe_continuous_backups", f"see whether point-in-time recovery is on for {name}", TableName=name
    )
    found = answer["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription") or {}
    if found.get("PointInTimeRecoveryStatus") != "ENABLED":
        return Recovery()
    return Recovery(
        _instant(found["EarliestRestorableDateTime"]), _instant(found["LatestRestorableDateTime"])
    )


def _instant(value: Any) -> datetime:
    instant: datetime = value
    return instant.astimezone(UTC)

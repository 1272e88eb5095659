"""The sample's tables: the state of Northwind's smart meters, and the roles by which units read them."""

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from factory.model.unit import Unit
from sandbox.dynamodb.tables import Tables

TABLE = "meter_state"
EXPORT_BUCKET = "northwind-exports"
EXPORT_SECONDS = 4.0
_METERS, _DAYS = 400, 5
_KEYED = {
    "TableName": TABLE,
    "KeySchema": [{"AttributeName": "meter_id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "meter_id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
_AT_ONCE = 25  # items that BatchWriteItem takes


@dataclass(frozen=True)
class TableReader:
    """The role that an Airflow connection to DynamoDB names."""

    connection: str

    @property
    def role(self) -> str:
        """The role's name."""
        return f"{self.connection}_reader"

    def statements(self) -> list[dict[str, object]]:
        """What docs/dynamodb.md asks for; moto asks for rights on tables without naming the table."""
        return [
            {
                "Effect": "Allow",
                "Action": [
                    "dynamodb:DescribeContinuousBackups",
                    "dynamodb:DescribeExport",
                    "dynamodb:DescribeTable",
                    "dynamodb:ExportTableToPointInTime",
                    "dynamodb:Scan",
                ],
                "Resource": "*",
            },
            {
                "Effect": "Allow",
                "Action": ["s3:ListBucket", "s3:DeleteObject"],
                "Resource": f"arn:aws:s3:::{EXPORT_BUCKET}",
            },
            {
                "Effect": "Allow",
                "Action": ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
                "Resource": f"arn:aws:s3:::{EXPORT_BUCKET}/*",
            },
        ]


def table_readers_of(units: Iterable[Unit]) -> list[TableReader]:
    """One for each connection to DynamoDB that the units name."""
    names = {name for unit in units for name in unit.sources.get("dynamodb", ())}
    return [TableReader(name) for name in sorted(names)]


def fill(tables: Tables, client: Any, seed: int = 1) -> None:
    """Make the table, and let five days of it pass: meters report, some go silent, a few are taken down."""
    tables.export_seconds = EXPORT_SECONDS
    dice = random.Random(seed)
    now = tables.clock.now().replace(microsecond=0)
    with tables.at(now - timedelta(days=30)):
        client.create_table(**_KEYED)
        client.update_continuous_backups(
            TableName=TABLE, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
        )
    meters = [f"541448820{number:09d}" for number in range(_METERS)]
    _write(tables, client, now - timedelta(days=_DAYS), meters, dice)
    for hours in range(6, _DAYS * 24, 6):
        at = now - timedelta(days=_DAYS) + timedelta(hours=hours)
        _write(tables, client, at, dice.sample(meters, 40), dice)
        gone = meters.pop(dice.randrange(len(meters)))
        with tables.at(at + timedelta(minutes=5)):
            client.delete_item(TableName=TABLE, Key={"meter_id": {"S": gone}})


def _write(tables: Tables, client: Any, at: datetime, meters: Sequence[str], dice: random.Random) -> None:
    items = [{"PutRequest": {"Item": _state(meter, at, dice)}} for meter in meters]
    with tables.at(at):
        for some in _cut(items):
            client.batch_write_item(RequestItems={TABLE: some})


def _cut(items: list[Any]) -> Iterator[list[Any]]:
    for first in range(0, len(items), _AT_ONCE):
        yield items[first : first + _AT_ONCE]


def _state(meter: str, at: datetime, dice: random.Random) -> dict[str, Any]:
    """What a meter last said of itself; not every attribute is there in every item."""
    state: dict[str, Any] = {
        "meter_id": {"S": meter},
        "seen_at": {"S": f"{at:%Y-%m-%dT%H:%M:%SZ}"},
        "reading_kwh": {"N": f"{dice.uniform(0, 99_999):.3f}"},
        "online": {"BOOL": dice.random() > 0.05},
        "firmware": {"S": dice.choice(["4.1.0", "4.2.7", "5.0.1"])},
        "tariff": {"M": {"day": {"N": "0.2317"}, "night": {"N": "0.1104"}}},
        "customer_email": {"S": f"customer{meter[-4:]}@example.com"},
    }
    if dice.random() < 0.1:
        state["alarms"] = {"SS": dice.sample(["tamper", "voltage_low", "voltage_high", "clock"], 2)}
    if dice.random() < 0.03:
        state["note"] = {"S": 'replaced, "seal" broken\nsee report'}
    return state

"""The five kinds of source, each as a table of deals: what a test puts there, what lands of it, and what the stand-in itself says.

The same tests run over all of them; what they differ in stands here and nowhere else.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

import psycopg2
from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.sources.salesforce.source import SalesforceSource

from sandbox.databases.postgresql import READER, SUPERUSER
from tests.runtime.landing import DAY, Landing
from tests.runtime.mysql_tables import MyLanding
from tests.runtime.published import written_rows
from tests.runtime.sources.dynamodb import meters
from tests.runtime.sources.dynamodb.meters import Meters
from tests.runtime.sources.redshift.marts import DATABASE, Mart
from tests.runtime.tables import TableLanding


class Deal(NamedTuple):
    """A row of the table, whatever the source calls its parts."""

    number: int
    name: str
    amount: Decimal | None
    at: datetime


class Wrong(NamedTuple):
    """Something that cannot be read: its source, what the spec says besides, and what must be said of it."""

    source: Any
    spec: dict[str, Any]
    error: type[Exception]
    says: str


class Kind(Protocol):
    """One kind of source.

    Attributes:
        landing: runs of its table, `day` the first day that has deals.
        names: what it calls the parts of a deal, in their order.
        spec: of every run; `whole` reads every column, `window` reads what changed.
        secrets: that nobody may ever see.
        state: of runs whose merges make the current state, deleted rows among them.
        deleted: the column that marks deleted rows in a window; None where the source keeps none.
    """

    landing: Any
    day: datetime
    names: tuple[str, ...]
    spec: dict[str, Any]
    whole: dict[str, Any]
    window: dict[str, Any]
    state: dict[str, Any]
    secrets: tuple[str, ...]
    deleted: str | None

    def put(self, *deals: Deal) -> None:
        """Have the source hold some deals."""

    def remove(self, number: int) -> None:
        """Delete one."""

    def grow(self) -> dict[str, Any]:
        """Let one more column appear; gives what the spec of a run says that shall see it."""

    def said(self) -> list[Deal]:
        """Every deal, asked of the stand-in by its own door."""

    def wrong(self, what: str) -> Wrong:
        """With a wrong host, password, grant or object."""


def protected(kind: Kind, part: str, how: str) -> list[dict[str, Any]]:
    """The spec's fields, one of them protected."""
    named = [one if isinstance(one, dict) else {"name": one} for one in kind.spec["fields"]]
    name = kind.names[Deal._fields.index(part)]
    return [{**one, "protect": how} if one["name"] == name else one for one in named]


def landed(kind: Kind, manifest: dict[str, Any]) -> list[Deal]:
    """The deals of a publication, read from its files without the engine."""
    rows = written_rows(kind.landing.bucket, manifest)
    return sorted(_deal(*(row[name] for name in kind.names)) for row in rows)


def dealt(rows: Iterable[tuple[Any, ...]]) -> list[Deal]:
    """The deals of rows that an engine has read."""
    return sorted(_deal(*row) for row in rows)


def _deal(number: Any, name: str, amount: Any, at: Any) -> Deal:
    return Deal(int(number), name, None if amount in (None, "") else Decimal(str(amount)), _instant(at))


def _instant(value: Any) -> datetime:
    found = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


_NAMES = Deal._fields
_WINDOW = {"window": "incremental", "cursor": "at"}
_STATE = {**_WINDOW, "compare_ids": "7 days"}
_TEXT = "text"


def _rows(deals: Iterable[Deal]) -> str:
    """As VALUES of SQL."""
    quoted = ((d.number, d.name.replace("'", "''"), d.amount, f"{d.at:%Y-%m-%d %H:%M:%S}") for d in deals)
    return ", ".join(
        f"({n}, '{name}', {'NULL' if amount is None else amount}, '{at}')" for n, name, amount, at in quoted
    )


@dataclass
class Salesforce:
    """Opportunities of the shared org that are marked as this test's own."""

    landing: Landing
    day: datetime = DAY
    names: tuple[str, ...] = ("Name", "LeadSource", "Amount", "SystemModstamp")
    deleted: str | None = "IsDeleted"
    ids: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.mark = self.landing.bucket.name
        own = {"object": "Opportunity", "filter": f"NextStep = '{self.mark}'"}
        self.spec = {**own, "fields": [{"name": name} for name in ("Id", *self.names, "IsDeleted")]}
        self.whole = {**own, "except": [{"name": "Type", "protect": "drop"}]}
        self.window = {"window": "incremental"}
        self.state = {"include_deleted": True, "deletes": "soft", "cursor": "SystemModstamp"}
        self.secrets = (self.landing.org.password, self.landing.org.security_token)

    def put(self, *deals: Deal) -> None:
        for deal in deals:
            usual = {"StageName": "Prospecting", "CloseDate": "2026-11-30", "NextStep": self.mark}
            amount = None if deal.amount is None else str(deal.amount)
            row = {"Name": str(deal.number), "LeadSource": deal.name, "Amount": amount, **usual}
            (self.ids[deal.number],) = self.landing.org.commit_late("Opportunity", row, deal.at)

    def remove(self, number: int) -> None:
        self.landing.org.delete("Opportunity", self.ids[number])

    def grow(self) -> dict[str, Any]:
        return {name: one for name, one in self.whole.items() if name != "except"}

    def said(self) -> list[Deal]:
        rows = self.landing.org.rows("Opportunity", list(self.names), f"NextStep = '{self.mark}'")
        return sorted(_deal(*(row[name] for name in self.names)) for row in rows)

    def wrong(self, what: str) -> Wrong:
        given = {
            "host": {"domain": "gone.my"},
            "password": {"password": "a-wrong-one"},
        }.get(what, {})
        spec = {"grant": {"object": "UserRole"}, "object": {"object": "Oportunity"}}.get(what, {})
        error, says = {
            "host": (
                FatalError,
                r"connection 'test' at gone\.my\.salesforce\.com .*Check the connection's user, secret and host",
            ),
            "password": (FatalError, "refused the login of connection 'test'"),
            "grant": (FatalError, "UserRole"),
            "object": (FatalError, "Oportunity"),
        }[what]
        return Wrong(SalesforceSource(self.landing.client(**given)), spec, error, says)


@dataclass
class Postgresql:
    landing: TableLanding
    day: datetime = DAY
    names: tuple[str, ...] = _NAMES
    deleted: str | None = None
    whole: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.spec, self.window, self.state = {"fields": list(self.names)}, _WINDOW, _STATE
        self.secrets = (self.landing.schema.server.password,)
        self.landing.schema.sql(
            "CREATE TABLE deals (number bigint PRIMARY KEY, name text, amount numeric(12,2), at timestamptz NOT NULL)"
        )

    def put(self, *deals: Deal) -> None:
        self.landing.schema.sql(f"SET TimeZone TO UTC; INSERT INTO deals VALUES {_rows(deals)}")

    def remove(self, number: int) -> None:
        self.landing.schema.sql(f"DELETE FROM deals WHERE number = {number}")

    def grow(self) -> dict[str, Any]:
        self.landing.schema.sql("ALTER TABLE deals ADD COLUMN colour text")
        return {}

    def said(self) -> list[Deal]:
        found = self.landing.schema.sql("SELECT coalesce(json_agg(row_to_json(deals)), '[]') FROM deals")
        rows = json.loads(found, parse_float=Decimal)
        return sorted(_deal(*(row[name] for name in self.names)) for row in rows)

    def wrong(self, what: str) -> Wrong:
        schema, reaches = self.landing.schema, "connection 'test_db' cannot reach PostgreSQL at"
        if what == "grant":
            schema.sql(f"REVOKE SELECT ON deals FROM {READER}")
        given: Mapping[str, Any] = {
            "host": {"host": "db.invalid", "extra": {"sslmode": "disable"}},
            "password": {"password": "a-wrong-one"},
        }.get(what, {})
        spec = {"object": f"{schema.name}.deal"} if what == "object" else {}
        says = {
            "host": f"{reaches} .*correct the connection's host",
            "password": f"{reaches} .*password authentication failed .* correct login and password",
            "grant": r"user lake_reader may not read t_\w+.deals of database postgres; its owner grants SELECT ON",
            "object": r"schema t_\w+ of database postgres has no table or view deal; did you mean deals",
        }
        return Wrong(schema.source(**given), spec, FatalError, says[what])


@dataclass
class Mysql:
    landing: MyLanding
    day: datetime = DAY
    names: tuple[str, ...] = _NAMES
    deleted: str | None = None
    whole: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.spec, self.window, self.state = {"fields": list(self.names)}, _WINDOW, _STATE
        self.secrets = (self.landing.database.server.password,)
        self.landing.database.sql(
            "CREATE TABLE deals (number bigint PRIMARY KEY, name text, amount decimal(12,2), at timestamp(6) NOT NULL)"
        )

    def put(self, *deals: Deal) -> None:
        rows = _rows(deals).replace("\\", "\\\\")
        self.landing.database.sql(f"INSERT INTO deals VALUES {rows}")

    def remove(self, number: int) -> None:
        self.landing.database.sql(f"DELETE FROM deals WHERE number = {number}")

    def grow(self) -> dict[str, Any]:
        self.landing.database.sql("ALTER TABLE deals ADD COLUMN colour text")
        return {}

    def said(self) -> list[Deal]:
        return sorted(_deal(*row) for row in self.landing.database.sql("SELECT * FROM deals"))

    def wrong(self, what: str) -> Wrong:
        database, reaches = self.landing.database, "connection 'test_db' cannot reach MySQL at"
        if what == "grant":
            database.server.sql(f"REVOKE SELECT ON {database.name}.* FROM '{READER}'@'127.0.0.1'")
        given: Mapping[str, Any] = {
            "host": {"host": "db.invalid", "extra": {"ssl_mode": "DISABLED"}},
            "password": {"password": "a-wrong-one"},
        }.get(what, {})
        spec = {"object": f"{database.name}.deal"} if what == "object" else {}
        says = {
            "host": f"{reaches} .*its name is not known; correct the connection's host",
            "password": f"{reaches} .*Access denied for user .*; correct login and password",
            "grant": r"has no database t_\w+ that|has no table or view deals that the user lake_reader may see",
            "object": "has no table or view deal that the user lake_reader may see; did you mean deals",
        }
        return Wrong(database.source(**given), spec, FatalError, says[what])


@dataclass
class Redshift:
    landing: Mart
    day: datetime = DAY
    names: tuple[str, ...] = _NAMES
    deleted: str | None = None
    whole: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.spec, self.window, self.state = {"fields": list(self.names)}, _WINDOW, _STATE
        self.secrets = ("a secret key", self.landing.server.password)
        self.landing.sql(
            "CREATE TABLE deals (number bigint PRIMARY KEY, name varchar(200), amount numeric(12,2), at timestamptz)"
        )

    def put(self, *deals: Deal) -> None:
        self.landing.sql(f"INSERT INTO deals VALUES {_rows(deals)}")

    def remove(self, number: int) -> None:
        self.landing.sql(f"DELETE FROM deals WHERE number = {number}")

    def grow(self) -> dict[str, Any]:
        self.landing.sql("ALTER TABLE deals ADD COLUMN colour varchar(9)")
        return {}

    def said(self) -> list[Deal]:
        server = self.landing.server
        place = {"host": server.host, "port": server.port, "dbname": DATABASE}
        with (
            psycopg2.connect(**place, user=SUPERUSER, password=server.password) as connection,
            connection.cursor() as cursor,
        ):
            cursor.execute(f"SELECT * FROM {self.landing.schema}.deals")
            rows = cursor.fetchall()
        connection.close()
        return sorted(_deal(*row) for row in rows)

    def wrong(self, what: str) -> Wrong:
        mart = self.landing
        if what == "grant":
            mart.sql(f"REVOKE SELECT ON deals FROM {READER}")
        given = {"host": {"cluster_identifier": "other"}, "password": {"db_user": "nobody"}}.get(what, {})
        spec = {"object": f"{mart.schema}.deal"} if what == "object" else {}
        says = {
            "host": "Redshift endpoint doesn't exist",
            "password": 'user "nobody" does not exist',
            "grant": "that the connection's user may see|permission denied",
            "object": "has no table or view deal that the connection's user may see; did you mean deals",
        }
        return Wrong(mart.source(extra=given), spec, FatalError, says[what])


@dataclass
class Dynamodb:
    """Items whose own writes say when they changed."""

    landing: Meters
    day: datetime = meters.DAY
    names: tuple[str, ...] = ("slot", "name", "amount", "at")
    deleted: str | None = "is_deleted"

    def __post_init__(self) -> None:
        types = {"slot": "integer", "amount": "number(12, 2)", "at": "datetime"}
        fields = [{"name": "meter"}, *({"name": one, "type": types.get(one, _TEXT)} for one in self.names)]
        self.spec = self.whole = {"fields": fields}
        self.window = {"window": "incremental"}
        self.state = {**self.window, "include_deleted": True, "written_at": True}
        self.secrets = ("a secret key",)

    def put(self, *deals: Deal) -> None:
        for deal in deals:
            written = {"name": {"S": deal.name}, "at": {"S": f"{deal.at:%Y-%m-%dT%H:%M:%SZ}"}}
            amount = {} if deal.amount is None else {"amount": {"N": str(deal.amount)}}
            self.landing.put(deal.at, meters.item("m", deal.number, **written, **amount))

    def remove(self, number: int) -> None:
        self.landing.delete(self.day + timedelta(hours=11), "m", number)

    def grow(self) -> dict[str, Any]:
        self.landing.put(
            self.day, meters.item("m", 99, colour={"S": "red"}, at={"S": "2026-01-01T00:00:00Z"})
        )
        return self.whole

    def said(self) -> list[Deal]:
        items = self.landing.api.scan(TableName=self.landing.table)["Items"]
        values = ({name: next(iter(one.values())) for name, one in item.items()} for item in items)
        return sorted(_deal(*(row.get(name) for name in self.names)) for row in values)

    def wrong(self, what: str) -> Wrong:
        refusals = {
            "password": ("UnrecognizedClientException", "access key is not valid"),
            "grant": ("AccessDeniedException", "lacks this right"),
        }
        if what in refusals:
            self.landing.tables.fault("DescribeTable", refusals[what][0], times=None)
            return Wrong(self.landing.source(), {}, FatalError, refusals[what][1])
        if what == "host":
            source = self.landing.new_source(endpoint_url="http://127.0.0.1:1")
            return Wrong(source, {}, RetriableError, "could not describe the table")
        return Wrong(self.landing.source(), {"object": "meter"}, FatalError, "meter")


KINDS = {
    "salesforce": (Salesforce, "landing"),
    "postgresql": (Postgresql, "tables"),
    "mysql": (Mysql, "my_tables"),
    "dynamodb": (Dynamodb, "meters"),
    "redshift": (Redshift, "mart"),
}

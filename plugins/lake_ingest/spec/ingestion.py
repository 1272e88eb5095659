"""The effective spec of one ingestion, as the compiled DAG carries it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from lake_ingest.sources.salesforce.soql import is_field_path, is_object_name
from lake_ingest.spec.duration import Duration, parse_duration
from lake_ingest.spec.window import Full, Window, parse_window

FORMATS = ("csv", "json", "ndjson", "parquet")
COMPRESSIONS = {
    "csv": ("none", "gzip", "zstd"),
    "json": ("none", "gzip", "zstd"),
    "ndjson": ("none", "gzip", "zstd"),
    "parquet": ("snappy", "zstd", "gzip", "none"),
}
APIS = ("auto", "rest", "bulk")
PROTECTIONS = ("hash", "mask", "drop")
DEFAULT_CURSOR = "SystemModstamp"


@dataclass(frozen=True)
class FieldChoice:
    """A field that the spec names, and how its values are protected: None, hash, mask or drop."""

    name: str
    protect: str | None = None


@dataclass(frozen=True)
class Expect:
    """What a run must deliver to be published; None is no demand. `max_drop` is a share, 0.2 for a fifth."""

    min_rows: int | None = None
    max_drop: float | None = None


@dataclass(frozen=True)
class Budget:
    """A unit's share of the org's API calls in 24 hours, and the prefix in S3 where its ledger lies."""

    prefix: str
    calls_per_day: int | None = None


@dataclass(frozen=True)
class Ingestion:
    """Everything that one DAG needs to know to read its object."""

    unit: str
    name: str
    salesforce_conn_id: str
    object: str
    window: Window
    zone: ZoneInfo
    fields: tuple[FieldChoice, ...] | None = None
    query: str | None = None
    relationship_object: str | None = None
    overlap: Duration | None = None
    await_commits: bool = False
    batch_size: Duration | None = None
    cron: str | None = None
    cursor: str = DEFAULT_CURSOR
    include_deleted: bool = False
    api: str = "auto"
    format: str = "csv"
    compression: str = "none"
    record_time_added: bool = False
    coerce_to_timestamp: bool = False
    protect_conn_id: str | None = None
    spec_version: str = ""
    expect: Expect = Expect()
    drift: str = "follow"
    deletes: str = "soft"
    compare_ids: Duration | None = None
    budget: Budget | None = None

    @property
    def dataset(self) -> str:
        """`<unit>.<name>`, the DAG's id."""
        return f"{self.unit}.{self.name}"

    @property
    def writes_ids(self) -> bool:
        """Whether the published rows hold the object's own ids in the clear."""
        named = self.fields or (FieldChoice("Id"),)
        return self.query is None and any(
            field.name.lower() == "id" and field.protect is None for field in named
        )

    @classmethod
    def from_dict(cls, value: dict[str, Any]) -> "Ingestion":
        """Read what `factory render` wrote.

        Raises:
            ValueError: a key is unknown, missing or of a wrong value; the compiler has told the author before, so this
                points at a compiled file that was edited by hand or belongs to another version of the runtime.
        """
        unknown = value.keys() - _KEYS
        if unknown:
            raise ValueError(f"unknown key {sorted(unknown)} in the compiled ingestion; render it again")
        try:
            return _read(value)
        except KeyError as error:
            raise ValueError(f"the compiled ingestion lacks {error}; render it again") from None


_KEYS = set(Ingestion.__dataclass_fields__) - {"zone"} | {"timezone", "runtime", "source", "conn_id"}
_PLAIN = (
    "cron",
    "cursor",
    "await_commits",
    "include_deleted",
    "record_time_added",
    "coerce_to_timestamp",
    "protect_conn_id",
    "spec_version",
)


def _read(value: dict[str, Any]) -> Ingestion:
    fmt = _one_of(value, "format", FORMATS, "csv")
    ingestion = Ingestion(
        unit=value["unit"],
        name=value["name"],
        salesforce_conn_id=value.get("conn_id") or value["salesforce_conn_id"],
        object=value["object"],
        window=parse_window(value["window"]),
        zone=ZoneInfo(value.get("timezone") or "UTC"),
        fields=_fields(value.get("fields")),
        query=value.get("query"),
        relationship_object=value.get("relationship_object"),
        overlap=_duration(value.get("overlap")),
        batch_size=_duration(value.get("batch_size")),
        compare_ids=_duration(value.get("compare_ids")),
        api=_one_of(value, "api", APIS, "auto"),
        format=fmt,
        compression=_one_of(value, "compression", COMPRESSIONS[fmt], COMPRESSIONS[fmt][0]),
        budget=Budget(**value["budget"]) if value.get("budget") else None,
        expect=Expect(**(value.get("expect") or {})),
        drift=_one_of(value, "drift", ("follow", "freeze", "fail"), "follow"),
        deletes=_one_of(value, "deletes", ("soft", "ignore"), "soft"),
        **{key: value[key] for key in _PLAIN if key in value},
    )
    _check(ingestion)
    return ingestion


def _check(ingestion: Ingestion) -> None:
    if not is_object_name(ingestion.object):
        raise ValueError(f"'{ingestion.object}' is not the API name of an object")
    if ingestion.query is not None and not isinstance(ingestion.window, Full):
        raise ValueError("a written query takes no window; it selects its rows itself")
    if ingestion.relationship_object is not None and ingestion.query is None:
        raise ValueError("relationship_object needs a query that selects that relationship")
    if ingestion.await_commits and (
        isinstance(ingestion.window, Full) or ingestion.cursor.lower() != DEFAULT_CURSOR.lower()
    ):
        raise ValueError(f"await_commits needs a window with an end, by the cursor {DEFAULT_CURSOR}")
    if ingestion.compare_ids and not ingestion.writes_ids:
        raise ValueError("compare_ids needs the field Id, unprotected, and no written query")
    if any(field.protect == "hash" for field in ingestion.fields or ()) and not ingestion.protect_conn_id:
        raise ValueError("protect: hash needs the unit's protect_key")


def _fields(value: Any) -> tuple[FieldChoice, ...] | None:
    if value is None:
        return None
    fields = tuple(FieldChoice(field["name"], field.get("protect")) for field in value)
    for field in fields:
        if not is_field_path(field.name):
            raise ValueError(f"'{field.name}' is not the API name of a field")
        if field.protect not in (None, *PROTECTIONS):
            raise ValueError(f"'{field.protect}' is not a protection; write one of {', '.join(PROTECTIONS)}")
    return fields


def _duration(value: str | None) -> Duration | None:
    return None if value is None else parse_duration(value)


def _one_of(value: dict[str, Any], key: str, allowed: tuple[str, ...], default: str) -> str:
    chosen: str = value.get(key) or default
    if chosen not in allowed:
        raise ValueError(f"'{chosen}' is not a valid {key}; write one of {', '.join(allowed)}")
    return chosen


def previous_tick(cron: str, before: datetime, zone: ZoneInfo) -> datetime:
    """The last instant of the schedule at or before the given one, in UTC.

    croniter is loaded here, for it is only needed by runs without a data interval; Airflow brings it.
    """
    from croniter import croniter  # noqa: PLC0415

    found: datetime = croniter(cron, before.astimezone(zone), ret_type=datetime).get_prev(datetime)
    return found.astimezone(ZoneInfo("UTC"))

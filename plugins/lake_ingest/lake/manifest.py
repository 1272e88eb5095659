"""The manifest of a publication: which objects it consists of, and everything needed to believe them.

Version 2 says what any source can say. Version 1, which only Salesforce wrote, is read as well: it called the statement
`soql`, the route `api`, calls `api_calls`, and a column's source type `type`; its numbers had 38 digits, 18 of them behind the
point, its instants and times milliseconds.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.spec.interval import Bounds, Interval, bounds_of, iso_instant

VERSION = 2
_COLUMN = ("name", "kind", "source_type", "precision", "scale", "unit", "zoned", "protect", "key")
_BOUNDS = ("start", "end", "part", "parts")
_BATCH_V1 = {"soql": "statement", "api": "route", "api_calls": "calls"}
_MEASURES_V1: dict[str, dict[str, Any]] = {
    "number": {"precision": 38, "scale": 18},
    "datetime": {"unit": "ms"},
    "time": {"unit": "ms"},
}


@dataclass(frozen=True)
class PublishedBody:
    """A file that a row refers to: the column that holds its key, the row's id, and what it is."""

    column: str
    id: str
    key: str
    bytes: int
    sha256: str


@dataclass(frozen=True)
class PublishedBatch:
    """One object of a publication: the rows of an interval, and how they were read.

    Attributes:
        partition: the value whose rows they are, as its folder says it: `country=DE`; only where the spec partitions.
        bodies: the files that the rows refer to; of a batch in several objects they stand at the first.
        as_of: the moment whose state of the source the rows show; only where the dataset is a table.
    """

    interval: Bounds
    key: str
    rows: int
    bytes: int
    sha256: str
    statement: str
    route: str
    calls: int
    nul_bytes_removed: int
    seconds: float
    as_of: str | None = None
    partition: str | None = None
    bodies: tuple[PublishedBody, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """As the manifest holds it."""
        values = {key: value for key, value in vars(self).items() if value not in (None, ())}
        if self.bodies:
            values["bodies"] = [dict(vars(body)) for body in self.bodies]
        return {**values.pop("interval").to_dict(), **values}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "PublishedBatch":
        """Read what `to_dict` gave, or what version 1 wrote."""
        named = {_BATCH_V1.get(key, key): one for key, one in value.items() if key not in _BOUNDS}
        bodies = tuple(PublishedBody(**body) for body in named.pop("bodies", ()))
        return cls(bounds_of(value), **named, bodies=bodies)


@dataclass(frozen=True)
class Manifest:
    """What was published; instants in UTC, and dates where the cursor holds dates.

    Attributes:
        schema: the columns as they are written: their `kind` is that of the files.
        extra: what not every publication has: the rules of columns that it fulfils, what a comparison of keys has found, the dialect
            of CSV files, the column that the objects are partitioned by, the sums of files, and for a current state which column marks deleted rows and which tells the newer of two rows.
    """

    unit: str
    name: str
    source: str
    object: str
    dag_id: str
    run_id: str
    spec_version: str
    logical_date: datetime
    data_interval: Interval
    window: Bounds
    include_deleted: bool
    format: str
    compression: str
    schema: tuple[Column, ...]
    drift: Mapping[str, Any]
    calls: int
    batches: tuple[PublishedBatch, ...]
    published_at: str = ""
    rows: int = 0
    bytes: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def keys(self) -> frozenset[str]:
        """The objects that the publication consists of."""
        bodies = (body.key for batch in self.batches for body in batch.bodies)
        return frozenset((*(batch.key for batch in self.batches), *bodies))

    @property
    def as_of(self) -> datetime | None:
        """The moment whose state of the source the publication shows, the earliest of its objects; None where it does not say."""
        told = [batch.as_of for batch in self.batches]
        return min(datetime.fromisoformat(one) for one in told if one) if all(told) and told else None

    def to_dict(self) -> dict[str, Any]:
        """As it is written to S3."""
        return {
            "manifest_version": VERSION,
            "unit": self.unit,
            "name": self.name,
            "source": self.source,
            "object": self.object,
            "dag_id": self.dag_id,
            "run_id": self.run_id,
            "spec_version": self.spec_version,
            "logical_date": iso_instant(self.logical_date),
            "data_interval": self.data_interval.to_dict(),
            "window": self.window.to_dict(),
            "include_deleted": self.include_deleted,
            "format": self.format,
            "compression": self.compression,
            "schema": [{name: vars(column)[name] for name in _COLUMN} for column in self.schema],
            "drift": dict(self.drift),
            "rows": self.rows,
            "bytes": self.bytes,
            "calls": self.calls,
            "batches": [batch.to_dict() for batch in self.batches],
            "published_at": self.published_at,
            **self.extra,
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "Manifest":
        """Read a manifest of any version up to this one.

        Raises:
            FatalError: a newer runtime wrote it, or it is not a manifest.
        """
        version = value.get("manifest_version")
        if version not in (1, VERSION):
            raise FatalError(
                f"a manifest of version {version} cannot be read: this runtime knows versions 1 and {VERSION}."
                " Deploy the newer plugins.zip."
            )
        known = {
            **value,
            "source": value.get("source", "salesforce"),
            "calls": value.get("calls", value.get("api_calls")),
        }
        plain = {
            name: known[name]
            for name in cls.__dataclass_fields__.keys() & known.keys()
            if name not in _PARSED
        }
        return cls(
            **plain,
            logical_date=datetime.fromisoformat(value["logical_date"]).astimezone(UTC),
            data_interval=Interval.from_dict(value["data_interval"]),
            window=bounds_of(value["window"]),
            schema=tuple(_column(one, version) for one in value["schema"]),
            batches=tuple(PublishedBatch.from_dict(batch) for batch in value["batches"]),
            extra={name: value[name] for name in _EXTRA if name in value},
        )


_EXTRA = ("compared", "known", "csv", "quality", "asked", "state", "partition_by", "bodies")
_PARSED = {"logical_date", "data_interval", "window", "schema", "batches", "extra"}


def described(column: Column) -> Column:
    """A column as a manifest describes it: by what is written, without what only its reader needs."""
    kind = column.written_as
    measured = kind == "number"
    return Column(
        name=column.name,
        kind=kind,
        source_type=column.source_type,
        protect=column.protect,
        precision=column.precision if measured or kind == "float" else None,
        scale=column.scale if measured else None,
        unit=column.unit if kind in ("datetime", "time") else None,
        zoned=column.zoned,
        key=column.key,
    )


def published(manifest: Manifest) -> Manifest:
    """The manifest with its sums, and the instant of now."""
    return replace(
        manifest,
        rows=sum(batch.rows for batch in manifest.batches),
        bytes=sum(batch.bytes for batch in manifest.batches),
        published_at=iso_instant(datetime.now(UTC).replace(microsecond=0)) or "",
    )


def _column(value: Mapping[str, Any], version: int) -> Column:
    if version == VERSION:
        return Column(**value)
    own_id = value["name"].lower() == "id" and not value["protect"]
    return Column(
        name=value["name"],
        kind=value["kind"],
        source_type=value["type"],
        protect=value["protect"],
        key=0 if own_id else None,
        **_MEASURES_V1.get(value["kind"], {}),
    )

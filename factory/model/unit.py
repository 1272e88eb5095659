"""The business units as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from factory.model.folder import Folder
from factory.model.traits import Traits
from factory.read.document import Document
from factory.read.file_text import SourceText
from factory.vocabulary.checked import Checked
from factory.vocabulary.schemas import schema

_AWS = "aws"  # the one connection that is not of a source
_BARE = "salesforce"  # the only kind of source when `objects` was a list


@dataclass(frozen=True, eq=False)
class Unit:
    """A business unit. `name` is its folder's; `formats` is None where all are allowed. `database` is that of its tables.

    `sources` are its connections by kind of source, `objects` what it may read of each kind: None where that is all. `datasets` are those of other units that
    its specs may follow. `airflow_role` sees and runs its DAGs; None where whoever may see one unit's sees all. `broken` are keys whose values the schema refused, or that are absent;
    no rule looks at them.
    """

    name: str
    document: Document
    declared_name: str = ""
    database: str = ""
    owner: str = ""
    contact: str = ""
    reviewers: tuple[str, ...] = ()
    description: str = ""
    sources: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    aws: str = ""
    bucket: str = ""
    prefix: str = ""
    buckets: tuple[str, ...] = ()
    objects: Mapping[str, tuple[str, ...] | None] = field(default_factory=dict)
    objects_reason: str = ""
    datasets: tuple[str, ...] = ()
    formats: tuple[str, ...] | None = None
    calls_per_day: int | None = None
    protect_key: str | None = None
    airflow_role: str | None = None
    severities: Mapping[str, str] = field(default_factory=dict)
    broken: frozenset[str] = frozenset()

    @property
    def all_buckets(self) -> tuple[str, ...]:
        """Every bucket that a spec may name."""
        return (self.bucket, *self.buckets)

    @property
    def folders(self) -> tuple[Folder, ...]:
        """Where the unit may write: below its prefix, in each of its buckets."""
        return tuple(dict.fromkeys(Folder.of(bucket, self.prefix) for bucket in self.all_buckets))

    @property
    def connections(self) -> tuple[str, ...]:
        """Every Airflow connection that the unit uses, the key of its hashes among them."""
        of_sources = (name for names in self.sources.values() for name in names)
        return tuple(sorted({*of_sources, self.aws, *([self.protect_key] if self.protect_key else [])}))

    def may_read(self, source: Traits, object_name: str) -> bool:
        """Whether the unit was given an object; where the list itself is broken nobody can say, and all pass."""
        given = self.objects.get(source.kind, ())
        return (
            given is None
            or "objects" in self.broken
            or any(source.allows(entry, object_name) for entry in given)
        )

    def may_follow(self, dataset: str) -> bool:
        """Whether the unit's specs may run after a dataset: one of its own, or one that it was given."""
        owner, _, _ = dataset.partition(".")
        return (
            owner == self.name
            or "datasets" in self.broken
            or bool({dataset, f"{owner}.*"} & {*self.datasets})
        )


def read_unit(folder: str, checked: Checked) -> Unit:
    """The unit of a checked unit.yaml."""
    data = checked.usable
    connections, destination = data.get("connections") or {}, data.get("destination") or {}
    absent = frozenset(schema("unit")["required"]) - data.keys()
    return Unit(
        name=folder,
        document=checked.document,
        declared_name=data.get("name", ""),
        database=folder,
        owner=data.get("owner", ""),
        contact=data.get("contact", ""),
        reviewers=tuple(data.get("reviewers") or ()),
        description=data.get("description", ""),
        sources={kind: _listed(names) for kind, names in connections.items() if kind != _AWS},
        aws=connections.get(_AWS, ""),
        bucket=destination.get("bucket", ""),
        prefix=destination.get("prefix", ""),
        buckets=tuple(data.get("buckets") or ()),
        objects=_allowed(data.get("objects")),
        objects_reason=data.get("objects_reason", ""),
        datasets=tuple(data.get("datasets") or ()),
        formats=tuple(data["formats"]) if data.get("formats") else None,
        calls_per_day=data.get("api_calls_per_day"),
        protect_key=data.get("protect_key"),
        airflow_role=data.get("airflow_role"),
        severities=data.get("rules") or {},
        broken=checked.broken | absent,
    )


def nameless_unit(folder: str, path: str) -> Unit:
    """The unit of a folder without unit.yaml, of which nothing is known."""
    return Unit(folder, Document(SourceText(path, "")), broken=frozenset(schema("unit")["properties"]))


def _allowed(objects: Any) -> dict[str, tuple[str, ...] | None]:
    """What may be read of each kind of source; a bare list, or "*", is of Salesforce."""
    by_kind = objects if isinstance(objects, dict) else {_BARE: objects} if objects else {}
    return {kind: None if one == "*" else tuple(one) for kind, one in by_kind.items()}


def _listed(value: Any) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)

"""The group and its business units as frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from factory.model.folder import Folder
from factory.read.document import Document
from factory.read.file_text import SourceText
from factory.vocabulary.checked import Checked
from factory.vocabulary.schemas import schema


@dataclass(frozen=True)
class Group:
    """What holds for every unit; `calls_per_day` is the org's limit, None where it is not said."""

    document: Document | None = None
    description: str = ""
    org: str = ""
    calls_per_day: int | None = None
    api_version: str | None = None
    broken: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Unit:
    """A business unit. `name` is its folder's; `objects` and `formats` are None where all are allowed.

    `broken` are keys whose values the schema refused, or that are absent; no rule looks at them.
    """

    name: str
    document: Document
    owner: str = ""
    contact: str = ""
    description: str = ""
    salesforce: tuple[str, ...] = ()
    aws: str = ""
    bucket: str = ""
    prefix: str = ""
    buckets: tuple[str, ...] = ()
    objects: tuple[str, ...] | None = None
    formats: tuple[str, ...] | None = None
    calls_per_day: int | None = None
    protect_key: str | None = None
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
        return tuple(sorted({*self.salesforce, self.aws, *([self.protect_key] if self.protect_key else [])}))


def read_group(checked: Checked) -> Group:
    """The group of a checked group.yaml."""
    data = _usable(checked)
    org = data.get("org") or {}
    return Group(
        document=checked.document,
        description=data.get("description", ""),
        org=org.get("name", ""),
        calls_per_day=org.get("api_calls_per_day"),
        api_version=org.get("api_version"),
        broken=checked.broken,
    )


def read_unit(folder: str, checked: Checked) -> Unit:
    """The unit of a checked unit.yaml."""
    data = _usable(checked)
    connections, destination = data.get("connections") or {}, data.get("destination") or {}
    salesforce, objects = connections.get("salesforce") or (), data.get("objects")
    absent = frozenset(schema("unit")["required"]) - data.keys()
    return Unit(
        name=folder,
        document=checked.document,
        owner=data.get("owner", ""),
        contact=data.get("contact", ""),
        description=data.get("description", ""),
        salesforce=(salesforce,) if isinstance(salesforce, str) else tuple(salesforce),
        aws=connections.get("aws", ""),
        bucket=destination.get("bucket", ""),
        prefix=destination.get("prefix", ""),
        buckets=tuple(data.get("buckets") or ()),
        objects=None if objects in (None, "*") else tuple(objects),
        formats=tuple(data["formats"]) if data.get("formats") else None,
        calls_per_day=data.get("api_calls_per_day"),
        protect_key=data.get("protect_key"),
        severities=data.get("rules") or {},
        broken=checked.broken | absent,
    )


def nameless_unit(folder: str, path: str) -> Unit:
    """The unit of a folder without unit.yaml, of which nothing is known."""
    return Unit(folder, Document(SourceText(path, "")), broken=frozenset(schema("unit")["properties"]))


def _usable(checked: Checked) -> dict[str, Any]:
    return {key: value for key, value in checked.document.mapping.items() if key not in checked.broken}

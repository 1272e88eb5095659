"""One ingestion as a frozen value, its defaults filled in, and the layer that set each of its keys."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lake_ingest.spec.ingestion import DEFAULT_CURSOR
from lake_ingest.spec.object_key import deleted_prefix

from factory.model.folder import Folder
from factory.model.unit import Group, Unit
from factory.read.document import Document, KeyPath
from factory.vocabulary.checked import Checked
from factory.vocabulary.schemas import schema


@dataclass(frozen=True, slots=True)
class Setting:
    """A value and the layer that set it: spec, unit, group or default."""

    value: Any
    layer: str
    document: Document | None = None
    path: KeyPath = ()


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a spec names; `protect` is None, hash, mask or drop."""

    name: str
    protect: str | None = None
    reason: str = ""


@dataclass(frozen=True)
class Spec:
    """One ingestion with its defaults filled in.

    `broken` are keys whose values the schema refused; no rule looks at them.
    """

    unit: Unit
    name: str
    document: Document
    settings: Mapping[str, Setting]
    broken: frozenset[str] = frozenset()

    @property
    def dag_id(self) -> str:
        """`<unit>.<name>`."""
        return f"{self.unit.name}.{self.name}"

    def value(self, key: str) -> Any:
        """The effective value of a key of the schema."""
        return self.settings[key].value

    def says(self, key: str) -> bool:
        """Whether the spec's own file sets the key."""
        return self.settings[key].layer == "spec"

    @property
    def object(self) -> str:
        """The Salesforce object's API name."""
        return str(self.value("object") or "")

    @property
    def fields(self) -> tuple[Field, ...] | None:
        """The named fields; None for every field that can be read."""
        named = self.value("fields")
        if named is None:
            return None
        return tuple(
            Field(item)
            if isinstance(item, str)
            else Field(item["name"], item.get("protect"), item.get("reason", ""))
            for item in named
        )

    @property
    def query(self) -> str | None:
        """The written query, if any."""
        text = self.value("query")
        return str(text) if text else None

    @property
    def window(self) -> Any:
        """The window as written; a spec with a query has `full`."""
        return "full" if self.query and self.value("window") is None else self.value("window")

    @property
    def batch_size(self) -> str | None:
        """The batch size; a default one counts only where the window can be cut."""
        if self.says("batch_size"):
            return str(self.value("batch_size"))
        cuttable = isinstance(self.window, dict) and (self.window.get("from") or self.window.get("last"))
        return self.value("batch_size") if cuttable or self.window == "incremental" else None

    @property
    def await_commits(self) -> bool:
        """Whether runs await the org's commits; a default counts only where the end of a window can be awaited."""
        able = self.query is None and self.window != "full" and self.value("cursor") == DEFAULT_CURSOR
        return bool(self.value("await_commits")) and (able or self.says("await_commits"))

    @property
    def compare_ids(self) -> str | None:
        """How often ids are compared; a default counts only where the rows hold their ids."""
        wanted = self.value("compare_ids")
        return str(wanted) if wanted and (self.writes_ids or self.says("compare_ids")) else None

    @property
    def writes_ids(self) -> bool:
        """Whether the rows hold the object's own ids in the clear."""
        named = self.fields or (Field("Id"),)
        return self.query is None and any(one.name == "Id" and not one.protect for one in named)

    @property
    def compression(self) -> str:
        """The compression; left out it is the format's own, and a default one counts only for formats that have it."""
        written = self.value("compression")
        parquet = self.value("format") == "parquet"
        if written and (self.says("compression") or written != "snappy" or parquet):
            return str(written)
        return "snappy" if parquet else "none"

    @property
    def connection(self) -> str:
        """The Salesforce connection."""
        return str(self.value("connection") or next(iter(self.unit.salesforce), ""))

    @property
    def owner(self) -> str:
        """Who answers for the data."""
        return str(self.value("owner") or self.unit.owner)

    @property
    def bucket(self) -> str:
        """The bucket, or the template that Airflow renders to it."""
        return str((self.value("destination") or {}).get("bucket") or self.unit.bucket)

    @property
    def prefix(self) -> str:
        """The folder in the bucket: the unit's and the spec's own."""
        own = (self.value("destination") or {}).get("prefix") or self.name
        return f"{self.unit.prefix.strip('/')}/{own.strip('/')}"

    @property
    def prefixes(self) -> tuple[str, ...]:
        """Every folder that the DAG writes to: that of the rows, and that of the missing ids where it compares."""
        return (self.prefix, deleted_prefix(self.prefix)) if self.compare_ids else (self.prefix,)

    @property
    def folders(self) -> tuple[Folder, ...]:
        """The same, with their bucket."""
        return tuple(Folder.of(self.bucket, prefix) for prefix in self.prefixes)


def settings(spec: Checked, unit: Unit, group: Group) -> dict[str, Setting]:
    """Every key of a spec with its effective value; the nearest layer wins, and broken values are passed over."""
    defaults = [
        (layer, document, _defaults(document, broken)) for layer, document, broken in _layers(unit, group)
    ]
    own = spec.document.mapping
    found: dict[str, Setting] = {}
    for key, about in schema("ingestion")["properties"].items():
        if key in own and key not in spec.broken:
            found[key] = Setting(own[key], "spec", spec.document, (key,))
            continue
        nearest = next(
            ((name, document, values) for name, document, values in defaults if key in values), None
        )
        if nearest:
            found[key] = Setting(nearest[2][key], nearest[0], nearest[1], ("defaults", key))
        else:
            found[key] = Setting(about.get("default"), "default")
    return found


def _layers(unit: Unit, group: Group) -> list[tuple[str, Document, frozenset[str]]]:
    layers = [("unit", unit.document, unit.broken)]
    return layers if group.document is None else [*layers, ("group", group.document, group.broken)]


def _defaults(document: Document, broken: frozenset[str]) -> dict[str, Any]:
    values = document.mapping.get("defaults")
    if not isinstance(values, dict) or "defaults" in broken:
        return {}
    return {key: value for key, value in values.items() if f"defaults.{key}" not in broken}

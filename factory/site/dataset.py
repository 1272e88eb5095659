"""What the site tells of a dataset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from lake_ingest.spec.window import Full, WindowError

from factory.compile.dag import asset
from factory.compile.doc_page import window_words
from factory.linter.all_rules import RULES
from factory.linter.comments import comments_of
from factory.model.ingestion import Field, Ingestion
from factory.model.next_run import next_run
from factory.site.chart import Chart, chart
from factory.site.freshness import Freshness, freshness
from factory.site.history import Commit, History
from factory.site.publication import Publication
from factory.sources.seam import Offer, Offline

SAID = {"hash": "keyed hash", "mask": "masked", "drop": "left out"}
_IN_THE_CLEAR = "in the clear"
_SUFFIX = {"csv": "csv", "json": "json", "ndjson": "ndjson", "parquet": "parquet"}
_READERS = {"csv": "read_csv", "json": "read_json", "ndjson": "read_json", "parquet": "read_parquet"}


@dataclass(frozen=True, slots=True)
class Column:
    """A column: of which field, what it means and holds, and how it is protected, why and since which commit.

    `personal` says that its field holds personal data; None where the catalogue does not tell.
    """

    name: str
    field: str
    meaning: str = ""
    type: str = ""
    personal: bool | None = None
    protection: str = ""
    reason: str = ""
    since: Commit | None = None

    @property
    def audited(self) -> bool:
        """Whether an auditor asks for it: it is, or may be, personal data, or somebody protects it."""
        return self.personal is not False or bool(self.protection)

    @property
    def treatment(self) -> str:
        """What its values are in the lake."""
        return self.protection or _IN_THE_CLEAR


@dataclass(frozen=True)
class Dataset:
    """A dataset and all that its pages show; `publications` are oldest first, None where the lake was not read."""

    spec: Ingestion
    path: str
    columns: tuple[Column, ...]
    publications: tuple[Publication, ...] | None
    fresh: Freshness
    chart: Chart | None
    next_run: str
    then: tuple[str, ...]
    since: Commit | None

    @property
    def id(self) -> str:
        """`<unit>.<name>`."""
        return self.spec.dag_id

    @property
    def asset(self) -> str:
        """Its Asset in Airflow."""
        return asset(self.spec)

    @property
    def title(self) -> str:
        """What it is, in a line."""
        return self.spec.description or f"{self.spec.object} of {self.spec.traits.title}"

    @property
    def rows(self) -> str:
        """Which rows a run reads."""
        if self.spec.query:
            return "the rows of a query"
        return window_words(self.spec.window or Full(), self.spec.overlap)

    @property
    def schedule(self) -> str:
        """When it runs."""
        spec = self.spec
        if not spec.scheduled:
            return "by hand"
        if spec.after:
            return f"after {' and '.join(spec.after)}"
        return f"{spec.schedule.text}, {spec.zone}" if spec.schedule else "by hand"

    @property
    def audited(self) -> tuple[Column, ...]:
        """The columns that an auditor asks for."""
        return tuple(column for column in self.columns if column.audited)

    @property
    def quality(self) -> list[tuple[str, str, str]]:
        """Column, rule and what the newest publication says of it; runs that break a rule publish nothing."""
        kept = self.publications[-1].quality if self.publications else {}
        return [
            (name, _rule(rule, value), "kept" if rule in kept.get(name, {}) else "no publication yet")
            for name, rules in self.spec.expect.columns.items()
            for rule, value in rules.to_dict().items()
        ]

    @property
    def query(self) -> str:
        """A sample query."""
        names = [column.name for column in self.columns if column.protection != SAID["drop"]][:6]
        if self.spec.table:
            chosen = ", ".join(name.replace(".", "_") for name in names) or "*"
            newest = f"(SELECT max(_logical_date) FROM {self.id})"
            return f"SELECT {chosen}\nFROM {self.id}\nWHERE _logical_date = {newest}\nLIMIT 20"
        chosen = ", ".join(f'"{name}"' for name in names) or "*"
        bucket = "<bucket>" if "{{" in self.spec.bucket else self.spec.bucket
        packed = (
            {"gzip": ".gz", "zstd": ".zst"}.get(self.spec.compression, "")
            if self.spec.format != "parquet"
            else ""
        )
        place = f"s3://{bucket}/{self.spec.prefix}/dt=*/*.{_SUFFIX[self.spec.format]}{packed}"
        return f"SELECT {chosen}\nFROM {_READERS[self.spec.format]}('{place}')\nLIMIT 20"


def dataset(
    spec: Ingestion,
    offline: Offline,
    history: History,
    publications: Sequence[Publication] | None,
    then: Sequence[str],
    now: datetime,
) -> Dataset:
    """What is known of one dataset at a moment."""
    path = f"{spec.unit.name}/{Path(spec.document.path).name}"
    ordered = None if publications is None else tuple(sorted(publications, key=lambda one: one.logical_date))
    types = ordered[-1].types if ordered else {}
    return Dataset(
        spec=spec,
        path=path,
        columns=tuple(_columns(spec, path, offline, history, types)),
        publications=ordered,
        fresh=freshness(spec.pace, ordered, now, scheduled=spec.scheduled),
        chart=chart(ordered or ()),
        next_run=_next_run(spec, now),
        then=tuple(then),
        since=history.since(path, _line(spec, ("object",))),
    )


def _columns(
    spec: Ingestion, path: str, offline: Offline, history: History, types: Mapping[str, str]
) -> list[Column]:
    ignored = {
        one.line: one.reason
        for one in comments_of(spec.document)
        if any("personal" in RULES[rule].name for rule in one.ids if rule in RULES)
    }

    def column(field: Field | None, offer: Offer | None, name: str) -> Column:
        protect = field.protect if field else None
        where = field.path[:2] if field and field.path else ("query",) if spec.query else ("object",)
        line = spec.document.value_span(where).line
        personal = offer is None or offer.personal
        return Column(
            name=field.column if field else name,
            field=name,
            meaning=offer.label if offer else "",
            type=(offer.type if offer else "") or (field.type if field else "") or types.get(name, ""),
            personal=offer.personal if offer else None,
            protection=SAID[protect] if protect else "",
            reason=field.reason if field and field.reason else ignored.get(line, "") if personal else "",
            since=history.since(path, spec.document.source.line(line)),
        )

    if spec.fields is not None:
        return [
            column(field, offline.offer(spec.connection, spec.object, field.name), field.name)
            for field in spec.fields
        ]
    if spec.query:
        return [column(None, offline.offer(spec.connection, spec.object, name), name) for name in types]
    offers = offline.offers(spec.connection, spec.object)
    told = {field.name: field for field in spec.exceptions}
    if offers is not None:
        return [column(told.get(offer.name), offer, offer.name) for offer in offers]
    return [column(told.get(name), None, name) for name in dict.fromkeys([*told, *types])]


def _line(spec: Ingestion, path: tuple[str | int, ...]) -> str:
    """The text of the line on which a value of the spec stands."""
    return spec.document.source.line(spec.document.value_span(path).line)


def _next_run(spec: Ingestion, now: datetime) -> str:
    try:
        return next_run(spec, now).moment
    except (WindowError, ValueError):
        return ""


def _rule(rule: str, value: object) -> str:
    if value is True:
        return rule.replace("_", " ")
    shown = " to ".join(map(str, value)) if rule == "between" and isinstance(value, list) else value
    return f"{rule.replace('_', ' ')} {', '.join(map(str, shown)) if isinstance(shown, list) else shown}"

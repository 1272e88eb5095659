"""The texts of a spec, read: the one place where a window, a length of time, a schedule, a zone or a day is parsed."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import PurePath
from typing import Any, TypeVar
from urllib.parse import quote
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lake_ingest.spec.batch_size import BatchSize, RowCount, parse_batch_size
from lake_ingest.spec.calendar_window import Calendar
from lake_ingest.spec.csv_dialect import CsvDialect
from lake_ingest.spec.duration import Duration, parse_duration
from lake_ingest.spec.ingestion import Expect
from lake_ingest.spec.literal import Literal
from lake_ingest.spec.window import Between, Full, Incremental, Last, Window, parse_window

from factory.model.group import Group
from factory.model.ingestion import Fault, Field, Ingestion
from factory.model.schedule import Pace, Schedule, parse_schedule
from factory.model.setting import Setting, settings
from factory.model.traits import About, Traits
from factory.model.unit import Unit
from factory.read.document import KeyPath
from factory.vocabulary.checked import Checked

T = TypeVar("T")
_MONTH = 31  # days


def ingestion(
    name: str, checked: Checked, unit: Unit, group: Group, traits: Traits, about: Callable[[str, str], About]
) -> Ingestion:
    """The ingestion of a checked spec; `about` looks up a connection's object in the catalogue."""
    reader = _Reader(settings(checked, unit, group, traits), traits, about)
    return _dated(reader.ingestion(name, checked, unit, group))


_A_WEEK = Duration(1, "week")


def _dated(spec: Ingestion) -> Ingestion:
    """The ingestion; where its cursor holds dates, minutes of overlap that are a default are meant for other specs."""
    finer = spec.overlap is not None and bool(spec.overlap.seconds)
    if not spec.in_days or spec.says("overlap") or not finer:
        return spec
    return replace(spec, overlap=None)


class _Reader:
    """Reads each value once; what cannot be read lies in `faults`."""

    def __init__(
        self, written: Mapping[str, Setting], traits: Traits, about: Callable[[str, str], About]
    ) -> None:
        self._written = written
        self._traits = traits
        self._about = about
        self._faults: dict[str, Fault] = {}

    def ingestion(self, name: str, checked: Checked, unit: Unit, group: Group) -> Ingestion:
        value = self._value
        destination = value("destination") or {}
        query = value("query") or None
        window = self._window(query)
        fields, exceptions = _fields(value("fields")), _exceptions(value("fields"))
        connection = value("connection") or next(iter(unit.sources.get(self._traits.kind, ())), "")
        about = self._about(connection, value("object") or "")
        size = self._batch_size(window, query, about)
        holds_key = query is None and _holds(about.key, fields, exceptions)
        every = self._read("compare_ids", parse_duration)
        refresh = self._read("refresh", parse_duration)
        schedule, zone = self._read("schedule", parse_schedule), self._read("timezone", _zone)
        closed = self._closed(group, window, schedule)
        wanted = value("table") if isinstance(value("table"), dict) else {}
        is_table = bool(value("table")) and (value("format") == "parquet" or self._is_own("table"))
        deadline = self._read("deadline", parse_duration)
        own = (destination.get("prefix") or name).strip("/")
        return Ingestion(
            unit=unit,
            name=name,
            traits=self._traits,
            document=checked.document,
            settings=self._written,
            broken=checked.broken,
            object=value("object") or "",
            description=value("description") or "",
            owner=value("owner") or unit.owner,
            tags=tuple(value("tags")),
            connection=connection,
            fields=fields,
            exceptions=exceptions,
            filter=value("filter") or None,
            query=query,
            options=self._options(group),
            window=window,
            overlap=self._read("overlap", parse_duration),
            batch_size=size,
            cursor=value("cursor") or "",
            include_deleted=value("include_deleted"),
            await_commits=self._await_commits(query, window),
            schedule=schedule,
            after=_listed(value("after")),
            pace=Pace(schedule, zone, closed) if schedule and zone else None,
            zone=zone,
            start=self._read("start", _day),
            end=self._read("end", _day),
            paused=value("paused"),
            closed=closed,
            notify=value("notify"),
            deadline=deadline if value("notify") or self._is_own("deadline") else None,
            retries=value("retries"),
            format=value("format"),
            compression=self._compression(),
            csv=self._csv(about, fields, exceptions),
            file_name=value("file_name") or "",
            partition_by=value("partition_by") or "",
            one_snapshot=value("one_snapshot") and size is not None,
            record_time_added=value("record_time_added"),
            coerce_to_timestamp=value("coerce_to_timestamp"),
            bucket=destination.get("bucket") or unit.bucket,
            prefix=f"{unit.prefix.strip('/')}/{own}",
            expect=Expect.from_dict(value("expect") or {}),
            drift=value("drift"),
            deletes=value("deletes") if value("include_deleted") or self._is_own("deletes") else "soft",
            compare_ids=every if holds_key or self._is_own("compare_ids") else None,
            refresh=refresh if window == Incremental() or self._is_own("refresh") else None,
            about=about,
            table=is_table,
            current=is_table and wanted.get("current", False) and (holds_key or self._is_own("table")),
            keep=self._length("table", "keep"),
            compact=self._length("table", "compact") or _A_WEEK,
            holds_key=holds_key,
            in_days=window not in (None, Full()) and value("cursor") in about.dates,
            spec_url=group.repository.replace(
                "{path}", quote(f"{unit.name}/{PurePath(checked.document.path).name}")
            ),
            faults=self._faults,
        )

    def _closed(self, group: Group, window: Window | None, schedule: Schedule | None) -> frozenset[date]:
        """The days that are skipped; a calendar from a layer of defaults counts only where no rows are left out by that."""
        able = schedule is not None and window is not None and reaches_over(window)
        name = self._value("calendar")
        return (
            group.calendar(name) if name and schedule and (able or self._is_own("calendar")) else frozenset()
        )

    def _csv(
        self, about: About, fields: tuple[Field, ...] | None, exceptions: tuple[Field, ...]
    ) -> CsvDialect:
        """The dialect; one from a layer of defaults counts only where the format is csv. Labels are those of the fields that are read."""
        written = (
            dict(self._value("csv") or {}) if self._value("format") == "csv" or self._is_own("csv") else {}
        )
        if not written.pop("header", None):
            return CsvDialect.from_dict(written)
        own = {one.name for one in exceptions if one.protect == "drop" or one.called}
        named = (one.name for one in fields or () if one.protect != "drop" and not one.called)
        read = (name for name in about.labels if name not in own) if fields is None else named
        labels = {name: about.labels[name] for name in read if name in about.labels}
        return CsvDialect.from_dict(written | {"labels": labels})

    def _options(self, group: Group) -> dict[str, Any]:
        """The keys of this kind of source, and what the group says of its org."""
        own = {key: self._value(key) for key in self._traits.options}
        return own | {key: value for key, value in self._traits.of_group(group).items() if value is not None}

    def _value(self, key: str) -> Any:
        return self._written[key].value

    def _read(self, key: str, read: Callable[[Any], T]) -> T | None:
        """A value, by the function that reads it; None where it is absent or cannot be read."""
        setting = self._written[key]
        if setting.value is None:
            return None
        try:
            return read(setting.value)
        except ValueError as error:
            if setting.document is None:
                raise  # a default of ours
            inner: KeyPath = _end_at_fault(setting.value) if key == "window" else ()
            self._faults[key] = Fault(str(error).rstrip("."), setting.document, (*setting.path, *inner))
            return None

    def _length(self, key: str, part: str) -> Duration | None:
        """A length of time inside a value; None where it is absent or cannot be read."""
        setting = self._written[key]
        text = setting.value.get(part) if isinstance(setting.value, dict) else None
        if text is None or setting.document is None:
            return None
        try:
            return parse_duration(text)
        except ValueError as error:
            self._faults[key] = Fault(str(error).rstrip("."), setting.document, (*setting.path, part))
            return None

    def _window(self, query: str | None) -> Window | None:
        if query is not None and self._value("window") is None:
            return Full()
        return self._read("window", parse_window)

    def _batch_size(self, window: Window | None, query: str | None, about: About) -> BatchSize | None:
        size = self._read("batch_size", parse_batch_size)
        if size is None or self._is_own("batch_size"):
            return size
        if isinstance(size, RowCount):
            able = self._traits.cuts_by_key and window == Full() and query is None and about.key
            return size if able else None
        return size if window and has_start(window) and may_cut(window, size) else None

    def _await_commits(self, query: str | None, window: Window | None) -> bool:
        asked = query is not None and not self._traits.cuts_queries
        able = not asked and window != Full() and self._traits.awaits(self._value("cursor"))
        return bool(self._value("await_commits")) and (able or self._is_own("await_commits"))

    def _compression(self) -> str:
        """Left out it is the format's own, and one from a layer of defaults counts only for formats that have it."""
        written = self._value("compression")
        parquet = self._value("format") == "parquet"
        if written and (self._is_own("compression") or written != "snappy" or parquet):
            return str(written)
        return "snappy" if parquet else "none"

    def _is_own(self, key: str) -> bool:
        return self._written[key].layer == "spec"


def has_start(window: Window) -> bool:
    """Whether a window has a start, so that it can be cut into batches."""
    return not isinstance(window, Full) and not (isinstance(window, Between) and window.start is None)


def may_cut(window: Window, size: Duration) -> bool:
    """Whether batches of a size can be shorter than a window, wherever in the calendar it lies."""
    if not isinstance(window, Calendar | Last):
        return True
    length = window.length if isinstance(window, Last) else Duration(1, window.unit)
    if size.months and length.months:
        return size.months < length.months
    if size.days and length.days:
        return size.days < length.days
    return _hours(size, month=28, change=-2) < _hours(length, month=31, change=2)


def _hours(length: Duration, *, month: int, change: int) -> float:
    """A length in hours, where a month has so many days and clocks change by so many hours in it."""
    if length.seconds:
        return length.seconds / 3600
    return (length.days + length.months * month) * 24 + change


def reaches_over(window: Window) -> bool:
    """Whether a run reads what runs of some skipped days before it would have read; holidays with their weekends are shorter than a month."""
    if isinstance(window, Full | Incremental):
        return True
    return isinstance(window, Last) and window.length.days + window.length.months * _MONTH >= _MONTH


def reads_zone(window: Window) -> bool:
    """Whether the rows of a window depend on the zone in which days and longer units are meant."""
    if isinstance(window, Last):
        return not window.length.seconds
    if isinstance(window, Between):
        return any(isinstance(end, str | Literal) for end in (window.start, window.end))
    return isinstance(window, Calendar)


def _holds(
    key: tuple[str, ...] | None, fields: tuple[Field, ...] | None, exceptions: tuple[Field, ...]
) -> bool:
    """Whether the fields of a key are all read, in the clear and by their own names; what is not known is taken for read."""
    if not key:
        return key is None
    if fields is None:
        return not set(key) & {field.name for field in exceptions if field.protect or field.called}
    return set(key) <= {field.name for field in fields if not field.protect and not field.called}


def _fields(value: Any) -> tuple[Field, ...] | None:
    if value is None or isinstance(value, dict):
        return None
    return tuple(_field(one, ("fields", index)) for index, one in enumerate(value))


def _exceptions(value: Any) -> tuple[Field, ...]:
    """What a spec of all fields says of some; one of which only the name is said is left out."""
    if not isinstance(value, dict):
        return ()
    named = (_field(one, ("fields", "except", index)) for index, one in enumerate(value["except"]))
    return tuple(
        one if one.protect or one.called or one.reason else replace(one, protect="drop") for one in named
    )


def _field(one: Any, path: KeyPath) -> Field:
    if isinstance(one, str):
        return Field(one, path=path)
    return Field(
        one["name"],
        one.get("protect"),
        one.get("reason", ""),
        (*path, "name"),
        one.get("type", ""),
        one.get("as", ""),
    )


def _listed(value: Any) -> tuple[str, ...]:
    """One text, or several."""
    return (value,) if isinstance(value, str) else tuple(value or ())


def _end_at_fault(window: Any) -> KeyPath:
    """The key of the end that cannot be read, where the window has ends."""
    for end, text in window.items() if isinstance(window, dict) else ():
        try:
            parse_window({end: text})
        except ValueError:
            return (end,)
    return ()


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"`{name}` is not a time zone") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`{text}` is not a day of the calendar") from None

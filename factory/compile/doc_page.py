"""The page that Airflow shows of a DAG, written for the analyst who browses it."""

import re
from collections.abc import Iterable
from pathlib import PurePath

from lake_ingest.spec.calendar_window import Calendar
from lake_ingest.spec.duration import Duration
from lake_ingest.spec.folder_of_value import folder_column
from lake_ingest.spec.literal import Literal
from lake_ingest.spec.object_key import MANIFEST_NAME, deleted_prefix
from lake_ingest.spec.window import Between, Full, Incremental, Last, Point, Window, point_text

from factory.compile.contact import contact_link
from factory.model.ingestion import Field, Ingestion

_FENCE = re.compile("`+")
_SAID = {"hash": "keyed hash", "mask": "masked", "drop": "left out"}


_DELIMITERS = {";": "semicolons", "tab": "tabs", "|": "vertical bars"}


def doc_md(spec: Ingestion) -> str:
    """What a DAG does, why, for whom, and how to run it again, in Markdown."""
    sections = (
        _head(spec),
        _facts(spec),
        _fields(spec),
        _landing(spec),
        _RERUN.format(dag_id=spec.dag_id)
        + ("" if spec.window in (None, Full()) or spec.expect.max_drop is not None else _ASKED),
        _MANIFEST.format(name=MANIFEST_NAME),
        _spec(spec),
    )
    return "\n\n".join(section.strip() for section in sections if section) + "\n"


def window_words(window: Window, overlap: Duration | None, rows: str = "what changed") -> str:
    """A window in words: `what changed in the last 6 months`; `rows` are those that it measures."""
    match window:
        case Full():
            return "every row, whenever it changed"
        case Incremental():
            late = f", reaching back {overlap} further for late commits" if overlap else ""
            return f"{rows} since the last run{late}"
        case Last(length):
            return f"{rows} in the last {length} before the run"
        case Calendar():
            return f"{rows} {_calendar_words(window)}"
        case Between(start, end):
            begin = f"from {_side(start, 'start')}" if start else "from the beginning"
            return f"{rows} {begin} up to {_side(end, 'end') if end else 'the run'}"


def _measured(spec: Ingestion) -> str:
    """What the cursor tells of a row: that it changed, or a date of its own."""
    return "what changed" if spec.cursor in ("", spec.traits.committed) else f"rows with `{spec.cursor}`"


def _side(point: Point, side: str) -> str:
    """One end of a window; a literal is a period, of which it takes a side."""
    if isinstance(point, Literal):
        return f"the {side} of {point.text}"
    return point_text(point) + (" (not included)" if side == "end" else "")


def _calendar_words(window: Calendar) -> str:
    if window.so_far:
        return f"{window.text}, up to the run"
    return f"in the last {window.unit} that is over before the run"


def _head(spec: Ingestion) -> str:
    why = spec.description or f"`{spec.object}` of {spec.traits.title}, landed in the lake."
    return f"## {spec.dag_id}\n\n{_prose(why)}\n\n**Owner:** {_prose(spec.owner)} · **Contact:** {_contact(spec.unit.contact)}"


def _facts(spec: Ingestion) -> str:
    window = spec.window or Full()
    rows = "the rows of the query below" if spec.query else ""
    if not spec.query or window != Full():
        words = window_words(window, spec.overlap, _measured(spec))
        rows = f"{rows}, {words}" if rows else words
    relationship = spec.options.get("relationship_object")
    facts = {
        "Object": f"`{spec.object}`" + (f", relationship `{relationship}`" if relationship else ""),
        "Rows": rows + (", deleted rows included" if spec.include_deleted else ""),
        "Filter": f"`{_prose(spec.filter)}`" if spec.filter else "",
        "Late commits": f"awaited: a run begins when {spec.traits.called} has committed everything up to its window's end"
        if spec.await_commits
        else "",
        "Hard deletes": f"looked for by the first run in each period of {spec.compare_ids}"
        if spec.compare_ids
        else "",
        "Refresh": f"the first run in each period of {spec.refresh} reads every row again"
        if spec.refresh
        else "",
        "Notices": _notices(spec),
        "Measured by": f"`{spec.cursor}`" if spec.cursor and window != Full() else "",
        "Batches": _batches(spec),
        "Schedule": _schedule(spec),
        f"{spec.traits.title} connection": f"`{spec.connection}`",
    }
    return "\n".join(
        ["| | |", "|---|---|", *(f"| {name} | {fact} |" for name, fact in facts.items() if fact)]
    )


def _batches(spec: Ingestion) -> str:
    moment = ", all of one moment" if spec.one_snapshot else ""
    return f"{spec.batch_size} each{moment}" if spec.batch_size else "one"


def _skipped(spec: Ingestion) -> str:
    name = spec.settings["calendar"].value
    return f", but for the {len(spec.closed)} days of the calendar `{name}`" if spec.closed else ""


def _schedule(spec: Ingestion) -> str:
    """As it is written, the cron that Airflow shows of it, and the zone in which both are meant."""
    if spec.after:
        followed = f"after {' and '.join(f'`{name}`' for name in spec.after)}"
        return f"{followed}; its window ends where their data ends" if spec.scheduled else "by hand"
    if spec.schedule is None:
        return "by hand"
    written, cron = spec.schedule.text, spec.schedule.cron
    when = f"`{written}`" if written == cron else f"`{written}`: cron `{cron}`"
    when = f"{when}, {spec.zone}{_skipped(spec)}"
    return when if spec.scheduled else f"by hand; a run reads what the last one of {when} would have read"


def _notices(spec: Ingestion) -> str:
    if not spec.notify:
        return ""
    late = f"; late is what is not there {spec.deadline} after the last publication" if spec.deadline else ""
    return f"the unit's topic is told of a failure, other columns and a limit that is used up{late}"


def _fields(spec: Ingestion) -> str:
    if spec.query:
        return f"### Query\n\n```sql\n{spec.query.strip()}\n```"
    if spec.fields is None:
        every = "### Fields\n\nEvery field that the connection's user can read"
        if not spec.exceptions:
            return f"{every}."
        return "\n".join([f"{every}, but for these:", "", *_field_table(spec.exceptions)])
    return "\n".join(["### Fields", "", *_field_table(spec.fields)])


def _field_table(fields: Iterable[Field]) -> list[str]:
    rows = [
        f"| `{field.name}`{f' as `{field.called}`' if field.called else ''} | {_protection(field)} |"
        for field in fields
    ]
    return ["| Field | Protection |", "|---|---|", *rows]


def _protection(field: Field) -> str:
    said = _SAID[field.protect] if field.protect else "none"
    return f"{said}: {_prose(field.reason)}" if field.reason else said


def _landing(spec: Ingestion) -> str:
    purged = (
        f" The ids of rows that are no longer in {spec.traits.title} land in `s3://<bucket>/{deleted_prefix(spec.prefix)}/`."
        if spec.compare_ids
        else ""
    )
    dialect = "".join(
        (
            f", with {_DELIMITERS[spec.csv.delimiter]} between values" if spec.csv.delimiter != "," else "",
            ", with a byte-order mark" if spec.csv.bom else "",
            f", with `{spec.csv.null}` for a null" if spec.csv.null else "",
            ", with labels in the header" if spec.csv.labels else "",
        )
    )
    packed = f"{dialect}, {spec.compression}" if spec.compression != "none" else dialect
    folder = f"{folder_column(_column(spec))}=<value>/" if spec.partition_by else ""
    return (
        f"### Where it lands\n\n`s3://<bucket>/{spec.prefix}/dt=<logical date>/{folder}{spec.file_name}`, {spec.format}{packed}."
        f" The bucket is `{spec.bucket}`. The Asset is `lake://{spec.unit.name}/{spec.name}`.{purged}{_table(spec)}"
    )


def _column(spec: Ingestion) -> str:
    """The column whose values name folders."""
    return next((one.column for one in spec.named_fields if one.name == spec.partition_by), spec.partition_by)


def _table(spec: Ingestion) -> str:
    if not spec.table:
        return ""
    return (
        f"\n\nIn SQL it is the table `{spec.unit.database}.{spec.name}`:\n\n```sql\nSELECT * FROM {spec.unit.database}.{spec.name}\n"
        "WHERE _logical_date = TIMESTAMP '2026-01-31 00:00:00 UTC'\n```"
        + (f"\n\nIt holds the publications of the last {spec.keep}." if spec.keep else "")
        + (f"\n\nThe state of today, one row a key, is `{spec.dag_id}_current`." if spec.current else "")
    )


def _spec(spec: Ingestion) -> str:
    """The file itself, in a fence longer than any in it. Airflow keeps the lines of such a block only where it says a language."""
    name = f"{spec.unit.name}/{PurePath(spec.document.path).name}"
    place = f"[`{name}`]({spec.spec_url})" if spec.spec_url else f"`{name}`"
    text = spec.document.source.text.rstrip()
    fence = "`" * max(3, 1 + max(map(len, _FENCE.findall(text)), default=0))
    return f"### Its spec\n\n{place}:\n\n{fence}yaml\n{text}\n{fence}"


def _contact(contact: str) -> str:
    """An address as a link."""
    link = contact_link(contact)
    return f"[{contact}]({link})" if link else _prose(contact)


def _prose(text: str) -> str:
    """Text of a spec as one line that cannot end a table or begin a heading."""
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


_RERUN = """
### Run it again, or for earlier days

- **Again:** clear the run's tasks in the grid. The run replaces its own output; nothing is doubled.
- **Earlier days:** `airflow backfill create --dag-id {dag_id} --from-date 2026-01-01 --to-date 2026-01-31`, or
  *Trigger* → *Backfill*. Each day reads its own interval.
- **A failed run** leaves the last publication as it was.
"""
_ASKED = """- **Any days, once:** *Trigger* asks for the first day and the day after the last. The run reads these instead of the usual window,
  in days of the spec's time zone, and its manifest says so (`asked`).
"""
_MANIFEST = """
### Read the data

Each `dt=` folder holds `{name}`, written last: the objects of the publication with rows, bytes and checksums, the
window, the schema and the query. Read the objects that it names; a folder without it is not published yet.
"""

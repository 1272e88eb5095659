"""ING340, ING343 to ING346, ING358: the column by which rows fall into a window."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from lake_ingest.spec.window import Full

from factory.meant.zones import zone
from factory.model.ingestion import Ingestion
from factory.near import near
from factory.rules.problem import Problem, Severity
from factory.rules.rule import Rule
from factory.sources.relational.catalog import WALL_CLOCK, CatalogColumn, CatalogTable
from factory.sources.relational.dialect import Dialect

_SPEC = "source: postgresql\nobject: billing.invoice\nwindow: {last: 6 months}\nfields: [id, amount]\n"
_RIGHT = _SPEC + "cursor: updated_at\n"
_STATUS = "source: postgresql\nobject: billing.meter_event\nwindow: {last: 6 months}\n"

NO_CURSOR = Rule(
    "ING340", "no-cursor", "A window over a table does not say by which column its rows fall into it.",
    "No column of a table is stamped by the database itself, so the spec names the one that the application keeps.",
    wrong=_SPEC, right=_RIGHT, fixed=True,
)  # fmt: skip
CURSOR_TYPE = Rule(
    "ING343", "cursor-type", "The cursor holds neither dates nor times.",
    "A window is a span of time, so that its cursor is a date or a timestamp.",
    wrong=_SPEC + "cursor: amount\n", right=_RIGHT, fixed=True,
)  # fmt: skip
CURSOR_ZONE = Rule(
    "ING344", "cursor-timezone", "The zone of a cursor is missing, unknown, or has no effect.",
    "A timestamp without a time zone is what some clock showed. Without the zone of that clock nobody knows which moment it means; a cursor"
    " with a zone, and a date, need none.",
    wrong=_STATUS + "cursor: read_at\n", right=_STATUS + "cursor: read_at\ncursor_timezone: Europe/Brussels\n", fixed=True,
)  # fmt: skip
NULLABLE = Rule(
    "ING345", "nullable-cursor", "The cursor may be null, and rows in which it is null fall into no window.",
    "An incremental copy loses them in silence.",
    wrong=_SPEC + "cursor: paid_at\n", right=_RIGHT,
)  # fmt: skip
UNINDEXED = Rule(
    "ING346", "unindexed-cursor", "No index begins with the cursor, so that each run looks at every row of the table.",
    "A run that reads a few changes then costs the database as much as a full one.",
    wrong=_SPEC + "cursor: issued_at\n", right=_RIGHT, severity=Severity.WARNING,
)  # fmt: skip
CURSOR_UNIT = Rule(
    "ING358", "cursor-unit", "What a cursor of whole numbers counts is missing, or is said of another cursor.",
    "The seconds or milliseconds since 1970 are a time by which rows fall into a window. A number that counts rows is none: it says neither"
    " when a row changed nor which rows a run of a certain date should read.",
    wrong=_SPEC + "cursor: customer_id\n", right=_RIGHT, fixed=True,
)  # fmt: skip
RULES = (NO_CURSOR, CURSOR_TYPE, CURSOR_ZONE, NULLABLE, UNINDEXED, CURSOR_UNIT)


def check(spec: Ingestion, table: CatalogTable | None, dialect: Dialect) -> Iterator[Problem]:
    """What is wrong with the cursor of a spec."""
    if spec.window is None or "cursor" in spec.broken:
        return
    if spec.window == Full():
        yield from _zone(spec, None)
        yield from _unit_in_vain(spec, "a full window has no cursor")
        return
    if not spec.cursor:
        cure = "Add `cursor:` with the column that every change of a row stamps, or write `window: full`."
        if table and (usable := _usable(table)):
            cure = f"Add `cursor:` with the column that every change of a row stamps: {', '.join(usable)}; or write `window: full`."
        yield NO_CURSOR.at(*spec.place("window", "object"), "the window has no `cursor`", cure=cure)
        return
    if table is None:
        return
    column = table.columns.get(spec.cursor)
    if column is None or not _bounds(column):
        yield _wrong(spec, table, column)
        return
    yield from of_type(spec, column)
    if column.nullable and table.what not in _VIEWS:
        message = f"`{column.name}` may be null; a row in which it is falls into no window"
        cure = "Let the column be NOT NULL, name another cursor, or read the whole table with `window: full`."
        yield NULLABLE.at(*spec.place("cursor"), message, cure=cure)
    if column.name not in table.indexed and table.what not in _VIEWS:
        means = dialect.finds_by
        message = f"no {means.split(' ', 1)[1]} of `{spec.object}` begins with `{column.name}`: each run looks at every row{_of(table)}"
        cure = f"Have {means} made, or name a cursor that has one."
        yield UNINDEXED.at(*spec.place("cursor"), message, cure=cure)


def of_type(spec: Ingestion, column: CatalogColumn) -> Iterator[Problem]:
    """What the type of a cursor asks of the spec, or makes vain in it."""
    if not _bounds(column):
        message = f"`{column.name}` is of type {column.type} and cannot bound a window"
        yield CURSOR_TYPE.at(
            *spec.place("cursor", "object"), message, cure="Name another column of the query."
        )
        return
    if _is_whole(column):
        yield from _unit(spec, column)
    else:
        yield from _unit_in_vain(spec, f"`{column.name}` is of type {column.type}")
    yield from _zone(spec, column)


def _bounds(column: CatalogColumn) -> bool:
    return bool(column.clock) or _is_whole(column)


_WHOLE = ("integer", "bigint", "int")  # "int unsigned" and its like too, but no intervals
_VIEWS = ("view", "foreign table")  # of which the catalogue knows neither nulls nor indexes


def _is_whole(column: CatalogColumn) -> bool:
    return column.type.split(" ")[0].split("(")[0] in _WHOLE


def _unit(spec: Ingestion, column: CatalogColumn) -> Iterator[Problem]:
    """What a whole number counts."""
    if spec.options["cursor_unit"] is None and "cursor_unit" not in spec.broken:
        message = f"`{column.name}` is of type {column.type}, and the spec does not say what it counts"
        cure = (
            "Where it is the time since 1970, add `cursor_unit:` with seconds, milliseconds or microseconds. A number that counts rows is no"
            " time: name another cursor, or write `window: full`."
        )
        yield CURSOR_UNIT.at(*spec.place("cursor"), message, cure=cure)


def _unit_in_vain(spec: Ingestion, reason: str) -> Iterator[Problem]:
    if spec.says("cursor_unit") and "cursor_unit" not in spec.broken:
        message = f"`cursor_unit` has no effect: {reason}"
        yield CURSOR_UNIT.at(spec.document, ("cursor_unit",), message, cure="Delete it.", on_key=True)


def _usable(table: CatalogTable) -> list[str]:
    return [column.name for column in table.columns.values() if column.clock]


def _of(table: CatalogTable) -> str:
    return f", about {table.rows:,} of them" if table.rows else ""


def _wrong(spec: Ingestion, table: CatalogTable, column: CatalogColumn | None) -> Problem:
    usable = _usable(table)
    message = (
        f"`{spec.object}` has no column `{spec.cursor}`"
        if column is None
        else f"`{column.name}` is of type {column.type} and cannot bound a window"
    )
    cure = f"Possible are {', '.join(usable)}." if usable else "No column can; write `window: full`."
    meant = near(spec.cursor, usable)
    return CURSOR_TYPE.at(*spec.place("cursor", "object"), message, near=meant, instead=meant, cure=cure)


def _zone(spec: Ingestion, column: CatalogColumn | None) -> Iterator[Problem]:
    """The zone of the cursor's clock; without a column, of a full window."""
    written = spec.options["cursor_timezone"]
    if "cursor_timezone" in spec.broken:
        return
    if column is None or column.clock != WALL_CLOCK:
        if spec.says("cursor_timezone"):
            reason = f"`{column.name}` is of type {column.type}" if column else "a full window has no cursor"
            message = f"`cursor_timezone` has no effect: {reason}"
            yield CURSOR_ZONE.at(spec.document, ("cursor_timezone",), message, cure="Delete it.", on_key=True)
    elif written is None:
        message = f"`{column.name}` is a timestamp without a time zone, and the spec does not say whose clock it shows"
        cure = "Add `cursor_timezone:`, such as UTC or Europe/Brussels."
        yield CURSOR_ZONE.at(*spec.place("cursor"), message, cure=cure)
    elif not _is_zone(written):
        meant = zone(written) or ""
        message = f"`{written}` is not a time zone"
        cure = "" if meant else "Write an IANA name such as `Europe/Brussels`."
        yield CURSOR_ZONE.at(*spec.place("cursor_timezone"), message, instead=meant, cure=cure)


def _is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return False
    return True

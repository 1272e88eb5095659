"""A table as its database describes it, and the columns that an ingestion reads of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.rows.key import key_columns
from lake_ingest.spec.ingestion import FieldChoice, Ingestion
from lake_ingest.spec.table_name import TableName
from lake_ingest.spec.window import Full

INSTANT, WALL_CLOCK, DAY = "instant", "wall clock", "day"
EPOCHS = {
    "seconds": 1_000_000,
    "milliseconds": 1_000,
    "microseconds": 1,
}  # microseconds in each unit since 1970


@dataclass(frozen=True)
class TableColumn:
    """One column of a table.

    Attributes:
        column: as it is read; its `path` is the expression that reads it.
        written: the column's name in SQL, quoted.
        readable: whether the connection's user may read it.
        nullable: whether it may hold nulls.
        clock: what a cursor of it holds: INSTANT, WALL_CLOCK, DAY, or a unit of EPOCHS where the spec says so; None where windows cannot
            be cut by it.
        exact: whether it lands exactly; a type that nobody knows might not.
    """

    column: Column
    written: str
    readable: bool = True
    nullable: bool = True
    clock: str | None = None
    exact: bool = True

    @property
    def name(self) -> str:
        """As the database has it."""
        return self.column.name


@dataclass(frozen=True)
class Table:
    """A table, or what is read as one: a view, a written query. The columns of its key say their place in it.

    A query is named in words.
    """

    name: TableName | str
    columns: tuple[TableColumn, ...]

    @property
    def key(self) -> tuple[Column, ...]:
        """The columns of the primary key, or of a unique key without nulls; none where it has neither."""
        return key_columns([one.column for one in self.columns])

    def find(self, name: str) -> TableColumn:
        """A column by its own name.

        Raises:
            FatalError: there is none, or it may not be read.
        """
        for one in self.columns:
            if one.name == name:
                if not one.readable:
                    raise FatalError(
                        f"the connection's user may not read {name} of {self.name}; grant SELECT on the column, or leave it out"
                    )
                if not one.exact:
                    raise FatalError(
                        f"column {name} of {self.name} is of type {one.column.source_type}, of which nobody knows whether it would land exactly;"
                        " read a view in which it is another, or leave it out"
                    )
                return one
        raise FatalError(f"{self.name} has no column {name}{meant(name, [one.name for one in self.columns])}")


def meant(name: str, others: Iterable[str]) -> str:
    """What was probably meant, as the end of a sentence; empty where nothing is near."""
    folded = {other.lower(): other for other in others}
    near = get_close_matches(name.lower(), folded, n=1)
    return f"; did you mean {folded[near[0]]}?" if near else ""


def chosen_columns(table: Table, ingestion: Ingestion) -> tuple[Column, ...]:
    """The columns that an ingestion reads, in the order of the spec; all that may be read where it names none.

    Raises:
        FatalError: one does not exist or may not be read, nothing is left, or rows are told apart by a key that is not among them.
    """
    if ingestion.fields is None:
        columns = _every_column(table, ingestion)
    else:
        columns = tuple(_chosen(table, choice) for choice in ingestion.fields if choice.protect != "drop")
    if not columns:
        raise FatalError(
            f"{ingestion.dataset} reads no column of {table.name}: every one is dropped or may not be read"
        )
    if ingestion.tells_rows_apart:
        _check_key(table, columns, ingestion)
    return columns


def cursor_of(table: Table, ingestion: Ingestion) -> TableColumn | None:
    """The column by which windows are cut; None for a full read.

    Raises:
        FatalError: it is not named, does not exist, or holds no date, no timestamp and no number of a stated unit.
    """
    if isinstance(ingestion.window, Full):
        return None
    if ingestion.cursor is None:
        raise FatalError(
            f"{ingestion.dataset} names no cursor; a window other than full needs the column that says when a row changed"
        )
    cursor = table.find(ingestion.cursor)
    if cursor.column.kind == "integer" or (cursor.column.kind == "number" and cursor.column.scale == 0):
        return replace(cursor, clock=_unit(table, cursor, ingestion.options.get("cursor_unit")))
    if cursor.clock is None:
        raise FatalError(
            f"cursor {cursor.name} of {table.name} is of type {cursor.column.source_type}; it must be a date or a timestamp."
            " Name another cursor in the spec, or write window: full."
        )
    return cursor


def check_key(
    table: Table, otherwise: str = "its keys cannot be compared; leave compare_ids out"
) -> tuple[Column, ...]:
    """The key's columns, by which rows are compared, or by which a table is cut.

    Args:
        table: whose key it is.
        otherwise: what cannot be done without a key, and what to do then.

    Raises:
        FatalError: the table has no key, or its user may not read all of it.
    """
    if not table.key:
        raise FatalError(
            f"{table.name} has neither a primary key nor a unique key without nulls, so {otherwise}"
        )
    return tuple(table.find(column.name).column for column in table.key)


def _unit(table: Table, cursor: TableColumn, unit: str | None) -> str:
    """The unit since 1970 that a whole number counts; a number that counts rows is no time."""
    if unit is None:
        raise FatalError(
            f"cursor {cursor.name} of {table.name} is of type {cursor.column.source_type}, and the spec does not say what it counts. Where it is the time since 1970, write cursor_unit: {', '.join(EPOCHS)}. A number"
            " that only counts rows is no time: name another cursor, or write window: full."
        )
    if unit not in EPOCHS:
        raise FatalError(f"'{unit}' is no cursor_unit; write one of {', '.join(EPOCHS)}")
    return unit


def _chosen(table: Table, choice: FieldChoice) -> Column:
    return replace(table.find(choice.name).column, protect=choice.protect)


def _every_column(table: Table, ingestion: Ingestion) -> tuple[Column, ...]:
    """All that may be read, but for those that the spec drops; a name that is no column could leave personal data in the clear."""
    excepted = {table.find(choice.name).name: choice.protect for choice in ingestion.exceptions}
    read = (one for one in table.columns if one.readable and excepted.get(one.name) != "drop")
    return tuple(replace(table.find(one.name).column, protect=excepted.get(one.name)) for one in read)


_TOLD_APART = "its rows cannot be told apart; leave compare_ids and table: {current: true} out"


def _check_key(table: Table, columns: Sequence[Column], ingestion: Ingestion) -> None:
    lacking = {column.name for column in check_key(table, _TOLD_APART)} - {
        column.name for column in columns if column.protect is None
    }
    if lacking:
        raise FatalError(
            f"{ingestion.dataset} tells rows apart by their key, and the key of {table.name} is not among the fields in the clear: add {', '.join(sorted(lacking))}"
        )

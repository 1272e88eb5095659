"""The statements that bring a current state to a publication, in Athena's SQL.

What decides is the moment as of which a row was read (`_as_of`), never the order of dates or of merges: of a key the state that
shows the latest moment stands, a deletion as well as a row. So each statement may run again, and publications may come in any order.

1. Keys of deleted rows go into the table of the gone.
2. The newest row of each key goes into the state, where that has no newer one.
3. Rows leave the state whose keys are gone since.
4. Rows leave the state that were read before the last reading of all rows, and were not in it.
5. Rows leave the state that were read before the last reading of all keys, and whose keys were not in it.

The last three close each merge: so one that comes late takes out what it has brought back. That a reading of all rows was merged is
remembered between the second and the third.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lake_ingest.spec.lake_table import AS_OF_COLUMN, PUBLICATION_COLUMN, LakeTable

_STAMPS = (PUBLICATION_COLUMN, AS_OF_COLUMN)


@dataclass(frozen=True)
class Merge:
    """What the statements are made of; names as the tables have them.

    Attributes:
        table: the history.
        columns: of the history, without those of publications.
        key: those that tell rows apart.
        logical_date: of the publication.
        deleted: the column that marks deleted rows; None where none are read.
        newest_by: the column that tells the newer of two rows of one key and moment; None where there are no two.
        has_gone: whether there is a table of the gone.
        whole: the moment before which a row that is in no later publication is no longer in the source.
        compared: as of when all keys of the source were read last; None where the rows that came were read after that.
    """

    table: LakeTable
    columns: Sequence[str]
    key: Sequence[str]
    logical_date: datetime
    deleted: str | None = None
    newest_by: str | None = None
    has_gone: bool = False
    whole: datetime | None = None
    compared: datetime | None = None


def bring_rows(merge: Merge) -> list[str]:
    """The first two, for a publication of rows."""
    found = []
    if merge.deleted:
        found.append(_bury(merge, _newest(merge, merge.key, _name(merge.deleted))))
    living = f"NOT coalesce({_name(merge.deleted)}, false)" if merge.deleted else None
    return [*found, _upsert(merge, _newest(merge, merge.columns, living))]


def take_out(merge: Merge) -> list[str]:
    """The last three, or as many of them as have anything to go by."""
    state, as_of = _table(merge.table.state), _name(AS_OF_COLUMN)
    found = []
    if merge.has_gone:
        found.append(
            f"MERGE INTO {state} AS held USING {_table(merge.table.gone)} AS came ON {_same_key(merge)}"
            f" WHEN MATCHED AND came.{as_of} > held.{as_of} THEN DELETE"
        )
    if merge.whole:
        found.append(f"DELETE FROM {state} WHERE {as_of} < {_instant(merge.whole)}")
    if merge.compared:
        before, first = f"{as_of} < {_instant(merge.compared)}", _name(merge.key[0])
        chosen = ", ".join(f"held.{_name(column)}" for column in merge.key)
        purged = (
            f"SELECT {chosen} FROM {state} AS held LEFT JOIN {_table(merge.table.keys)} AS came ON {_same_key(merge)}"
            f" WHERE came.{first} IS NULL AND held.{before}"
        )
        found.append(
            f"MERGE INTO {state} AS held USING ({purged}) AS came ON {_same_key(merge)}"
            f" WHEN MATCHED AND held.{before} THEN DELETE"
        )
    return found


def put_together(table: LakeTable) -> list[str]:
    """Make large files of small ones and of lists of replaced rows, and delete what no recent state needs.

    Names stand bare, as Athena takes no double quotes in these two.
    """
    name = f"{table.database}.{table.name}"
    return [f"OPTIMIZE {name} REWRITE DATA USING BIN_PACK", f"VACUUM {name}"]


def _newest(merge: Merge, columns: Sequence[str], condition: str | None) -> str:
    """The newest row of each key in the publication; a condition is held against that one."""
    order = [f"{_name(AS_OF_COLUMN)} DESC"]
    order += [f"{_name(merge.newest_by)} DESC NULLS LAST"] if merge.newest_by else []
    chosen = ", ".join(_name(column) for column in (*columns, *_STAMPS))
    return (
        f"SELECT {chosen} FROM (SELECT *, row_number() OVER (PARTITION BY {_names(merge.key)} ORDER BY {', '.join(order)}) AS place_"
        f" FROM {_table(merge.table)} WHERE {_name(PUBLICATION_COLUMN)} = {_instant(merge.logical_date)})"
        f" WHERE place_ = 1{f' AND {condition}' if condition else ''}"
    )


def _upsert(merge: Merge, source: str) -> str:
    columns = (*merge.columns, *_STAMPS)
    changed = [column for column in columns if column not in merge.key]
    return (
        f"MERGE INTO {_table(merge.table.state)} AS held USING ({source}) AS came ON {_same_key(merge)}"
        f" WHEN MATCHED AND came.{_name(AS_OF_COLUMN)} >= held.{_name(AS_OF_COLUMN)}"
        f" THEN UPDATE SET {', '.join(f'{_name(column)} = came.{_name(column)}' for column in changed)}"
        f" WHEN NOT MATCHED THEN INSERT ({_names(columns)})"
        f" VALUES ({', '.join(f'came.{_name(column)}' for column in columns)})"
    )


def _bury(merge: Merge, source: str) -> str:
    columns = (*merge.key, *_STAMPS)
    return (
        f"MERGE INTO {_table(merge.table.gone)} AS held USING ({source}) AS came ON {_same_key(merge)}"
        f" WHEN MATCHED AND came.{_name(AS_OF_COLUMN)} > held.{_name(AS_OF_COLUMN)}"
        f" THEN UPDATE SET {', '.join(f'{_name(stamp)} = came.{_name(stamp)}' for stamp in _STAMPS)}"
        f" WHEN NOT MATCHED THEN INSERT ({_names(columns)})"
        f" VALUES ({', '.join(f'came.{_name(column)}' for column in columns)})"
    )


def _same_key(merge: Merge) -> str:
    return " AND ".join(f"held.{_name(column)} = came.{_name(column)}" for column in merge.key)


def _table(table: LakeTable) -> str:
    return f"{_name(table.database)}.{_name(table.name)}"


def _names(columns: Sequence[str]) -> str:
    return ", ".join(_name(column) for column in columns)


def _name(name: str) -> str:
    return f'"{name}"'


def _instant(moment: datetime) -> str:
    return f"TIMESTAMP '{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC'"

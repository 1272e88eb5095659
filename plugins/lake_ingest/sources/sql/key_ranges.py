"""A table in ranges of its key: where it is cut, and the condition that selects the rows of one range.

The cuts are found once, by one scan in the order of the key, and frozen in the plan. The first range and the last are open, so a row
that is inserted meanwhile lies in one of them too. Each range is a statement, and a snapshot, of its own: see docs/postgresql.md.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.sources.sql.table import Table, TableColumn, check_key
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.key_range import Key, KeyRange


def range_key(table: Table, ingestion: Ingestion) -> tuple[TableColumn, ...]:
    """The columns of the key by which a table is cut.

    Raises:
        FatalError: it has no key, or one of its columns is protected: the plan and the manifest show where the table was cut.
    """
    key = check_key(table, "it cannot be read in batches of rows; leave batch_size out")
    names = {column.name for column in key}
    hidden = [one.name for one in ingestion.fields or () if one.protect and one.name in names]
    if hidden:
        raise FatalError(
            f"{ingestion.dataset}: {hidden[0]} is protected, and {table.name} would be cut at its values, which the plan and the manifest"
            " show; leave batch_size out"
        )
    return tuple(table.find(column.name) for column in key)


def cuts_statement(
    relation: str, key: Sequence[TableColumn], texts: Sequence[str], rows: int, condition: str | None
) -> str:
    """What gives the first key of every batch but the first, in the order of the key.

    Args:
        relation: the table in SQL.
        key: its columns.
        texts: the expressions that give their texts.
        rows: of a batch.
        condition: that rows must fulfil besides.
    """
    written = ", ".join(column.written for column in key)
    named = ", ".join(f"{text} AS k{number}" for number, text in enumerate(texts))
    names = ", ".join(f"k{number}" for number in range(len(texts)))
    where = f" WHERE (\n{condition}\n)" if condition is not None else ""
    ranked = f"SELECT {named}, row_number() OVER (ORDER BY {written}) AS place FROM {relation}{where}"
    return f"SELECT {names} FROM ({ranked}) AS ranked WHERE place > 1 AND (place - 1) % {rows} = 0 ORDER BY place"


def key_of(row: Mapping[str, Any]) -> Key:
    """One key that the statement gave."""
    return tuple(row[f"k{number}"] for number in range(len(row)))


def range_condition(
    key: Sequence[Mapping[str, str]], bounds: KeyRange, literal: Callable[[str, Mapping[str, str]], str]
) -> list[str]:
    """Up to two comparisons of rows, to be joined by AND.

    Args:
        key: its columns, as the source noted them; `written` is the name in SQL.
        bounds: of the batch.
        literal: a value's text as SQL, by its column.
    """
    columns = [one["written"] for one in key]
    limits = ((">=", bounds.start), ("<", bounds.end))
    return [
        f"{_row(columns)} {sign} {_row([literal(text, one) for text, one in zip(at, key, strict=True)])}"
        for sign, at in limits
        if at is not None
    ]


def _row(values: Sequence[str]) -> str:
    return values[0] if len(values) == 1 else f"({', '.join(values)})"

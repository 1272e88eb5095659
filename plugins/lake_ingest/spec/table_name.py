"""Names of tables as specs write them: `schema.table`, each part as the database has it.

Case counts, and nothing is folded. A part of letters, digits, `_` and `$` that begins with no digit stands as it is; any other
stands in double quotes, in which a quote is doubled, as in SQL: `billing."Open Items"`.
"""

import re
from dataclasses import dataclass

_PLAIN = r"[A-Za-z_][A-Za-z0-9_$]*"
_QUOTED = r'"(?:[^"\x00-\x1f]|"")+"'
PART = f"(?:{_PLAIN}|{_QUOTED})"
NAME = rf"{PART}\.{PART}"
_NAME = re.compile(rf"({PART})\.({PART})")


@dataclass(frozen=True, slots=True, order=True)
class TableName:
    """A table, or what can be read as one, in its schema; the parts are bare, as the database's catalogue has them."""

    schema: str
    table: str

    def __str__(self) -> str:
        """As a spec writes it, with the quotes that it needs and no others."""
        return f"{_written(self.schema)}.{_written(self.table)}"


def parse_table_name(text: str) -> TableName:
    """The table of a text such as `billing.invoice`.

    Raises:
        ValueError: it is not two parts.
    """
    match = _NAME.fullmatch(text)
    if match is None:
        raise ValueError(
            f"`{text}` is not the name of a table; write schema and table as in `billing.invoice`, and a part with other characters"
            ' than letters, digits, `_` and `$` in double quotes, as in `billing."Open Items"`'
        )
    return TableName(_bare(match[1]), _bare(match[2]))


def parse_schema(entry: str) -> str:
    """The schema of `schema.*`.

    Raises:
        ValueError: it is something else.
    """
    match = re.fullmatch(rf"({PART})\.\*", entry)
    if match is None:
        raise ValueError(f"`{entry}` does not name every table of a schema; write it as in `billing.*`")
    return _bare(match[1])


def allows(entry: str, name: TableName) -> bool:
    """Whether an entry of an allow-list covers a table: its name, or `schema.*` for every table of a schema.

    Raises:
        ValueError: the entry is neither.
    """
    return parse_schema(entry) == name.schema if entry.endswith(".*") else parse_table_name(entry) == name


def _bare(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part


def _written(part: str) -> str:
    return part if re.fullmatch(_PLAIN, part) else '"' + part.replace('"', '""') + '"'

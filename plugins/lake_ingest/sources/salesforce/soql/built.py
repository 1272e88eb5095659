"""The text of the queries that are built from a spec."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from lake_ingest.sources.salesforce.soql.api_names import is_field_path, is_object_name
from lake_ingest.spec.interval import Span

MAX_LENGTH = 100_000  # characters; SOQL and SOSL limits


@dataclass(frozen=True)
class Filter:
    """Which rows a built query selects: `[start, end)` by the cursor, those of a condition, and perhaps no deleted ones."""

    cursor: str
    bounds: Span
    live_only: bool = False
    condition: str | None = None

    def conditions(self) -> list[str]:
        """The terms of the WHERE clause; none for a full window."""
        terms = [
            f"{self.cursor} {operator} {literal(point)}"
            for operator, point in ((">=", self.bounds.start), ("<", self.bounds.end))
            if point is not None
        ]
        if self.condition:
            terms.append(f"({self.condition})")
        return [*terms, "IsDeleted = false"] if self.live_only else terms


def build_query(object_name: str, fields: tuple[str, ...], rows: Filter) -> str:
    """`SELECT … FROM … WHERE cursor >= start AND cursor < end`; without bounds no WHERE.

    There is no ORDER BY, because it would switch off Bulk's PK chunking (Bulk API 2.0 guide, query jobs).

    Raises:
        ValueError: a name is not an API name (nothing else can reach the query's text), or the query is too long.
    """
    for path in (*fields, rows.cursor):
        if not is_field_path(path):
            raise ValueError(f"'{path}' is not the API name of a field")
    return _select(", ".join(fields), object_name, rows)


def literal(point: date) -> str:
    """An instant as SOQL writes it, `2026-05-01T00:00:00Z`, or a date, `2026-05-01`."""
    if not isinstance(point, datetime):
        return point.isoformat()
    utc = point.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}" + (f".{utc.microsecond // 1000:03d}Z" if utc.microsecond else "Z")


def _select(selected: str, object_name: str, rows: Filter) -> str:
    if not is_object_name(object_name):
        raise ValueError(f"'{object_name}' is not the API name of an object")
    conditions = rows.conditions()
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    query = f"SELECT {selected} FROM {object_name}{where}"
    if len(query) > MAX_LENGTH:
        raise ValueError(
            f"the query has {len(query)} characters, Salesforce takes {MAX_LENGTH}; name fewer fields"
        )
    return query

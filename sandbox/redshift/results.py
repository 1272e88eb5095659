"""The answer of a statement, as the Data API gives it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

_NAMES = {
    16: "bool", 20: "int8", 21: "int2", 23: "int4", 25: "text", 700: "float4", 701: "float8", 1042: "bpchar", 1043: "varchar",
    1082: "date", 1083: "time", 1114: "timestamp", 1184: "timestamptz", 1266: "timetz", 1700: "numeric", 3802: "super", 19: "name",
}  # fmt: skip
_LONG, _DOUBLE, _BOOLEAN = (20, 21, 23), (700, 701), 16


@dataclass(frozen=True)
class Answer:
    """Rows of texts, and what is said of their columns; a statement without any has none."""

    columns: Sequence[Any] = ()
    rows: Sequence[Sequence[str | None]] = ()

    def page(self, start: int, size: int) -> dict[str, Any]:
        """Some of them, in the words of GetStatementResult."""
        body: dict[str, Any] = {
            "ColumnMetadata": [_metadata(column) for column in self.columns],
            "Records": [
                [_field(value, column) for value, column in zip(row, self.columns, strict=True)]
                for row in self.rows[start : start + size]
            ],
            "TotalNumRows": len(self.rows),
        }
        if start + size < len(self.rows):
            body["NextToken"] = str(start + size)
        return body


def _metadata(column: Any) -> dict[str, Any]:
    return {
        "name": column.name,
        "label": column.name,
        "typeName": _NAMES.get(column.type_code, "unknown"),
        "nullable": 1,
        "precision": column.precision or 0,
        "scale": column.scale or 0,
    }


def _field(value: str | None, column: Any) -> dict[str, Any]:
    if value is None:
        return {"isNull": True}
    if column.type_code in _LONG:
        return {"longValue": int(value)}
    if column.type_code in _DOUBLE:
        return {"doubleValue": float(value)}
    if column.type_code == _BOOLEAN:
        return {"booleanValue": value == "t"}
    return {"stringValue": value}

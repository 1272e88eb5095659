"""The types that a spec gives to attributes: DynamoDB itself has none but for the key's. Pure; the compiler reads them as well.

| written | an item may hold | column |
|---|---|---|
| `text` | S | text |
| `integer` | N without a fraction, within 64 bits | integer |
| `number(p, s)` | N that needs no more digits | a decimal of these digits |
| `number` | any N | a number without bounds: all its digits |
| `boolean` | BOOL | boolean |
| `date` | S such as `2026-01-31` | date |
| `datetime` | S such as `2026-01-31T06:00:00Z`, with its zone | instant, in microseconds |
| `binary` | B | binary |
| `json` | anything | JSON text |

NULL, and an attribute that an item does not have, are null.
"""

import re
from dataclasses import dataclass

WORDS = ("text", "integer", "number", "boolean", "date", "datetime", "binary", "json")
LARGEST = 38  # digits of a number in DynamoDB

_DECIMAL = re.compile(r"number\(\s*(\d{1,3})\s*,\s*(\d{1,3})\s*\)")


@dataclass(frozen=True)
class FieldType:
    """A type: the kind of its column, and a number's digits, all of them and those behind the point."""

    kind: str
    precision: int | None = None
    scale: int | None = None

    def __str__(self) -> str:
        return self.kind if self.precision is None else f"{self.kind}({self.precision}, {self.scale})"


def parse_field_type(text: str) -> FieldType:
    """Read a type as a spec writes it.

    Raises:
        ValueError: there is no such type, or no such number.
    """
    word = text.strip().lower()
    if word in WORDS:
        return FieldType(word)
    found = _DECIMAL.fullmatch(word)
    if found is None:
        raise ValueError(f"'{text}' is not a type; write one of {', '.join(WORDS)}, or number(18, 3)")
    precision, scale = int(found[1]), int(found[2])
    if not 1 <= precision <= LARGEST or scale > precision:
        raise ValueError(
            f"'{text}' is not a type: a number has 1 to {LARGEST} digits, and no more of them behind the point than in all"
        )
    return FieldType("number", precision, scale)


# What the key's attributes are, as a table's description says it.
OF_KEY = {"S": FieldType("text"), "N": FieldType("number"), "B": FieldType("binary")}
DEFAULT = FieldType("text")

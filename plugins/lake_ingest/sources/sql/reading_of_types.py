"""How a database's type is read: as which column, by which expression."""

from dataclasses import dataclass

UNKNOWN = "unknown"  # the kind of a column that cannot be read


@dataclass(frozen=True)
class Read:
    """How a type is read.

    Attributes:
        kind: of the column, or UNKNOWN.
        expression: with `{0}` for the column's name in SQL.
        precision, scale, unit, zoned: as a column has them.
        verbatim: whether the text that arrives is canonical.
        clock: what a cursor of it holds; None where it cannot be one.
    """

    kind: str
    expression: str = "{0}"
    precision: int | None = None
    scale: int | None = None
    unit: str | None = None
    zoned: bool = True
    verbatim: bool = False
    clock: str | None = None

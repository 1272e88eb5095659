"""What the values of a column must be for a run to be published."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lake_ingest.spec.duration import Duration, parse_duration

SCALARS = str | int | float | bool


@dataclass(frozen=True)
class ColumnRules:
    """The rules of one column; None and False are no rule. Null fulfils every rule but `not_null` and `fresh`.

    Attributes:
        not_null: every row has a value.
        unique: no value occurs twice in a run.
        one_of: the values that may occur, as their canonical text.
        between: the least and the largest value, both included, as text.
        fresh: how long before the end of the run's data interval the newest value may lie.
    """

    not_null: bool = False
    unique: bool = False
    one_of: tuple[str, ...] | None = None
    between: tuple[str, str] | None = None
    fresh: Duration | None = None

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "ColumnRules":
        """Read the rules as a spec writes them.

        Raises:
            ValueError: the duration of `fresh` cannot be read.
        """
        between = value.get("between")
        return cls(
            not_null=value.get("not_null", False),
            unique=value.get("unique", False),
            one_of=tuple(_text(one) for one in value["in"]) if "in" in value else None,
            between=(_text(between[0]), _text(between[1])) if between else None,
            fresh=parse_duration(value["fresh"]) if "fresh" in value else None,
        )

    def to_dict(self) -> dict[str, Any]:
        """As a spec writes them; `from_dict` reads it."""
        written = {
            "not_null": self.not_null or None,
            "unique": self.unique or None,
            "in": None if self.one_of is None else list(self.one_of),
            "between": None if self.between is None else list(self.between),
            "fresh": None if self.fresh is None else str(self.fresh),
        }
        return {key: one for key, one in written.items() if one is not None}


def _text(value: SCALARS) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

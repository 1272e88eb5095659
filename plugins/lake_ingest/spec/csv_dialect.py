"""How CSV files are written, where it is not the usual way."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DELIMITERS = {",": ",", ";": ";", "tab": "\t", "|": "|"}  # as a spec writes them


@dataclass(frozen=True)
class CsvDialect:
    """What stands between two values, one of `DELIMITERS`; and whether files begin with a byte-order mark, by which Excel knows UTF-8."""

    delimiter: str = ","
    bom: bool = False

    @property
    def character(self) -> str:
        """The delimiter itself."""
        return DELIMITERS[self.delimiter]

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "CsvDialect":
        """As a spec writes it.

        Raises:
            ValueError: it is none.
        """
        unknown = set(value) - {"delimiter", "bom"}
        if unknown or value.get("delimiter", ",") not in DELIMITERS:
            raise ValueError(
                f"{dict(value)} is no dialect of CSV; the delimiters are {', '.join(DELIMITERS)}"
            )
        return cls(value.get("delimiter", ","), bool(value.get("bom", False)))

    def to_dict(self) -> dict[str, Any]:
        """What differs from the usual."""
        return {key: one for key, one in vars(self).items() if one != getattr(USUAL, key)}


USUAL = CsvDialect()

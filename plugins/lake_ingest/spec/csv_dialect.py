"""How CSV files are written, where it is not the usual way."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

DELIMITERS = {",": ",", ";": ";", "tab": "\t", "|": "|"}  # as a spec writes them


@dataclass(frozen=True)
class CsvDialect:
    """How CSV files are written.

    Attributes:
        delimiter: what stands between two values, one of `DELIMITERS`.
        bom: whether files begin with a byte-order mark, by which Excel knows UTF-8.
        null: what stands for a null, without quotes; "" is nothing.
        labels: what the header says instead of fields' names; it has no label of what the catalogue did not know.
    """

    delimiter: str = ","
    bom: bool = False
    null: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    @property
    def character(self) -> str:
        """The delimiter itself."""
        return DELIMITERS[self.delimiter]

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "CsvDialect":
        """Read what `to_dict` gave.

        Raises:
            ValueError: it is none.
        """
        unknown = set(value) - set(cls.__dataclass_fields__)
        null = value.get("null", "")
        odd = set(null) & {'"', "\r", "\n", *DELIMITERS.values()} or null != null.strip()
        if unknown or odd or value.get("delimiter", ",") not in DELIMITERS:
            raise ValueError(
                f"{dict(value)} is no dialect of CSV; the delimiters are {', '.join(DELIMITERS)}"
            )
        return cls(**value)

    def to_dict(self) -> dict[str, Any]:
        """What differs from the usual."""
        return {key: one for key, one in asdict(self).items() if one != getattr(USUAL, key)}

    def to_tell(self) -> dict[str, Any]:
        """What a reader of the files has to know; labels are the names of their columns."""
        return {key: one for key, one in self.to_dict().items() if key != "labels"}


USUAL = CsvDialect()

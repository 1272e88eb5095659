"""The table that a dataset is registered as."""

from dataclasses import dataclass

PUBLICATION_COLUMN = "_logical_date"  # which publication a row belongs to; no file holds it


@dataclass(frozen=True)
class LakeTable:
    """A table's name in the catalogue, and what its readers are told of it."""

    database: str
    name: str
    description: str = ""
    owner: str = ""
    contact: str = ""

    @property
    def title(self) -> str:
        """`<database>.<name>`, as SQL writes it."""
        return f"{self.database}.{self.name}"

"""The tables that a dataset is registered as: its history, and what its current state is kept in."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from lake_ingest.spec.duration import Duration, parse_duration
from lake_ingest.spec.window import Full, Window

PUBLICATION_COLUMN = "_logical_date"  # which publication a row belongs to; no file holds it
AS_OF_COLUMN = "_as_of"  # the moment whose state of the source a row shows; likewise


def is_newest_publication(window: Window | None, include_deleted: bool, deletes: str) -> bool:
    """Whether a current state is simply the publication that was read last: each holds all rows, and none that is deleted."""
    return isinstance(window, Full) and not (include_deleted and deletes == "soft")


@dataclass(frozen=True)
class LakeTable:
    """A table's name in the catalogue, and what its readers are told of it.

    Attributes:
        current: whether the state of today is kept beside the history, in a table of its own.
        keep: how long a publication stays in the history; None for ever.
        compact: how often an engine puts the files of a merged current state together; None never.
        personal: the columns of personal data, each with its class, such as `email`.
    """

    database: str
    name: str
    description: str = ""
    owner: str = ""
    contact: str = ""
    current: bool = False
    keep: Duration | None = None
    compact: Duration | None = None
    personal: Mapping[str, str] = field(default_factory=dict, hash=False)

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "LakeTable":
        """As a compiled DAG holds it.

        Raises:
            ValueError: a length of time cannot be read.
        """
        lengths = {key: parse_duration(value[key]) for key in ("keep", "compact") if value.get(key)}
        return cls(**{**value, **lengths})

    @property
    def title(self) -> str:
        """`<database>.<name>`, as SQL writes it."""
        return f"{self.database}.{self.name}"

    @property
    def state(self) -> "LakeTable":
        """The table of the current state: one row a key."""
        return self._beside("current", "the newest row of each key, without those that were deleted")

    @property
    def gone(self) -> "LakeTable":
        """Keys of rows that were deleted, so that a publication that is merged late brings none of them back."""
        return self._beside("gone", "keys that were deleted, and the moment as of which they were")

    @property
    def keys(self) -> "LakeTable":
        """Every key that the source had when keys were compared last."""
        return self._beside("keys", "every key of the source when keys were compared last")

    def _beside(self, ending: str, what: str) -> "LakeTable":
        told = f"{self.description} ({what})" if self.description else what
        return replace(
            self, name=f"{self.name}_{ending}", description=told, current=False, keep=None, compact=None
        )

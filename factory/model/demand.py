"""What a run of an ingestion asks of its source, as far as that decides its cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from factory.model.extent import Extent
from factory.model.ingestion import Ingestion


@dataclass(frozen=True)
class Demand:
    """What decides the cost of a run.

    Attributes:
        extent: its window, batches and schedule; None where they cannot be read.
        fields: the paths that are named; none for every field, or for a written query.
        await_commits: whether it waits for late commits.
        compares: whether the first run of a period compares keys.
        options: the keys that only this kind of source has.
        rows, megabytes: about how large the object is; None where nobody said.
    """

    extent: Extent | None
    fields: tuple[str, ...]
    await_commits: bool
    compares: bool
    options: Mapping[str, Any]
    rows: int | None = None
    megabytes: int | None = None

    @classmethod
    def of(cls, spec: Ingestion) -> "Demand":
        """The demand of an ingestion."""
        fields = tuple(field.name for field in spec.fields or () if field.protect != "drop")
        return cls(
            Extent.of(spec),
            fields,
            spec.await_commits,
            bool(spec.compare_ids),
            spec.options,
            None if spec.query else spec.about.rows,
            None if spec.query else spec.about.megabytes,
        )

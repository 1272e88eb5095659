"""How an object's fields differ from those of the last publication, and what the spec says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from lake_ingest.errors import FatalError
from lake_ingest.lake.manifest import Manifest, described
from lake_ingest.rows.column import Column


@dataclass(frozen=True)
class Drift:
    """Columns that came, went, or changed their kind, since the last publication."""

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)

    def to_dict(self) -> dict[str, list[str]]:
        """For plan and manifest."""
        return {what: list(names) for what, names in asdict(self).items()}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> "Drift":
        """As plan or manifest hold it."""
        return cls(**{what: tuple(value.get(what, ())) for what in ("added", "removed", "changed")})

    def __str__(self) -> str:
        parts = (("added", self.added), ("removed", self.removed), ("changed", self.changed))
        return "; ".join(f"{what}: {', '.join(names)}" for what, names in parts if names) or "none"


def compare(columns: Sequence[Column], last: Manifest | None) -> Drift:
    """Hold the columns as they are written against the schema of the last manifest; no manifest, no drift.

    A column has changed when its kind has, or a measure of it: a number's digits, an instant's unit.
    """
    if last is None:
        return Drift()
    before = {column.name: column for column in last.schema}
    now = {column.name: described(column) for column in columns}
    return Drift(
        added=tuple(name for name in now if name not in before),
        removed=tuple(name for name in before if name not in now),
        changed=tuple(
            _change(before[name], column)
            for name, column in now.items()
            if name in before and before[name].shape != column.shape
        ),
    )


def _change(before: Column, now: Column) -> str:
    """By their kinds where these differ, by their measures otherwise."""
    if before.kind != now.kind:
        return f"{now.name} ({before.kind} is now {now.kind})"
    return f"{now.name} ({before.shape} is now {now.shape})"


def apply(
    policy: str,
    drift: Drift,
    columns: tuple[Column, ...],
    dataset: str,
    names: Mapping[str, str] | None = None,
) -> tuple[Column, ...]:
    """Follow the difference, hold on to the last columns, or refuse.

    Args:
        policy: follow, freeze or fail.
        drift: the difference.
        columns: as chosen from spec and describe.
        dataset: for the error.
        names: of columns that are written under another name than they are read.

    Raises:
        FatalError: the policy is fail and there is a difference; or it is freeze and a column went or changed.
    """
    if not drift or policy == "follow":
        return columns
    if policy == "fail" or drift.removed or drift.changed:
        raise FatalError(
            f"the fields of {dataset} differ from the last publication ({drift}) and the spec says drift: {policy}."
            " Nothing was published; correct the spec, or write drift: follow for one run."
        )
    called = names or {}
    return tuple(column for column in columns if called.get(column.name, column.name) not in drift.added)

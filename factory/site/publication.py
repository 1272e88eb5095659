"""What a manifest in the lake says of one publication."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication; instants in UTC. `types` are its columns and what their source calls them, `quality` the rules it fulfilled."""

    logical_date: datetime
    published_at: datetime
    rows: int
    bytes: int
    types: Mapping[str, str]
    quality: Mapping[str, Mapping[str, Any]]
    drift: Mapping[str, Any]

    @property
    def changes(self) -> str:
        """The columns that came, went or changed, in words; "" where none did."""
        told = []
        for kind in ("added", "removed", "changed"):
            names = [
                one if isinstance(one, str) else one.get("name", "?") for one in self.drift.get(kind) or ()
            ]
            if names:
                told.append(f"{kind}: {', '.join(names)}")
        return "; ".join(told)


def publication(manifest: Mapping[str, Any]) -> Publication:
    """A publication from its manifest, of any version.

    Raises:
        ValueError: it is not a manifest.
    """
    try:
        return Publication(
            logical_date=datetime.fromisoformat(manifest["logical_date"]),
            published_at=datetime.fromisoformat(manifest["published_at"]),
            rows=int(manifest["rows"]),
            bytes=int(manifest["bytes"]),
            types={
                one["name"]: one.get("source_type") or one.get("type") or one["kind"]
                for one in manifest["schema"]
            },
            quality=manifest.get("quality") or {},
            drift=manifest.get("drift") or {},
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"it is not a manifest: {error!r}") from None

"""A window of its own for one run, as somebody asked for it when the run was triggered."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lake_ingest.spec.window import WindowError

FROM, TO = "window_from", "window_to"  # the parameters of a DAG in Airflow


@dataclass(frozen=True)
class Asked:
    """Days of the spec's time zone; without `end` the window ends where the run's data interval does."""

    start: date
    end: date | None = None

    def to_dict(self) -> dict[str, str]:
        """As a spec writes a window."""
        end = {"to": self.end.isoformat()} if self.end else {}
        return {"from": self.start.isoformat(), **end}

    def of(self, compiled: dict[str, Any]) -> dict[str, Any]:
        """The ingestion of the run: as it was compiled, over this window.

        Raises:
            WindowError: its runs read all rows, so that one with fewer would be taken for the whole.
        """
        if compiled["window"] == "full":
            raise WindowError(
                f"{FROM} was given, and every run of this ingestion reads all rows; trigger the run without it"
            )
        return {
            **compiled,
            "window": self.to_dict(),
            "overlap": None,
            "refresh": None,
            "asked": self.to_dict(),
        }


def asked_of(parameters: Mapping[str, Any]) -> Asked | None:
    """What a run's parameters ask for; None where they ask for nothing.

    Raises:
        WindowError: they are no days, or no window.
    """
    start, end = (_day(name, parameters.get(name)) for name in (FROM, TO))
    if start is None and end is None:
        return None
    if start is None:
        raise WindowError(f"{TO} was given without {FROM}; give both, or {FROM} alone")
    if end is not None and end <= start:
        raise WindowError(
            f"{FROM} {start} is not before {TO} {end}; the last day that is read is the one before {TO}"
        )
    return Asked(start, end)


def _day(name: str, value: Any) -> date | None:
    if value in (None, ""):
        return None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise WindowError(f"{name} is '{value}'; write a day such as 2026-01-31") from None

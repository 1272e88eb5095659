"""What an import has to say: what was not carried over, and what is worth knowing."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from factory.importing.values import Dag, Place, Task

UNORDERED = "the order of the rows is not carried over; files have none that readers may rely on"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One sentence about one place of the DAG file. What is `refused` makes a spec that the linter refuses."""

    place: Place
    message: str
    cure: str = ""
    refused: bool = False

    def __str__(self) -> str:
        kind = "not carried over: " if self.refused else "note: "
        return " ".join(part for part in (f"{self.place}: {kind}{self.message}.", self.cure) if part)


@dataclass
class Draft:
    """A spec in the making: its keys and values, the tasks that it stands for, and what was found on the way."""

    dag: Dag | None
    tasks: list[Task]
    values: dict[str, Any] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    name: str = ""
    ends: tuple[str | None, str | None] | None = (
        None  # the two dates of the seed's operator, as they were given
    )
    old_connection: str = ""  # a Salesforce connection that the unit does not have
    old_key: str = ""

    @property
    def refused(self) -> list[Finding]:
        """What was not carried over, in the order of its places."""
        return sorted({one for one in self.findings if one.refused})

    def note(self, place: Place, message: str, cure: str = "") -> None:
        """Add what is worth knowing."""
        self.findings.append(Finding(place, message, cure))

    def refuse(self, place: Place, message: str, cure: str = "") -> None:
        """Add what was not carried over."""
        self.findings.append(Finding(place, message, cure, refused=True))


def distinct(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once, refusals and notes together, in the order of their places."""
    return sorted(set(findings))

"""What the compiler asks of a kind of source, and nothing more. A kind is one frozen value; `registry` lists them all."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from lake_ingest.sources.source import Source

from factory.model.demand import Demand
from factory.model.group import Group
from factory.model.ingestion import Ingestion
from factory.model.schedule import WEEK
from factory.model.traits import About, Traits
from factory.model.unit import Unit
from factory.rules.problem import Problem
from factory.rules.rule import Rule


@dataclass(frozen=True, slots=True)
class Forecast:
    """What an ingestion asks of its source.

    `least` and `most` are calls of an ordinary run. `runs_a_day` is of a day on which it runs most, one of `weekdays` (0 for Sunday);
    `once_a_period` is what the first run of a comparison's period makes besides, at the least. `words` say it for people.
    """

    batches: int = 0
    runs_a_day: int = 0
    least: int = 0
    most: int = 0
    once_a_period: int = 0
    words: str = "nothing that is known"
    weekdays: tuple[int, ...] = WEEK

    @property
    def least_a_day(self) -> int:
        """Calls that a day needs, on which it runs most, however few rows there are."""
        return self.least * self.runs_a_day + (self.once_a_period if self.runs_a_day else 0)


def busiest_day(forecasts: Iterable[Forecast]) -> int:
    """Calls of the weekday that needs most: what runs on Mondays only is no call of a Tuesday."""
    days = [0] * len(WEEK)
    for one in forecasts:
        for weekday in one.weekdays:
            days[weekday] += one.least_a_day
    return max(days)


@dataclass(frozen=True, slots=True)
class Offer:
    """A field that a spec may name; most new specs want the `usual` ones: no free text, no files, no personal data.

    `label` is what its source says that it means, `type` what it calls its type.
    """

    name: str
    label: str = ""
    personal: bool = False
    usual: bool = True
    type: str = ""


class Offline(Protocol):
    """What is known of a source without asking it: the catalogue beside the specs."""

    def names(self, connection: str) -> Sequence[str]:
        """Every object that the catalogue has of a connection; empty without one."""

    def offers(self, connection: str, object_name: str) -> tuple[Offer, ...] | None:
        """The fields of an object; None where the catalogue does not have it."""

    def offer(self, connection: str, object_name: str, path: str) -> Offer | None:
        """A field of an object, or of its parents, by its path; None where the catalogue does not have it. What cannot be seen is personal."""

    def about(self, connection: str, object_name: str) -> About:
        """What the meaning of a spec about an object depends on."""

    def check(self, spec: Ingestion) -> Iterator[Problem]:
        """What is wrong with an ingestion, as this kind of source sees it."""


class Online(Protocol):
    """What asks a source itself; commands end with an exit code."""

    def opened(self, connection: str | None) -> AbstractContextManager[Source]:
        """The source behind a connection; without one, the sandbox's for as long as the block lasts."""

    def pull(self, configs: Path, group: Group, connection: str, objects: Sequence[str]) -> int:
        """Store what the source says of some objects."""

    def diff(self, configs: Path, group: Group, connection: str, objects: Sequence[str]) -> int:
        """Print how the source differs from the catalogue."""


@dataclass(frozen=True)
class Vocabulary:
    """What the schemas say of a kind of source and of no other, as parts of JSON schemas.

    `spec` is laid over the keys of its specs; `allowed` is an entry of a unit's allow-list; `connection` and `objects` are examples.
    """

    spec: Mapping[str, Mapping[str, Any]]
    allowed: Mapping[str, Any]
    connection: str
    objects: tuple[str, ...]


def of_fields(name: Mapping[str, Any]) -> dict[str, Any]:
    """What the schema of `fields` says of the names of fields, wherever one stands."""
    items = {"if": {"type": "string"}, "then": name, "else": {"properties": {"name": name}}}
    return {"items": items, "properties": {"except": {"items": items}}}


@dataclass(frozen=True)
class SourceKind:
    """A kind of source.

    `vocabulary` is what the schemas say of it. `offline` opens its catalogue in a tree of configs; `check_tree` finds what is wrong with all
    ingestions of the kind together;
    `filter_cost` says of an object's filter what it compares and how that is found; `online` loads what speaks to a source, which
    takes longer than most commands.
    """

    traits: Traits
    vocabulary: Vocabulary
    rules: tuple[Rule, ...]
    offline: Callable[[Path, Group], Offline]
    check_tree: Callable[[Group, Sequence[Unit], Sequence[Ingestion]], Iterator[Problem]]
    forecast: Callable[[Demand], Forecast]
    filter_cost: Callable[[str, str], str]
    online: Callable[[], Online]

"""The group as a frozen value."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date

from factory.model.environment import Environment, read_environments
from factory.read.document import Document
from factory.vocabulary.checked import Checked


@dataclass(frozen=True, eq=False)
class Group:
    """What holds for every unit.

    `calls_per_day` is the org's limit, None where it is not said. `repository` is where a browser shows a file, with `{path}`; "" where that
    is not said. `environments` are those that run the same specs; none where the group does not tell environments apart.
    `version` is that of the language in which all files are written. `calendar_texts` are the days of each calendar, as they are written.
    """

    document: Document | None = None
    description: str = ""
    org: str = ""
    calls_per_day: int | None = None
    api_version: str | None = None
    repository: str = ""
    environments: tuple[Environment, ...] = ()
    calendar_texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    version: int = 1
    broken: frozenset[str] = frozenset()

    def calendar(self, name: str) -> frozenset[date]:
        """The days of a calendar; none where there is no such calendar."""
        return frozenset(_days(self.calendar_texts.get(name, ())))


def _days(texts: Iterable[str]) -> Iterator[date]:
    for text in texts:
        with suppress(ValueError):  # its rule tells it
            yield date.fromisoformat(text)


def read_group(checked: Checked) -> Group:
    """The group of a checked group.yaml."""
    data = checked.usable
    org = data.get("org") or {}
    return Group(
        document=checked.document,
        description=data.get("description", ""),
        org=org.get("name", ""),
        calls_per_day=org.get("api_calls_per_day"),
        api_version=org.get("api_version"),
        repository=data.get("repository", ""),
        calendar_texts={name: tuple(days) for name, days in (data.get("calendars") or {}).items()},
        environments=read_environments(data.get("environments")),
        version=data.get("version", 1),
        broken=checked.broken,
    )

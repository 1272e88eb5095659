"""An environment of the group: what its units' buckets, folders and connections are called there."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Environment:
    """What is different in one environment.

    `bucket`, `prefix`, `connection` and `database` are patterns around the name that is used elsewhere, so that two names never become one.
    `share_of_calls` is the part of a unit's calls that it has here. `own_calls_per_day` is the limit of this environment's own org; None
    where it reads the group's. `said` are the keys that the group's file has of it.
    """

    name: str
    bucket: str = "{bucket}"
    prefix: str = "{prefix}"
    connection: str = "{connection}"
    database: str = "{unit}"
    scheduled: bool = True
    share_of_calls: float = 1
    own_calls_per_day: int | None = None
    said: frozenset[str] = frozenset()

    @property
    def is_as_written(self) -> bool:
        """Whether everything is there as the units' files say."""
        return not self.said

    def bucket_of(self, name: str) -> str:
        """A bucket. The platform's own lake, a template, has its name from each environment's Airflow."""
        return name if "{{" in name else self.bucket.replace("{bucket}", name)

    def prefix_of(self, prefix: str) -> str:
        """A unit's folder."""
        return self.prefix.replace("{prefix}", prefix.strip("/"))

    def connection_of(self, name: str) -> str:
        """A connection; "" is none."""
        return self.connection.replace("{connection}", name) if name else name

    def database_of(self, unit: str) -> str:
        """A unit's database of tables."""
        return self.database.replace("{unit}", unit)

    def calls_of(self, calls_per_day: int | None) -> int | None:
        """A unit's share of the calls, one at the least; None where it has no share."""
        return None if calls_per_day is None else max(1, int(calls_per_day * self.share_of_calls))


def read_environments(value: Mapping[str, Any] | None) -> tuple[Environment, ...]:
    """The environments of a checked group.yaml."""
    return tuple(_read(name, about or {}) for name, about in (value or {}).items())


def _read(name: str, about: Mapping[str, Any]) -> Environment:
    own = {"own_calls_per_day" if key == "api_calls_per_day" else key: one for key, one in about.items()}
    return Environment(name, **own, said=frozenset(about))

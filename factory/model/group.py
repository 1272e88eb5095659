"""The group as a frozen value."""

from dataclasses import dataclass

from factory.model.environment import Environment, read_environments
from factory.read.document import Document
from factory.vocabulary.checked import Checked


@dataclass(frozen=True)
class Group:
    """What holds for every unit.

    `calls_per_day` is the org's limit, None where it is not said. `repository` is where a browser shows a file, with `{path}`; "" where that
    is not said. `environments` are those that run the same specs; none where the group does not tell environments apart.
    """

    document: Document | None = None
    description: str = ""
    org: str = ""
    calls_per_day: int | None = None
    api_version: str | None = None
    repository: str = ""
    environments: tuple[Environment, ...] = ()
    broken: frozenset[str] = frozenset()


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
        environments=read_environments(data.get("environments")),
        broken=checked.broken,
    )

"""Which kinds of source there are, and where each of them lives. A source is loaded when it is opened."""

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol, cast

if TYPE_CHECKING:
    from lake_ingest.sources.source import Source

_MODULES = {
    "dynamodb": "lake_ingest.sources.dynamodb.source",
    "mysql": "lake_ingest.sources.mysql.source",
    "postgresql": "lake_ingest.sources.postgresql.source",
    "redshift": "lake_ingest.sources.redshift.source",
    "salesforce": "lake_ingest.sources.salesforce.source",
}


def load_every_kind() -> tuple[str, ...]:
    """Load the module of every kind, with its libraries, and give their names: a machine that lacks one is found out."""
    for module in _MODULES.values():
        getattr(import_module(module), "load_libraries", _nothing_more)()
    return tuple(_MODULES)


def _nothing_more() -> None:
    """A kind whose module loads all of its libraries."""


class Connection(Protocol):
    """The part of an Airflow connection that sources read."""

    conn_id: str
    host: str | None
    port: int | None
    schema: str | None
    login: str | None
    password: str | None

    @property
    def extra_dejson(self) -> dict[str, Any]:
        """The extra, decoded."""
        ...


class _Opener(Protocol):
    """What the module of each kind has; and `load_libraries`, where it loads some only when they are used."""

    def open_source(self, connection: Connection, options: Mapping[str, Any]) -> "Source": ...


def open_source(kind: str, connection: Connection, options: Mapping[str, Any]) -> "Source":
    """The source behind a connection; nothing is asked of it yet.

    Args:
        kind: of the source.
        connection: to it.
        options: the keys of an ingestion that only this kind knows.

    Raises:
        FatalError: the connection cannot be read.
        KeyError: there is no such kind.
    """
    opener = cast("_Opener", import_module(_MODULES[kind]))
    return opener.open_source(connection, options)

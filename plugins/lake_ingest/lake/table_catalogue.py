"""The Glue catalogue as pyiceberg reaches it: through our own clients, with its errors in this package's words."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from pyiceberg.catalog.glue import GlueCatalog
from pyiceberg.exceptions import (
    CommitFailedException,
    NoSuchIcebergTableError,
    NoSuchPropertyException,
    NoSuchTableError,
    TableAlreadyExistsError,
)
from pyiceberg.table import Table

from lake_ingest.errors import FatalError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.lake.failure import explained
from lake_ingest.lake.table_objects import CLIENT, DROPPED, SEEN, TableObjects
from lake_ingest.spec.lake_table import LakeTable

if TYPE_CHECKING:
    from mypy_boto3_glue import GlueClient

CONFLICTS = (CommitFailedException, TableAlreadyExistsError, NoSuchTableError)
SETTINGS = {
    "write.metadata.delete-after-commit.enabled": "true",
    "write.metadata.previous-versions-max": "20",
    "commit.manifest-merge.enabled": "true",  # a hundred publications into one manifest
}
_LONGEST_DESCRIPTION = 2048  # characters that Glue takes


@dataclass(frozen=True)
class Home:
    """Where a table lies: its name, what its readers are told, the catalogue, and the folder of its metadata."""

    table: LakeTable
    glue: "GlueClient"
    location: str


class _AsLookedUp:
    """A client of Glue that answers for a table as it did first, until that is changed.

    A commit names the version that it was made from, and Glue refuses it where another was faster: there is no need to ask again.
    """

    def __init__(self, client: "GlueClient") -> None:
        self._client = client
        self._seen: dict[tuple[str, str], Any] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_table(self, **asked: Any) -> Any:
        name = asked["DatabaseName"], asked["Name"]
        if name not in self._seen:
            self._seen[name] = self._client.get_table(**asked)
        return self._seen[name]

    def update_table(self, **asked: Any) -> Any:
        self._seen.clear()
        return self._client.update_table(**asked)


def catalogue_of(home: Home, bucket: Bucket, dropped: list[str] | None = None) -> GlueCatalog:
    """The catalogue, whose metadata is read and written through the bucket's client.

    Args:
        home: whose catalogue it is.
        bucket: of the metadata.
        dropped: takes the keys of metadata that is no longer needed; without it, that is deleted at once, a request for each.
    """
    objects = {
        "py-io-impl": f"{TableObjects.__module__}.{TableObjects.__name__}",
        CLIENT: bucket.client,
        SEEN: {},
        DROPPED: dropped,
        "glue.region": home.glue.meta.region_name,
    }
    client: Any = _AsLookedUp(home.glue)
    catalogue = GlueCatalog("lake", client=client, **objects)
    catalogue.glue = client  # pyiceberg 0.9, that of Airflow 3.0, makes itself one
    return catalogue


def looked_up(catalogue: GlueCatalog, home: Home) -> Table | None:
    """A table as it stands; None where there is none yet.

    Raises:
        FatalError: its database is not there, another has its name, or the role may not look.
        RetriableError: Glue or S3 failed.
    """
    table = home.table
    with understood(f"look up the table {table.title} in Glue", table.title):
        try:
            return catalogue.load_table((table.database, table.name))
        except NoSuchTableError:
            home.glue.get_database(Name=table.database)  # which says so if that is what is missing
            return None


def told(table: LakeTable, standing: Mapping[str, str] = MappingProxyType({})) -> dict[str, str]:
    """What readers are told, as properties; Glue shows the first as the table's description.

    What `standing` properties told, and the spec no longer says, is told as nothing: pyiceberg takes no property out of Glue.
    """
    known = {
        "Description": table.description[:_LONGEST_DESCRIPTION],
        "owner": table.owner,
        "contact": table.contact,
        "personal-data": ", ".join(f"{name} ({sort})" for name, sort in table.personal.items()),
    }
    return {key: value for key, value in known.items() if value or key in standing}


def taken(title: str) -> FatalError:
    """That a table of a dataset's name is none of ours."""
    return FatalError(
        f"in Glue, {title} is not the table of this dataset: somebody else made it. Rename or drop it there, or give the spec"
        " another file name."
    )


@contextmanager
def understood(doing: str, title: str) -> Iterator[None]:
    """What pyiceberg and Glue raise inside, in this package's words; conflicts pass."""
    try:
        with explained(doing):
            yield
    except (NoSuchIcebergTableError, NoSuchPropertyException, AssertionError):  # the last by pyiceberg 0.9
        raise taken(title) from None

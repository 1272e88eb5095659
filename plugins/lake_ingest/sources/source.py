"""The seam between a run and what it reads from: a handful of methods, and the frozen values that cross it.

A source that waits (for a job, for commits) gives a `Pending`: a token that only it understands, kept as JSON in the run's
staging folder and in Airflow's triggerer, which asks `look` when it is due.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, Protocol, runtime_checkable

from lake_ingest.rows.column import Column
from lake_ingest.spec.ingestion import Ingestion
from lake_ingest.spec.interval import Bounds
from lake_ingest.spec.key_range import Key

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True)
class Usage:
    """How a limit of the source stands that all its readers share, such as an org's daily API calls."""

    used: int
    limit: int


@dataclass(frozen=True)
class Selection:
    """The columns of a run, chosen once.

    Attributes:
        columns: in the order of the spec.
        notes: what the source noted for itself while it chose; JSON values only.
        in_days: whether the cursor holds dates, so that the window and its batches are `Days`.
        cuts: the keys that a full read is cut at, in the table's order, where batches of so many rows are wished for.
        deleted: the column that marks deleted rows; None where none are read.
        newest_by: the column that tells which of two rows of one key in a batch is the newer; None where there are no two.
        as_of_end: whether a batch shows its rows as they were at its end, whenever it is read; otherwise as they are when it is read.
    """

    columns: tuple[Column, ...]
    notes: Mapping[str, Any] = field(default_factory=dict)
    in_days: bool = False
    cuts: tuple[Key, ...] | None = None
    deleted: str | None = None
    newest_by: str | None = None
    as_of_end: bool = False


@dataclass(frozen=True)
class Request:
    """One batch to read: the ingestion, its columns, the rows' interval; with a limit, the first rows and at once."""

    ingestion: Ingestion
    selection: Selection
    batch: Bounds
    limit: int | None = None


@dataclass(frozen=True)
class Pending:
    """What a source goes on with by itself, without secrets.

    Attributes:
        what: for people: `Bulk job 750…`.
        token: the source's own, JSON values.
        look_at: when to look again, in seconds since 1970.
        deadline: when to give up, in seconds since 1970.
        ready: whether there is nothing left to wait for.
        lasting: whether a later try of the same batch can go on with it, so that the source does not begin its work anew.
    """

    what: str
    token: Mapping[str, Any]
    look_at: float
    deadline: float
    ready: bool = False
    lasting: bool = False

    def to_dict(self) -> dict[str, Any]:
        """As it is kept between two processes; `Pending(**value)` reads it."""
        return asdict(self)


@dataclass
class Account:
    """What reading has come to; it grows while rows are read."""

    rows: int = 0
    nul_bytes: int = 0


class Rows(Protocol):
    """The rows of one batch, read once.

    Attributes:
        account: of the rows given so far.
        route: how they are read, in the source's own word: rest, bulk.
        statement: the query, in the source's own language; empty where there is none.
        closing_calls: how many requests will tidy up after them.
    """

    account: Account
    route: str
    statement: str
    closing_calls: int

    def batches(self) -> "Iterator[pa.RecordBatch]":
        """Columns in the order of the selection, typed or canonical text.

        Raises:
            RetriableError: the rows are not as many as the source counted itself.
        """


Note = Callable[[Pending], None]


class Source(Protocol):
    """One place to read from, such as an org or a database; several threads may share it.

    Every method raises FatalError, RetriableError or QuotaError, by what the source answered.
    """

    @property
    def calls(self) -> int:
        """Requests that were made and count against the source's limits."""

    @property
    def usage(self) -> Usage | None:
        """How the shared limit stands, as the last answer said; None where it did not."""

    def select(self, ingestion: Ingestion) -> Selection:
        """Choose the columns that an ingestion reads, and check that it can be read."""

    def select_keys(self, ingestion: Ingestion) -> Selection:
        """The key's columns of every row that the ingestion could read."""

    def await_commits(self, ingestion: Ingestion, instant: datetime, since: float) -> Pending | None:
        """What to wait for until every change before an instant is committed; None when there is nothing to wait for.

        Args:
            ingestion: whose table it is.
            instant: the end of its window.
            since: when the run began to wait, in seconds since 1970.
        """

    def begin(self, request: Request, note: Note) -> Rows | Pending:
        """Read a batch, or start what will make it readable.

        Args:
            request: the batch.
            note: keeps what was started beyond the life of this process, so that a later try can discard it.
        """

    def resume(self, request: Request, pending: Pending, note: Note) -> Rows | Pending:
        """Go on with what was started.

        Raises:
            StartOverError: it is not what this batch needs, or nothing is left of it; the batch is begun again.
        """

    def look(self, pending: Pending) -> Pending:
        """See how it stands; the same with a later `look_at`, or ready."""

    def discard(self, pending: Pending) -> None:
        """Stop and remove what was started; what cannot be removed now is left to the source's own expiry."""

    def key_text(self, batch: "pa.RecordBatch", columns: tuple[Column, ...]) -> "pa.Array":
        """One text for each row's key, the same for all forms that the source has of it."""


@runtime_checkable
class FileSource(Source, Protocol):
    """A source some of whose columns refer to files (`Column.refers_to_file`)."""

    def read_file(self, address: str, file: IO[bytes]) -> str:
        """Write the bytes of a file; gives the id of its row, by which the file's object is named.

        Args:
            address: what a row holds.
            file: takes the bytes, from its start.

        Raises:
            StartOverError: the row is gone since it was read.
        """


@runtime_checkable
class MomentSource(Source, Protocol):
    """A source of which several batches can be read as they were at one moment."""

    def at_one_moment(self, request: Request) -> AbstractContextManager[Callable[[], Source]]:
        """A maker of sources that see the moment at which the block was entered; what they still read is stopped when it fails.

        Args:
            request: for any batch of the run.

        Raises:
            FatalError: this kind of source has no such thing.
        """

"""An UNLOAD: its text, its life, and what is removed after it.

Each one has a folder and a token of its own, which are noted before the warehouse is asked: whatever becomes of this process, the
retry sends the same statement with the same token, and the Data API answers with the statement that runs already.
"""

import logging
import time
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from lake_ingest.errors import FatalError, IngestionError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.sources.polling import next_look
from lake_ingest.sources.redshift.connection import DEFAULT_ROLE, Access, UnloadPlace
from lake_ingest.sources.redshift.literal import text
from lake_ingest.sources.redshift.statements import RUNNING, Progress, Statements
from lake_ingest.sources.source import Pending

log = logging.getLogger(__name__)

# How many rows the last UNLOAD of the session has written: an UNLOAD without rows writes no file, and no manifest either.
_COUNT = "SELECT pg_last_unload_count()"
_FILE_MEGABYTES = 128  # of a file, so that two of them need little room on a worker's disk
_LONGEST = 100_000  # bytes of a statement, https://docs.aws.amazon.com/redshift/latest/mgmt/data-api.html
_STOPPING = 20.0  # seconds that a statement may take to stop


@dataclass(frozen=True)
class Unload:
    """An UNLOAD as it is known between two looks.

    Attributes:
        select: what it unloads.
        folder: below which it writes, in the connection's bucket.
        token: by which the Data API knows it again.
        since: when it was begun, in seconds since 1970.
        statement: its id; empty before the Data API has answered.
        status: in the Data API's words.
        error: what the warehouse said of a failure.
    """

    select: str
    folder: str
    token: str
    since: float
    statement: str = ""
    status: str = RUNNING
    error: str = ""

    @property
    def progress(self) -> Progress:
        """How it stood when it was last looked at."""
        return Progress(self.statement, self.status, self.error)


def new_unload(place: UnloadPlace, dataset_folder: str, select: str) -> Unload:
    """An UNLOAD that nobody has begun."""
    token = uuid.uuid4().hex
    return Unload(select, f"{place.prefix}/{dataset_folder}/{token}", token, time.time())


def pending_unload(unload: Unload, access: Access) -> Pending:
    """An UNLOAD to be looked at again; ready when it has ended, however it did."""
    ended = unload.progress.ended
    return Pending(
        what=f"Redshift statement {unload.statement or 'about to start'}",
        token=asdict(unload),
        look_at=time.time() if ended else next_look(unload.since),
        deadline=unload.since + access.statement_timeout.seconds,
        ready=ended,
        lasting=True,
    )


def unload_of(token: Mapping[str, Any]) -> Unload:
    """What `pending_unload` kept."""
    return Unload(**token)


def start_unload(statements: Statements, unload: Unload, doing: str) -> Unload:
    """Start it, or find the one that was started with its token.

    Raises:
        FatalError: the warehouse refuses, or the statement is too long.
        RetriableError: it could not be asked.
    """
    sql = _unload_text(place_of(statements.access), unload)
    if len(sql.encode()) > _LONGEST:
        raise FatalError(
            f"could not {doing}: the statement has {len(sql.encode()):,} bytes, and the Data API takes {_LONGEST:,}; name fewer fields"
        )
    statement = statements.start_together([sql, _COUNT], unload.token, doing)
    log.info("Redshift statement %s unloads to s3 folder %s", statement, unload.folder)
    return replace(unload, statement=statement)


def look_at(statements: Statements, unload: Unload) -> Unload:
    """See how it stands."""
    return seen(unload, statements.look(unload.statement))


def seen(unload: Unload, progress: Progress) -> Unload:
    """The same, as it stood when it was looked at."""
    return replace(unload, status=progress.status, error=progress.error)


def unloaded_rows(statements: Statements, unload: Unload) -> int:
    """How many rows the warehouse says that it has written."""
    (page,) = statements.pages(f"{unload.statement}:2", "count the rows that were unloaded")
    _, ((count,),) = page
    return int(count)


def discard_unload(statements: Statements, unload: Unload) -> None:
    """Stop it where it runs, and remove what it has written; what cannot be removed is left to the bucket's lifecycle rule."""
    try:
        _stop(statements, unload)
        bucket = unload_bucket(statements)
        bucket.delete(bucket.keys(f"{unload.folder}/"))
    except IngestionError as error:
        log.warning(
            "What statement %s wrote below %s is left to the bucket's lifecycle rule: %s",
            unload.statement or "of an unknown id",
            unload.folder,
            error,
        )


def unload_bucket(statements: Statements) -> Bucket:
    """The bucket to which is unloaded."""
    return Bucket(statements.service.client("s3"), place_of(statements.access).bucket)


def place_of(access: Access) -> UnloadPlace:
    """Where UNLOAD writes.

    Raises:
        FatalError: the connection does not say.
    """
    if access.place is None:
        raise FatalError(
            f"connection '{access.identity.conn_id}' names no place for UNLOAD; write unload_bucket, unload_prefix and unload_role into"
            " its extra"
        )
    return access.place


def _unload_text(place: UnloadPlace, unload: Unload) -> str:
    role = "default" if place.role == DEFAULT_ROLE else text(place.role)
    key = f" KMS_KEY_ID {text(place.kms_key)} ENCRYPTED" if place.kms_key else ""
    return (
        f"UNLOAD ({text(unload.select)}) TO {text(f's3://{place.bucket}/{unload.folder}/')} IAM_ROLE {role}"
        f" FORMAT PARQUET MANIFEST VERBOSE MAXFILESIZE {_FILE_MEGABYTES} MB{key}"
    )


def _stop(statements: Statements, unload: Unload) -> None:
    """Have it ended before its files are removed, or it would write more of them."""
    if unload.progress.ended or unload.statement in statements.ended:
        return
    if not unload.statement:  # an answer was lost: the token finds what it may have started
        unload = start_unload(statements, unload, "find a statement that may have been started")
    if not statements.look(unload.statement).ended:
        statements.cancel(unload.statement)
        statements.wait(unload.statement, _STOPPING)

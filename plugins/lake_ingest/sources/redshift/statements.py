"""Statements of the Data API: started, looked at, cancelled, their small answers read."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from lake_ingest.errors import IngestionError, RetriableError, StartOverError
from lake_ingest.sources.aws.service import Service
from lake_ingest.sources.redshift.connection import Access
from lake_ingest.sources.redshift.failure import ADVICE, of_statement

RUNNING, FINISHED, FAILED, ABORTED = "STARTED", "FINISHED", "FAILED", "ABORTED"
_ENDED = (FINISHED, FAILED, ABORTED)
_FIRST_PAUSE, _LONGEST_PAUSE, _GROWTH = 0.1, 2.0, 1.6  # seconds
_PATIENCE = 300.0  # seconds that a statement of the catalogue may take


@dataclass(frozen=True)
class Progress:
    """How a statement stands: its id, its status in the Data API's words, what the warehouse said of a failure."""

    id: str
    status: str
    error: str = ""

    @property
    def ended(self) -> bool:
        """However it did."""
        return self.status in _ENDED


class Statements:
    """The statements of one connection."""

    def __init__(self, access: Access) -> None:
        """Send nothing yet."""
        self.access = access
        self.service = Service(access.identity, "redshift-data", ADVICE)
        self.ended = set[str]()  # those that were seen to have ended

    def start(self, sql: str, doing: str) -> str:
        """Start one statement; gives its id."""
        answer = self.service.ask("execute_statement", doing, Sql=sql, **self.access.warehouse)
        return str(answer["Id"])

    def start_together(self, sqls: Sequence[str], token: str, doing: str) -> str:
        """Start several in one session and transaction; the same token gives the id of what it has started before (for eight hours)."""
        answer = self.service.ask(
            "batch_execute_statement", doing, Sqls=list(sqls), ClientToken=token, **self.access.warehouse
        )
        return str(answer["Id"])

    def look(self, statement: str) -> Progress:
        """See how a statement stands.

        Raises:
            StartOverError: nothing is known of it any more; the Data API forgets after 24 hours.
        """
        doing = f"look at statement {statement}"
        try:
            answer = self.service.ask("describe_statement", doing, Id=statement)
        except IngestionError as error:
            if "ResourceNotFoundException" in str(error):
                raise StartOverError(str(error)) from None
            raise
        failed = next((one.get("Error") for one in answer.get("SubStatements", []) if one.get("Error")), "")
        progress = Progress(statement, answer["Status"], answer.get("Error") or failed or "")
        if progress.ended:
            self.ended.add(statement)
        return progress

    def wait(self, statement: str, seconds: float) -> Progress:
        """Look until it has ended, or for so long; the pauses grow to two seconds."""
        until, pause = time.monotonic() + seconds, _FIRST_PAUSE
        while True:
            progress = self.look(statement)
            if progress.ended or time.monotonic() >= until:
                return progress
            time.sleep(min(pause, max(until - time.monotonic(), 0)))
            pause = min(pause * _GROWTH, _LONGEST_PAUSE)

    def finished(self, progress: Progress, doing: str) -> None:
        """Accept a statement that has finished.

        Raises:
            FatalError, RetriableError: it has not; what the warehouse said of it.
        """
        if progress.status == FINISHED:
            return
        place = self.access.name
        if progress.status == ABORTED:
            raise RetriableError(
                f"Redshift at {place} could not {doing}: somebody stopped statement {progress.id}"
            )
        if progress.status == FAILED:
            raise of_statement(place, doing, progress.error)
        raise RetriableError(f"Redshift at {place} could not {doing} in {int(_PATIENCE)} s; it is busy")

    def cancel(self, statement: str) -> None:
        """Stop a statement; one that has ended stays as it is."""
        self.service.ask("cancel_statement", f"stop statement {statement}", Id=statement)

    def run(self, sql: str, doing: str) -> str:
        """Start a statement that takes a moment, and wait for it; gives its id."""
        statement = self.start(sql, doing)
        progress = self.wait(statement, _PATIENCE)
        if not progress.ended:
            self.cancel(statement)
        self.finished(progress, doing)
        return statement

    def pages(self, statement: str, doing: str) -> Iterator[tuple[list[str], list[list[Any]]]]:
        """The answer of a statement: the names of its columns, and some rows at a time."""
        following: dict[str, str] = {}
        while True:
            answer = self.service.ask("get_statement_result", doing, Id=statement, **following)
            names = [str(column.get("label") or column["name"]) for column in answer["ColumnMetadata"]]
            yield names, [[_value(field) for field in record] for record in answer["Records"]]
            if not answer.get("NextToken"):
                return
            following = {"NextToken": answer["NextToken"]}

    def described(self, statement: str, doing: str) -> list[dict[str, Any]]:
        """How the Data API describes the columns of an answer."""
        found: list[dict[str, Any]] = self.service.ask("get_statement_result", doing, Id=statement)[
            "ColumnMetadata"
        ]
        return found


def _value(field: dict[str, Any]) -> Any:
    if field.get("isNull"):
        return None
    return next(iter(field.values()))

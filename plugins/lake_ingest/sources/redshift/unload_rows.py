"""The rows of a batch, read from what was unloaded of it."""

from collections.abc import Callable, Iterator

import pyarrow as pa

from lake_ingest.errors import RetriableError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.sources.redshift.unload_files import read_batches, read_contents
from lake_ingest.sources.redshift.values import as_planned
from lake_ingest.sources.source import Account, Request


class UnloadRows:
    """The rows of one UNLOAD; `lake_ingest.sources.source.Rows` describes the attributes."""

    closing_calls = 0
    route = "unload"

    def __init__(
        self, request: Request, statement: str, bucket: Bucket, folder: str, count: Callable[[], int]
    ) -> None:
        """Ask nothing yet.

        Args:
            request: the batch.
            statement: what was unloaded.
            bucket: where it lies.
            folder: in which folder of it.
            count: gives how many rows the warehouse has written.
        """
        self.account = Account()
        self.statement = statement
        self._request, self._bucket, self._folder, self._count = request, bucket, folder, count

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Typed columns in the order of the selection.

        Raises:
            FatalError: the table was changed since the run was planned, or holds what no file can hold.
            RetriableError: a file is damaged, or the counts of the warehouse, the manifest and the rows differ.
        """
        expected = self._count()
        columns, table = self._request.selection.columns, self._request.ingestion.object
        files = read_contents(self._bucket, self._folder, expected)
        for batch in read_batches(self._bucket, files, [column.name for column in columns]):
            self.account.rows += batch.num_rows
            yield as_planned(batch.columns, columns, table)
        if self.account.rows != expected:
            raise RetriableError(
                f"the warehouse has unloaded {expected} rows of {table}, and {self.account.rows} were read"
            )

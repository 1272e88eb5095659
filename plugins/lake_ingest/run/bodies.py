"""Files that rows refer to, landed as objects of their own: a row's column holds the key of its file's object."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from tempfile import SpooledTemporaryFile

import pyarrow as pa

from lake_ingest.errors import FatalError, RetriableError
from lake_ingest.lake.staging import StagedBody, Staging
from lake_ingest.rows.column import Column
from lake_ingest.rows.text_array import text_array
from lake_ingest.run.budget import check_budget, ledger_of
from lake_ingest.run.frozen_plan import Plan
from lake_ingest.sources.source import FileSource, Source
from lake_ingest.spec.object_key import body_key, publication_prefix

MOST_BODIES = 20_000  # of a batch: each is a call, and a line of the manifest
_CHECKED_EVERY = 50  # files, of which each is a call
_IN_MEMORY_BYTES = 1024 * 1024  # of one file; what is larger waits on local disk
_PIECE_BYTES = 1024 * 1024


@dataclass
class Bodies:
    """Lands the files of one batch.

    Attributes:
        staging: of the run.
        plan: of the run.
        index: of the batch.
        source: gives the files.
        columns: those that refer to files, with their places.
        folder: of the publication.
        landed: so far.
    """

    staging: Staging
    plan: Plan
    index: int
    source: FileSource
    columns: Sequence[tuple[int, Column]]
    folder: str
    landed: list[StagedBody] = field(default_factory=list)
    _spent: int | None = None  # by the unit, before this batch

    @classmethod
    def of(cls, staging: Staging, plan: Plan, index: int, source: Source) -> "Bodies | None":
        """None where no column refers to files."""
        columns = [(place, column) for place, column in enumerate(plan.columns) if column.refers_to_file]
        if not columns or not isinstance(source, FileSource):
            return None
        folder = publication_prefix(staging.destination, plan.run.logical_date)
        return cls(staging, plan, index, source, columns, folder)

    def land(self, rows: pa.RecordBatch) -> pa.RecordBatch:
        """The rows with the keys of their files' objects; a row without a file keeps its null.

        Raises:
            FatalError: there are too many, or one may not be read.
            StartOverError: a row was deleted since it was read.
            RetriableError: the source or S3 failed.
        """
        arrays = list(rows.columns)
        for place, column in self.columns:
            told = zip(arrays[place].to_pylist(), self._lengths(rows, column), strict=True)
            arrays[place] = text_array(
                [None if address is None else self._land(address, column, size) for address, size in told]
            )
        return pa.RecordBatch.from_arrays(arrays, names=rows.schema.names)

    def _lengths(self, rows: pa.RecordBatch, column: Column) -> list[int | None]:
        """How many bytes each file has, as far as the rows say it."""
        names = [one.name.lower() for one in self.plan.columns]
        told = column.length_in.lower()
        if told not in names:
            return [None] * rows.num_rows
        lengths = rows.column(names.index(told)).to_pylist()
        return [None if one is None else int(Decimal(one)) for one in lengths]

    def _land(self, address: str, column: Column, size: int | None) -> str:
        if len(self.landed) == MOST_BODIES:
            raise FatalError(
                f"{self.plan.ingestion.dataset}: a batch refers to more than {MOST_BODIES:,} files of {column.name}, each of which is a"
                " call. Make batch_size smaller, or let filter choose fewer rows."
            )
        if len(self.landed) % _CHECKED_EVERY == 0:
            self._check_budget()
        name = self.plan.ingestion.column_names.get(column.name, column.name)
        bucket = self.staging.bucket
        with SpooledTemporaryFile[bytes](_IN_MEMORY_BYTES) as file:
            row_id = self.source.read_file(address, file)
            file.seek(0)
            with bucket.upload(self.staging.body_key(self.index, len(self.landed))) as sink:
                while piece := file.read(_PIECE_BYTES):
                    sink.write(piece)
                if size not in (None, sink.size):
                    raise RetriableError(
                        f"{self.plan.ingestion.dataset}: {column.name} of {row_id} came with {sink.size} bytes, and {column.length_in} says {size}"
                    )
                etag = sink.complete()
        key = body_key(self.folder, name, row_id, sink.sha256)
        self.landed.append(StagedBody(name, row_id, sink.key, key, sink.size, sink.sha256, etag))
        return key

    def _check_budget(self) -> None:
        """Stop before the files use up what the unit, or the org, has left.

        Raises:
            QuotaError: it is used up; nothing is published.
        """
        ingestion = self.plan.ingestion
        if self._spent is None:
            self._spent = ledger_of(ingestion, self.staging.bucket).spent()
        check_budget(
            ingestion,
            self._spent + self.source.calls,
            self.source.usage,
            "The files were not read to their end",
        )

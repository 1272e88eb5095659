"""The rows of a batch, read from its exports."""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pyarrow as pa

from lake_ingest.errors import RetriableError
from lake_ingest.lake.bucket import Bucket
from lake_ingest.sources.dynamodb.export_files import read_contents, read_items
from lake_ingest.sources.dynamodb.exports import Export
from lake_ingest.sources.dynamodb.items import ItemReader
from lake_ingest.sources.source import Account

log = logging.getLogger(__name__)


@dataclass
class ExportRows:
    """The rows of exports, oldest first; `lake_ingest.sources.source.Rows` describes the attributes."""

    bucket: Bucket
    exports: Sequence[Export]
    reader: ItemReader
    statement: str
    keeps_deleted: bool
    route: str = "export"
    account: Account = field(default_factory=Account)
    closing_calls: int = 0

    def batches(self) -> Iterator[pa.RecordBatch]:
        """Typed columns in the order of the selection.

        Raises:
            RetriableError: a file is damaged, or the counts of the export and of its rows differ.
        """
        for export in self.exports:
            yield from self._of(export)
        self.reader.tell()

    def _of(self, export: Export) -> Iterator[pa.RecordBatch]:
        contents = read_contents(self.bucket, export.prefix, export.manifest, export.arn)
        log.info("Export %s holds %s items in %s files", export.arn, contents.items, len(contents.files))
        read = 0
        for where, items in read_items(self.bucket, contents):
            read += len(items)
            kept = items if self.keeps_deleted else [item for item in items if not item.deleted]
            if kept:
                self.account.rows += len(kept)
                yield self.reader.batch(kept, where)
        if read != contents.items:
            raise RetriableError(f"export {export.arn} counts {contents.items} items, and {read} were read")

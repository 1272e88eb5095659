"""The first rows of an ingestion, as its files will have them: read, protected, encoded and decoded by the engine itself."""

import secrets
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from lake_ingest.errors import FatalError
from lake_ingest.rows.column import Column
from lake_ingest.rows.decode import read_rows
from lake_ingest.rows.typed import text_of
from lake_ingest.run.extract import write_rows
from lake_ingest.run.frozen_plan import Plan, make_plan, written
from lake_ingest.run.opening import Opening
from lake_ingest.sources.source import Pending, Rows, Source
from lake_ingest.spec.batch_size import RowCount
from lake_ingest.spec.interval import Bounds

_SHOWN = {"hash": "(hashed)"}  # the unit's key is not at hand, and its values say nothing to people


@dataclass(frozen=True)
class Preview:
    """The columns as they are written, the text of each value (None for null), what was asked, and for which bounds."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str | None, ...], ...]
    statement: str
    bounds: Bounds


def preview(source: Source, opening: Opening, limit: int) -> Preview:
    """Read up to `limit` rows of a run's last batch.

    Raises:
        FatalError, RetriableError, QuotaError: they cannot be read.
    """
    flat = replace(opening.ingestion, partition_by=None)
    whole = replace(opening, ingestion=replace(flat, batch_size=None) if _counts_rows(opening) else flat)
    plan = make_plan(source, whole)
    request = replace(plan.request(len(plan.batches) - 1), limit=limit)
    rows = source.begin(request, lambda _: None)
    if isinstance(rows, Pending):
        source.discard(rows)
        raise FatalError(f"{plan.ingestion.dataset} cannot be previewed: its source gives no rows at once")
    columns = written(plan.ingestion, plan.columns)
    with TemporaryDirectory(prefix="preview-") as folder:
        found = _through_a_file(rows, plan, columns, Path(folder, "rows"))
    return Preview(columns, tuple(islice(found, limit)), rows.statement, request.batch)


def _through_a_file(
    rows: Rows, plan: Plan, columns: tuple[Column, ...], file: Path
) -> list[tuple[str | None, ...]]:
    ingestion = plan.ingestion
    with file.open("wb") as sink:
        write_rows(rows, plan, sink, secrets.token_bytes())
    names = [column.name for column in columns]
    shown: list[tuple[str | None, ...]] = []
    for batch in read_rows(file, ingestion.format, ingestion.compression, names, ingestion.csv.null):
        texts = [
            text_of(array, column).to_pylist() for array, column in zip(batch.columns, columns, strict=True)
        ]
        shown += [tuple(map(_shown, columns, row)) for row in zip(*texts, strict=True)]
    return shown


def _counts_rows(opening: Opening) -> bool:
    """Whether the batches are found by a scan of the table, which the first rows do not need."""
    return isinstance(opening.ingestion.batch_size, RowCount)


def _shown(column: Column, value: str | None) -> str | None:
    return value if value is None else _SHOWN.get(column.protect or "", value)

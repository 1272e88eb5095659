"""What a run must deliver before it is published."""

from lake_ingest.errors import FatalError
from lake_ingest.lake.manifest import Manifest
from lake_ingest.spec.ingestion import Expect
from lake_ingest.spec.interval import iso_instant


def check(expect: Expect, rows: int, last: Manifest | None, dataset: str) -> None:
    """Hold the rows of a run against what the spec expects.

    Args:
        expect: the spec's demands.
        rows: of the run.
        last: the manifest of the publication before; without one there is no drop.
        dataset: for the error.

    Raises:
        FatalError: there are fewer rows than expected; the last publication stays.
    """
    if expect.min_rows is not None and rows < expect.min_rows:
        raise FatalError(
            f"{dataset} read {rows} rows and expects at least {expect.min_rows}. Nothing was published."
        )
    before = last.rows if last else 0
    if before and not expect.tolerates(before - rows, before):
        raise FatalError(
            f"{dataset} read {rows} rows, {(before - rows) / before:.0%} fewer than the {before} of the publication before"
            f" ({iso_instant(last.logical_date) if last else ''}), and expects a drop of at most {expect.max_drop:.0%}."
            " Nothing was published."
        )

"""The batches of a run as they were at one moment of its source, read by one process, a few at a time.

Nothing of them outlives the process: a retry reads every batch anew, at a moment of its own, so no publication holds two moments.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import replace
from time import time

from lake_ingest.errors import FatalError
from lake_ingest.lake.staging import Receipt
from lake_ingest.run.frozen_plan import Plan
from lake_ingest.run.reading import BatchReader, NoNotes, Reading
from lake_ingest.run.waiting import Waiting
from lake_ingest.sources.source import MomentSource, Source

AT_ONCE = 2  # each batch holds an encoder, three parts of an upload, and a connection to the source


def read_at_one_moment(
    source: Source, plan: Plan, deliver: Callable[[int, Reading], Receipt]
) -> list[Receipt]:
    """The receipts of all batches, in order.

    Args:
        source: to read from.
        plan: the run's.
        deliver: puts the rows of a batch where they belong; several threads call it.

    Raises:
        FatalError: the source cannot be read so.
        RetriableError, QuotaError: of the first batch that failed; the others are stopped.
    """
    if not isinstance(source, MomentSource):
        raise FatalError(
            f"{plan.ingestion.dataset}: {plan.ingestion.source} has no snapshot that batches could share; leave one_snapshot out"
        )
    with ThreadPoolExecutor(AT_ONCE, "batch") as pool, source.at_one_moment(plan.request(0)) as opened:
        moment = time()

        def read(index: int) -> Receipt:
            reader = BatchReader(
                opened(), plan.request(index), NoNotes(), index, lambda reading: deliver(index, reading)
            )
            receipt = reader.begin()
            if isinstance(receipt, Waiting):
                raise FatalError(f"{plan.ingestion.dataset}: what has to be waited for shows no moment")
            return replace(receipt, as_of=plan.as_of(index, moment))

        reads = [pool.submit(read, index) for index in range(len(plan.batches))]
        try:
            for done in as_completed(reads):
                done.result()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [one.result() for one in reads]

"""ING235: batches of so many rows, which a full read of a table is cut into by its key."""

from collections.abc import Iterator
from math import ceil

from lake_ingest.spec.batch_size import RowCount
from lake_ingest.spec.window import Full

from factory.model.ingestion import Ingestion
from factory.rules.problem import Problem
from factory.rules.rows_read import MAX_BATCHES, TOO_MANY_BATCHES
from factory.rules.rule import Rule

BATCHES_OF_ROWS = Rule(
    "ING235", "batches-of-rows", "Batches of so many rows are not possible here.",
    "They cut a full read of a table by its key. A window is cut by lengths of time, and other sources cut what they send by themselves.",
    wrong="object: Account\nwindow: full\nbatch_size: 500000 rows\n", right="object: Account\nwindow: full\n", fixed=True,
)  # fmt: skip
RULES = (BATCHES_OF_ROWS,)


def check(spec: Ingestion) -> Iterator[Problem]:
    """What is wrong with batches of so many rows."""
    size = spec.batch_size
    if (
        not isinstance(size, RowCount)
        or not spec.says("batch_size")
        or {"batch_size", "window", "query"} & spec.broken
    ):
        return
    reason, cure = _impossible(spec)
    if reason:
        message = f"`batch_size: {size}` is not possible: {reason}"
        yield BATCHES_OF_ROWS.at(spec.document, ("batch_size",), message, cure=cure)
    elif spec.about.rows and not spec.filter and (count := ceil(spec.about.rows / size.count)) > MAX_BATCHES:
        larger = RowCount(ceil(spec.about.rows / MAX_BATCHES / _ROUND) * _ROUND)
        message = f"batches of {size} cut the table into some {count:,}"
        yield TOO_MANY_BATCHES.at(
            *spec.place("batch_size"),
            message,
            cure=f"At most {MAX_BATCHES} are allowed.",
            instead=str(larger),
        )


_ROUND = 1000


def _impossible(spec: Ingestion) -> tuple[str, str]:
    """Why the rows cannot be cut by a key, and what to do; empty where they can."""
    if spec.query:
        return "a query selects its rows itself", "Delete it."
    if not spec.traits.cuts_by_key:
        return f"{spec.traits.title} is not read by ranges of a key", "Delete it."
    if spec.window != Full():
        return "a window is cut by lengths of time", "Write a length, such as `1 month`."
    return "", ""

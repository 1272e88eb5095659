"""ING34x: what a window over a table needs."""

from collections.abc import Iterator

from lake_ingest.spec.window import Full

from factory.model.ingestion import Ingestion
from factory.rules.problem import Problem
from factory.rules.rule import Rule

NO_CURSOR = Rule(
    "ING340", "no-cursor", "A window over a table does not say by which column its rows fall into it.",
    "No column of a table is stamped by the database itself, so the spec names the one that the application keeps.",
    wrong="source: postgresql\nobject: billing.invoice\nwindow: {last: 6 months}\n",
    right="source: postgresql\nobject: billing.invoice\nwindow: {last: 6 months}\ncursor: updated_at\n", fixed=True,
)  # fmt: skip
RULES = (NO_CURSOR,)


def check(spec: Ingestion) -> Iterator[Problem]:
    """A window without its cursor."""
    if spec.window in (None, Full()) or spec.cursor or "cursor" in spec.broken:
        return
    cure = "Add `cursor:` with the column that every change of a row stamps, or write `window: full`."
    yield NO_CURSOR.at(*spec.place("window", "object"), "the window has no `cursor`", cure=cure)

"""ING360 to ING363: a query in SQL."""

from factory.rules.problem import Severity
from factory.rules.rule import Rule

_SPEC = "source: postgresql\nobject: billing.invoice\nwindow: full\nquery: {}\n"
_RIGHT = _SPEC.format(
    "SELECT i.id, c.country FROM billing.invoice i JOIN billing.customer c ON c.id = i.customer_id"
)

SYNTAX = Rule(
    "ING360", "query-sql", "The query is not one SELECT over the object, each of whose columns has a name.",
    "A window bounds one of its columns, and each column lands under its name; so it is one statement, read by a parser before a database"
    " sees it.",
    wrong=_SPEC.format("SELECT customer_id, sum(amount) FROM billing.invoice GROUP BY customer_id"),
    right=_SPEC.format("SELECT customer_id, sum(amount) AS amount FROM billing.invoice GROUP BY customer_id"), fixed=True,
)  # fmt: skip
ACTS = Rule(
    "ING361", "query-acts", "The query does more than select: it writes, locks, waits, or reads what the unit was not given.",
    "A run reads the tables that a reviewer of unit.yaml has seen, and changes nothing.",
    wrong=_SPEC.format("SELECT i.id, s.amount FROM billing.invoice i JOIN hr.salary s ON s.id = i.id"), right=_RIGHT, fixed=True,
)  # fmt: skip
CHANGING = Rule(
    "ING362", "query-changes", "The query means something else each time it is asked.",
    "A rerun or a backfill reads other rows than the run that it replaces. A window moves with the run's own dates.",
    wrong=_SPEC.format("SELECT id, amount FROM billing.invoice WHERE updated_at > now() - interval '7 days'"),
    right="source: postgresql\nobject: billing.invoice\nwindow: {last: 7 days}\ncursor: updated_at\nquery: SELECT id, amount, updated_at FROM billing.invoice\n",
    severity=Severity.WARNING,
)  # fmt: skip
BESIDE = Rule(
    "ING363", "beside-sql", "A key stands beside a query that says the same itself.",
    "The query selects columns and rows; `fields` and `filter` would have no effect.",
    wrong="source: postgresql\nobject: billing.invoice\nwindow: full\nfields: [id]\nquery: SELECT id FROM billing.invoice\n",
    right=_SPEC.format("SELECT id FROM billing.invoice"), fixed=True,
)  # fmt: skip

RULES = (SYNTAX, ACTS, CHANGING, BESIDE)

"""ING336, ING348, ING349: a filter in SQL."""

from factory.rules.problem import Severity
from factory.rules.rule import Rule

_SPEC = "source: postgresql\nobject: billing.customer\nfields: [id, country]\nwindow: full\nfilter: {}\n"
_RIGHT = _SPEC.format("country = 'BE' AND is_company")

SYNTAX = Rule(
    "ING348", "filter-sql", "The filter is not one condition of SQL over the columns of its table.",
    "It is put in brackets and joined to the window by AND, so it must be what may stand behind WHERE, and nothing more.",
    wrong=_SPEC.format("WHERE country = 'BE';"), right=_RIGHT, fixed=True,
)  # fmt: skip
ACTS = Rule(
    "ING349", "filter-acts", "The filter does more than choose rows: it writes, locks, waits, or reads what the unit was not given.",
    "A run reads one table that a reviewer of unit.yaml has seen, and changes nothing.",
    wrong=_SPEC.format("id IN (SELECT customer_id FROM hr.salary)"), right=_SPEC.format("id IN (SELECT customer_id FROM billing.invoice)"),
    fixed=True,
)  # fmt: skip
CHANGING = Rule(
    "ING336", "filter-changes", "The filter means something else each time it is asked.",
    "A rerun or a backfill reads other rows than the run that it replaces. A window moves with the run's own dates.",
    wrong=_SPEC.format("created_at > now() - interval '7 days'"), right=_SPEC.format("created_at >= '2026-01-01'"),
    severity=Severity.WARNING,
)  # fmt: skip

RULES = (SYNTAX, ACTS, CHANGING)

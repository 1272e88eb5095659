"""ING1xx: keys and values against the JSON schemas."""

from collections.abc import Iterator

from factory.model.ingestion import Ingestion
from factory.rules.problem import Problem
from factory.rules.rule import Rule

_RIGHT = """\
object: Account
window: full
schedule: "0 5 * * *"
"""

UNKNOWN_KEY = Rule(
    "ING101", "unknown-key", "A key is not in the vocabulary.",
    "A key that nobody reads has no effect; usually it is misspelt.",
    wrong='object: Account\nwindow: full\nschedul: "0 5 * * *"\n', right=_RIGHT, fixed=True,
)  # fmt: skip
MISSING_KEY = Rule(
    "ING102", "missing-key", "A key that is always needed is absent.",
    "Without it there is nothing to compile.",
    wrong="window: full\n", right=_RIGHT, fixed=True,
)  # fmt: skip
WRONG_TYPE = Rule(
    "ING103", "wrong-type", "A value is of another type than its key takes.",
    "There is a list where text is expected, text where a number is expected, or the like.",
    wrong="object: Account\nwindow: full\ninclude_deleted: 1\n",
    right="object: Account\nwindow: full\ninclude_deleted: true\n", fixed=True,
)  # fmt: skip
NOT_A_CHOICE = Rule(
    "ING104", "not-a-choice", "A value is not one of those that its key takes.",
    "The vocabulary is closed, so that every spec means the same everywhere.",
    wrong="object: Account\nwindow: full\nformat: parqet\n",
    right="object: Account\nwindow: full\nformat: parquet\n", fixed=True,
)  # fmt: skip
MALFORMED = Rule(
    "ING105", "malformed-value", "A value is not written the way its key needs.",
    "A length of time without its unit, a path that leads upwards, a number out of range.",
    wrong="object: Account\nwindow: {last: 6}\nbatch_size: one month\n",
    right="object: Account\nwindow: {last: 6 months}\nbatch_size: 1 month\n", fixed=True,
)  # fmt: skip
TEMPLATE = Rule(
    "ING106", "template", "A template is written where Airflow renders none.",
    "Airflow renders templates in the bucket alone; anywhere else the braces would land in names and queries.",
    wrong='object: Account\nwindow: full\nowner: "{{ var.value.owner }}"\n',
    right="object: Account\nwindow: full\nowner: Finance data\n", fixed=True,
)  # fmt: skip

NOT_CARRIED = Rule(
    "ING107", "not-carried-over", "`factory import-dag` could not carry something over from a hand-written DAG.",
    "What the old DAG did there is known only when it runs, or a spec cannot say it; to guess would land wrong data.",
    wrong='object: Account\nwindow: full\nnot_carried:\n  - "old.py:12:9: `sf_fields`: `Variable.get(\'fields\')` is an Airflow Variable."\n',
    right="object: Account\nwindow: full\nfields: [Id, Name]\n", fixed=True,
)  # fmt: skip

RULES = (UNKNOWN_KEY, MISSING_KEY, WRONG_TYPE, NOT_A_CHOICE, MALFORMED, TEMPLATE, NOT_CARRIED)

_LENGTHS = ("batch_size", "overlap", "compare_ids", "refresh", "deadline", "table")


def check(spec: Ingestion) -> Iterator[Problem]:
    """Lengths of time that the schema takes and that are none, such as `0 days`."""
    for key in _LENGTHS:
        if fault := spec.faults.get(key):
            written, inner = spec.settings[key].value, fault.path[-1]
            text = written[inner] if isinstance(written, dict) else written
            message = f"`{text}` cannot be the value of `{inner}`"
            yield MALFORMED.at(
                fault.document, fault.path, message, cure="Write a whole number from 1, and a unit."
            )

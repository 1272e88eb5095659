"""ING249: the one moment that all batches of a run show."""

from collections.abc import Iterator

from factory.model.ingestion import Ingestion
from factory.rules.problem import Problem
from factory.rules.rule import Rule

ONE_BATCH = Rule(
    "ING249", "one-moment-of-one-batch", "`one_snapshot` has no effect without batches.",
    "A run of one batch is one statement, which shows one moment anyway. Only several batches could show several.",
    wrong="source: postgresql\nobject: billing.invoice\nfields: [id, amount]\nwindow: full\none_snapshot: true\n",
    right="source: postgresql\nobject: billing.invoice\nfields: [id, amount]\nwindow: full\n", fixed=True,
)  # fmt: skip
RULES = (ONE_BATCH,)


def check(spec: Ingestion) -> Iterator[Problem]:
    """What is wrong with the one moment of a run's batches; other sources than those that have it refuse the key."""
    if "one_snapshot" in spec.traits.lacks or not spec.says("one_snapshot"):
        return
    if spec.batch_size is None and not {"one_snapshot", "batch_size"} & (spec.broken | spec.faults.keys()):
        message = "`one_snapshot` has no effect: the run is one batch, which shows one moment"
        yield ONE_BATCH.at(spec.document, ("one_snapshot",), message, cure="Delete it.", on_key=True)

"""ING503: DAGs that start in the same minute."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from zlib import crc32

from factory.model.ingestion import Ingestion
from factory.rules.problem import Problem, Severity
from factory.rules.rule import Rule

CROWD = 10  # so many DAGs may start in one minute; more queue up for the source's pool anyway

SAME_MINUTE = Rule(
    "ING503", "same-minute", f"More than {CROWD} DAGs start in the same minute.",
    "They queue up for the source's pool and for the workers, while both are idle the rest of the hour.",
    wrong="", right='object: Account\nwindow: full\nschedule: "17 5 * * *"\n', severity=Severity.WARNING,
)  # fmt: skip

RULES = (SAME_MINUTE,)


def check(specs: Sequence[Ingestion]) -> Iterator[Problem]:
    """Crowds of one source; each DAG is named once. This needs the whole tree."""
    starting: dict[tuple[str, str, int, int], list[Ingestion]] = defaultdict(list)
    for spec in specs:
        if spec.schedule is None:
            continue
        where = (spec.connection, spec.settings["timezone"].value)
        for hour in spec.schedule.hours:
            for minute in spec.schedule.minutes:
                starting[*where, hour, minute].append(spec)
    named: set[str] = set()
    for (connection, _, hour, minute), crowd in starting.items():
        for spec in crowd if len(crowd) > CROWD else ():
            if spec.dag_id not in named:
                named.add(spec.dag_id)
                free = 1 + crc32(spec.dag_id.encode()) % 59
                message = f"{len(crowd)} DAGs start at {hour:02}:{minute:02} with {connection}"
                cure = f"Choose another minute, such as {free}."
                yield SAME_MINUTE.at(*spec.place("schedule"), message, cure=cure)

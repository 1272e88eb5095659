"""What each class of MWAA environment holds, by arithmetic from a fleet's figures: `python -m benchmarks.mwaa_classes OURS`.

Processors, tasks and DAGs of a class are AWS's figures. A processor of MWAA is taken for a third of one here, which nobody has measured: a
third as fast, or as fast and never fuller than a third.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

from infra.resources.airflow_options import UNCHANGED_SECONDS
from sandbox.fleet.figures import Figures

SLOWER = 3.0
HOUR = 3600.0
OF_READING = 0.25  # of a scheduler's processors, which read DAG files as well
OF_SCHEDULING = 0.5
MILLION_ROWS = 4.0  # processor seconds of the reader, docs/benchmarks.md


@dataclass(frozen=True)
class EnvironmentClass:
    """A class: processors of a worker and of each scheduler, tasks of a worker, DAGs by AWS, list price in US dollars an hour."""

    name: str
    processors: float
    schedulers: int
    tasks: int
    dags: int
    price: float


CLASSES = (
    EnvironmentClass(
        "mw1.micro", 0.5, 1, 3, 25, 0.29
    ),  # one container of one processor is worker and scheduler
    EnvironmentClass("mw1.small", 1, 2, 5, 50, 0.49),
    EnvironmentClass("mw1.medium", 2, 2, 10, 250, 0.74),
    EnvironmentClass("mw1.large", 4, 2, 20, 1000, 0.99),
    EnvironmentClass("mw1.xlarge", 8, 2, 40, 2000, 1.98),
    EnvironmentClass("mw1.2xlarge", 16, 2, 80, 4000, 3.96),
)


@dataclass(frozen=True)
class Holds:
    """What a class bears: DAGs whose files are read in time, small runs an hour, rows an hour."""

    dags: float
    runs_of_a_worker: float
    runs_begun: float
    million_rows: float


def holds(figures: Figures, one: EnvironmentClass) -> Holds:
    """The arithmetic."""
    processor = one.processors / SLOWER
    return Holds(
        dags=OF_READING * UNCHANGED_SECONDS * processor / (figures.pass_cpu / figures.dags),
        runs_of_a_worker=HOUR * processor / figures.workers_cpu,
        runs_begun=OF_SCHEDULING * HOUR * processor * one.schedulers / figures.run_cpu["scheduler"],
        million_rows=HOUR * processor / MILLION_ROWS,
    )


def table(figures: Figures) -> list[str]:
    """Lines of Markdown."""
    head = (
        "class", "dollars an hour", "a month", "DAGs, by AWS", "DAGs read in time", "small runs an hour: a worker", "begun by all schedulers",
        "million rows an hour: a worker",
    )  # fmt: skip
    rows = [_cells(one, holds(figures, one)) for one in CLASSES]
    return [_row(head), "|" + "---|" * len(head), *map(_row, rows)]


def _cells(one: EnvironmentClass, held: Holds) -> tuple[str, ...]:
    numbers = (
        one.price * 730,
        one.dags,
        *(_two_digits(n) for n in (held.dags, held.runs_of_a_worker, held.runs_begun)),
    )
    return (
        one.name,
        f"{one.price:.2f}",
        *(f"{number:,.0f}" for number in numbers),
        f"{_two_digits(held.million_rows):,.0f}",
    )


def _two_digits(number: float) -> float:
    """Rounded, so that nobody takes it for exact."""
    return float(f"{number:.2g}")


def _row(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    print("\n".join(table(Figures.read(Path(sys.argv[1])))))

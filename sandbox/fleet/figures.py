"""What a fleet has shown: one side's figures, kept as JSON, and both sides beside each other."""

import json
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

STAND_INS = frozenset({"org", "s3"})
MOST = 0.95


@dataclass(frozen=True)
class Spread:
    """Of many measurements: how many, their mean, and what all but one of twenty stay below."""

    count: int
    mean: float
    most: float

    @classmethod
    def of(cls, values: Iterable[float]) -> Self:
        """Of these."""
        ordered = sorted(values)
        if not ordered:
            return cls(0, 0.0, 0.0)
        return cls(
            len(ordered), statistics.fmean(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * MOST))]
        )

    def __str__(self) -> str:
        return f"{self.mean:.1f}; {self.most:.1f}"


@dataclass(frozen=True)
class Figures:
    """One side of the comparison, as it was played."""

    side: str
    dags: int
    hours: float  # of the day that were played
    speed: float
    workers: int
    slots: int
    killed: int  # workers
    runs: int  # that were due
    lost: int  # of them, and publications that are missing or not as their manifests say
    seconds: float  # from the beginning of the day to the end of the last run
    seen_seconds: float  # from the files' arrival until all DAGs were seen
    pass_cpu: float  # processor seconds of the DAG processor for reading all DAGs
    loop_at_rest: Spread  # of the scheduler, with no run due; ms
    loop_in_play: Spread
    rest_cpu: dict[
        str, float
    ]  # processor seconds a minute of each component, with no run due; empty where the DAGs were seen too late
    run_cpu: dict[str, float]  # processor seconds a run of each component, its rest included
    memory: dict[str, float]  # of each component at the end, MB
    due_to_queued: Spread  # seconds
    queued_to_started: Spread
    due_to_ended: Spread
    database_per_dag: float  # KB
    database_per_run: float  # KB
    database: float  # MB at the end
    new_spec_seconds: float  # from the arrival of its files until people see the DAG
    changed_spec_seconds: float
    load: float = (
        0.0  # of the machine, its mean over the last quarter of an hour of the play; 0 where nobody looked
    )

    @classmethod
    def read(cls, path: Path) -> Self:
        """What `write` wrote."""
        body: dict[str, Any] = json.loads(path.read_text())
        spreads = {name: Spread(**body[name]) for name, kind in cls.__annotations__.items() if kind is Spread}
        return cls(**{**body, **spreads})

    def write(self, path: Path) -> None:
        """As JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=1) + "\n")

    @property
    def workers_cpu(self) -> float:
        """Processor seconds a run of all workers."""
        return sum(cpu for name, cpu in self.run_cpu.items() if name.startswith("worker-"))

    @property
    def airflow_cpu(self) -> float:
        """Processor seconds a run of everything that is not a stand-in of a source or of S3; database and broker included."""
        return sum(cpu for name, cpu in self.run_cpu.items() if name not in STAND_INS)

    @property
    def per_hour(self) -> float:
        """Runs."""
        return self.runs / self.seconds * 3600


def table(sides: Sequence[Figures]) -> list[str]:
    """Lines that show one side, or ours beside the other with the ratio."""
    head = [f"{'':44}", *(f"{side.side:>16}" for side in sides), "   ratio" if len(sides) > 1 else ""]
    return [
        "".join(head),
        *(_line(label, [row[label] for row in map(_rows, sides)]) for label in _rows(sides[0])),
    ]


def _line(label: str, cells: Sequence[float | Spread | str]) -> str:
    shown = "".join(f"{cell if isinstance(cell, str) else _shown(cell):>16}" for cell in cells)
    return f"{label:44}{shown}{_ratio(cells)}".rstrip()


def _shown(cell: float | Spread) -> str:
    return str(cell) if isinstance(cell, Spread) else f"{cell:,.2f}" if cell < 100 else f"{cell:,.0f}"


def _ratio(cells: Sequence[float | Spread | str]) -> str:
    values = [cell.mean if isinstance(cell, Spread) else cell for cell in cells if not isinstance(cell, str)]
    return f"{values[0] / values[1]:>8.2f}" if len(values) > 1 and values[1] else ""


def _rows(side: Figures) -> Mapping[str, float | Spread | str]:
    workers = [mb for name, mb in side.memory.items() if name.startswith("worker-")]
    return {
        "runs that were due": f"{side.runs:,}",
        "lost": f"{side.lost}",
        "load of the machine": side.load or "not measured",
        "workers, killed": f"{side.workers}, {side.killed}",
        "DAG processor: CPU ms a DAG": side.pass_cpu / side.dags * 1000,
        "  all DAGs seen, s": side.seen_seconds,
        "  a new spec seen, s": side.new_spec_seconds,
        "  a changed spec seen, s": side.changed_spec_seconds,
        "scheduler at rest: CPU s a minute": side.rest_cpu.get("scheduler", "not measured"),
        "  a loop at rest, ms: mean; 19 of 20": side.loop_at_rest,
        "scheduler in play: CPU s a run": side.run_cpu["scheduler"],
        "  a loop in play, ms: mean; 19 of 20": side.loop_in_play,
        "workers: CPU s a run": side.workers_cpu,
        "database: CPU s a run": side.run_cpu.get("PostgreSQL", 0.0),
        "all of Airflow: CPU s a run": side.airflow_cpu,
        "due to queued, s: mean; 19 of 20": side.due_to_queued,
        "queued to started, s: mean; 19 of 20": side.queued_to_started,
        "due to ended, s: mean; 19 of 20": side.due_to_ended,
        "runs an hour, as they were due": side.per_hour,
        "database: KB a DAG": side.database_per_dag,
        "database: KB a run": side.database_per_run,
        "database at the end, MB": side.database,
        **{
            f"memory, MB: {name}": side.memory[name]
            for name in ("scheduler", "dag-processor", "triggerer", "execution-api")
        },
        "memory, MB: a worker": statistics.fmean(workers),
    }

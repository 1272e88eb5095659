"""A fleet of ours beside one written by hand: `python -m benchmarks.fleet OURS BY_HAND`, two files of `python -m sandbox fleet --figures`.

It prints both with their ratios, says which goals hold, and draws what the DAGs cost in a day on a platform set up as ours: each file
read once in its interval, each DAG run once. That day is arithmetic, from the figures of the part that was played.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.chart import bar_chart
from infra.resources.airflow_options import UNCHANGED_SECONDS
from sandbox.fleet.figures import Figures, table

DAY_SECONDS = 86_400
BEGIN, END = "<!-- figures: make fleet-figures -->", "<!-- end of figures -->"
PARTS = ("DAG processor", "workers", "scheduler", "the rest")


def main(argv: Sequence[str]) -> int:
    """Print, and draw if asked to; exit code 1 if a goal is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fleet", description=__doc__)
    parser.add_argument("ours", type=Path)
    parser.add_argument("by_hand", type=Path)
    parser.add_argument(
        "--by-hand-at-rest",
        type=Path,
        help="where BY_HAND was late: another file that has its figures at rest",
    )
    parser.add_argument("--chart", type=Path, help="draw the day as SVG into this file")
    parser.add_argument("--document", type=Path, help="put the table into this document, between its marks")
    arguments = parser.parse_args(argv)
    ours, by_hand = Figures.read(arguments.ours), Figures.read(arguments.by_hand)
    print("\n".join(table([ours, by_hand])))
    print(f"\n{'':32}{'ratio':>8}{'goal':>8}")
    met = [_met(goal, ratio, most) for goal, (ratio, most) in goals(ours, by_hand).items()]
    if arguments.document:
        arguments.document.write_text(documented(arguments.document.read_text(), ours, by_hand))
    if arguments.chart:
        arguments.chart.write_text(bar_chart(day(ours, by_hand), "processor hours a day", digits=1))
    return 0 if all(met) and not ours.lost else 1


def goals(ours: Figures, by_hand: Figures) -> dict[str, tuple[float, float]]:
    """What was promised of a fleet: the ratio to DAGs written by hand, and what it may be at most."""
    reached = {
        "DAG processing": ((ours.pass_cpu / ours.dags) / (by_hand.pass_cpu / by_hand.dags), 0.5),
        "scheduler, in play": (ours.run_cpu["scheduler"] / by_hand.run_cpu["scheduler"], 1.0),
        "workers": (ours.workers_cpu / by_hand.workers_cpu, 1.0),
    }
    if ours.rest_cpu and by_hand.rest_cpu:
        reached["scheduler, at rest"] = (ours.rest_cpu["scheduler"] / by_hand.rest_cpu["scheduler"], 1.0)
    return reached


def documented(text: str, ours: Figures, by_hand: Figures) -> str:
    """A document with the table of both sides between its marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not end:
        raise ValueError(f"the document has no {BEGIN} … {END}")
    return "\n".join([f"{before}{begin}", "```text", *table([ours, by_hand]), "```", f"{end}{after}"])


def day(ours: Figures, by_hand: Figures) -> list[tuple[str, float]]:
    """Processor hours a day of each part of Airflow, each side's beside the other's."""
    at_rest = bool(ours.rest_cpu and by_hand.rest_cpu)
    sides = {"ours": _hours(ours, at_rest), "by hand": _hours(by_hand, at_rest)}
    return [(f"{side}, {part}", hours[part]) for part in PARTS for side, hours in sides.items()]


def _hours(side: Figures, at_rest: bool) -> dict[str, float]:
    read = side.pass_cpu * DAY_SECONDS / UNCHANGED_SECONDS
    rest = ("api-server", "execution-api", "triggerer", "redis", "PostgreSQL")
    workers = tuple(name for name in side.run_cpu if name.startswith("worker-"))
    others = [
        sum(_of_a_day(side, name, at_rest) for name in names) for names in (workers, ("scheduler",), rest)
    ]
    return {part: seconds / 3600 for part, seconds in zip(PARTS, (read, *others), strict=True)}


def _of_a_day(side: Figures, name: str, at_rest: bool) -> float:
    """Processor seconds: of a day at rest, and what each run adds to that; without the former, what each run took as it was played."""
    each_second = side.rest_cpu.get(name, 0.0) / 60 if at_rest else 0.0
    of_a_run = max(0.0, side.run_cpu[name] - each_second * side.seconds / side.runs)
    return each_second * DAY_SECONDS + of_a_run * side.dags


def _met(goal: str, ratio: float, most: float) -> bool:
    print(f"{goal:32}{ratio:>8.2f}{most:>8.1f}{'' if ratio <= most else '  MISSED'}")
    return ratio <= most


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))

"""What a DAG costs Airflow's DAG processor: parsed, serialised, written into the database, beside DAGs written by hand.

Each side is a folder of its own for the real `airflow dag-processor`, in its process and all those that it starts, with an empty
database. What it costs with no DAG at all is measured first and subtracted. Then both are read a second time, unchanged.
"""

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

from sandbox import compiled
from sandbox.airflow.dag_processor import Cost, one_pass, prepare, stored
from sandbox.fleet.many_specs import Many

GOAL = 0.5


def main(argv: Sequence[str] = ()) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dag_processing", description=__doc__)
    parser.add_argument("--dags", type=int, default=2500, help="of each side (2,500)")
    parser.add_argument("--once", action="store_true", help="leave out the second pass, over unchanged files")
    arguments = parser.parse_args(argv)
    rounds = 1 if arguments.once else 2
    many = Many(arguments.dags)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        compiled.render(many.write_specs(home / "configs"), home / "compiled")
        (home / "nothing").mkdir()
        nothing = passes(home / "airflow-nothing", home / "nothing", 0, rounds)
        hand = passes(home / "airflow-hand", many.write_by_hand(home / "hand"), many.count, rounds)
        ours = passes(home / "airflow-compiled", home / "compiled", many.count, rounds)
    report(many.count, nothing, {"by hand": hand, "compiled": ours})


def passes(home: Path, dags: Path, count: int, rounds: int) -> list[Cost]:
    """Passes over a folder; each must find every DAG."""
    airflow = prepare(home, dags)
    costs = []
    for _ in range(rounds):
        costs.append(one_pass(airflow))
        found = stored(airflow)
        if len(found.files) != count or found.errors:
            raise RuntimeError(f"{len(found.files)} of {count} DAGs were stored: {found.errors}")
    return costs


def report(count: int, nothing: list[Cost], sides: dict[str, list[Cost]]) -> None:
    """Print a table of milliseconds a DAG, and the ratios."""
    print(f"{count:,} DAGs; with none: {nothing[0].cpu_seconds:.1f} CPU s, {nothing[0].seconds:.0f} s\n")
    print(f"{'':22}{'CPU ms a DAG':>14}{'CPU s':>8}{'wall s':>8}{'MB':>6}")
    for number, name in enumerate(("new", "unchanged")[: len(nothing)]):
        net = {}
        for side, costs in sides.items():
            net[side] = costs[number].cpu_seconds - nothing[number].cpu_seconds
            print(
                f"{f'{side}, {name}':22}{net[side] / count * 1000:>14.0f}{net[side]:>8.1f}"
                f"{costs[number].seconds - nothing[number].seconds:>8.1f}{costs[number].megabytes:>6.0f}"
            )
        ratio = net["compiled"] / net["by hand"]
        print(f"{'ratio':22}{ratio:>14.2f}{'' if ratio <= GOAL else f'  (goal {GOAL}, EXCEEDED)'}")


if __name__ == "__main__":
    import sys

    main(sys.argv[1:])

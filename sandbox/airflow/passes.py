"""Passes of Airflow's DAG processor, as forks of one process that has loaded it once.

`python -m sandbox.airflow.passes LOG` makes a pass for each line of its input, and says `ended with` its exit code.
"""

import os
import sys
from pathlib import Path

from sandbox.airflow.forks import fork, load_all

LOADED = (
    "airflow.__main__",
    "airflow.cli.commands.dag_processor_command",
    "airflow.dag_processing.processor",
    "airflow.sdk.execution_time.task_runner",
)
ENDED = "ended with "


def main(log: Path) -> None:
    """Serve until the input ends."""
    load_all(LOADED)
    for _ in sys.stdin:
        _, status = os.waitpid(fork(log, ["dag-processor", "--num-runs", "1"]), 0)
        print(f"{ENDED}{os.waitstatus_to_exitcode(status)}", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""What Airflow's database says of DAGs, runs and tasks. Asked with SQL, so that looking costs Airflow's own servers nothing."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sandbox.airflow.rest_client import FINAL_RUN_STATES
from sandbox.databases.postgresql import PostgresqlServer

DATABASE = "airflow"
_SEEN = "SELECT dag_id FROM dag JOIN serialized_dag USING (dag_id) WHERE NOT is_stale GROUP BY dag_id"
_READ = "SELECT count(*) FROM dag WHERE extract(epoch FROM last_parsed_time) >= {}"
_ERRORS = "SELECT filename, regexp_replace(right(stacktrace, 300), E'\\\\s+', ' ', 'g') FROM import_error"
_HASHES = "SELECT dag_hash FROM serialized_dag WHERE dag_id = '{}' ORDER BY 1"
_RUNS = """
SELECT dag_id, dag_run.state, extract(epoch FROM run_after), coalesce(extract(epoch FROM min(queued_dttm)), 0),
       coalesce(extract(epoch FROM min(task_instance.start_date)), 0), coalesce(extract(epoch FROM dag_run.end_date), 0)
FROM dag_run LEFT JOIN task_instance USING (dag_id, run_id)
GROUP BY dag_id, run_id, dag_run.state, run_after, dag_run.end_date
"""


@dataclass(frozen=True)
class Run:
    """A run of a DAG. Moments are seconds since 1970; what has not happened yet is 0.

    `queued` and `started` are those of its first task, at its last try.
    """

    dag_id: str
    state: str
    due: float
    queued: float
    started: float
    ended: float

    @property
    def is_over(self) -> bool:
        """Whether it succeeded or failed."""
        return self.state in FINAL_RUN_STATES

    @property
    def due_at(self) -> datetime:
        """UTC."""
        return datetime.fromtimestamp(self.due, UTC)


@dataclass(frozen=True)
class Records:
    """Airflow's database on a server."""

    server: PostgresqlServer

    def seen(self) -> set[str]:
        """The DAGs that people see and the scheduler knows."""
        return set(self._rows(_SEEN))

    def read_since(self, moment: float) -> int:
        """How many DAGs the DAG processor has read since then (seconds since 1970)."""
        return int(self._rows(_READ.format(moment))[0])

    def hashes(self, dag_id: str) -> list[str]:
        """Of the texts of a DAG that it keeps; another one comes with each change."""
        return self._rows(_HASHES.format(dag_id))

    def import_errors(self) -> list[str]:
        """File and the end of the stack trace of each."""
        return self._rows(_ERRORS)

    def runs(self) -> list[Run]:
        """Every run of every DAG."""
        rows = (row.split("|") for row in self._rows(_RUNS))
        return [Run(dag_id, state, *map(float, moments)) for dag_id, state, *moments in rows]

    def megabytes(self) -> float:
        """The size of the database."""
        return int(self._rows(f"SELECT pg_database_size('{DATABASE}')")[0]) / 1e6

    def _rows(self, query: str) -> list[str]:
        return self.server.sql(query, DATABASE).splitlines()

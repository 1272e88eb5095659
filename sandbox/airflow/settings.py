"""Settings of the local Airflow, written as its `airflow.cfg`; whatever is not here has Airflow's default."""

import base64
import configparser
import os
import secrets
import sys
from dataclasses import dataclass, field
from pathlib import Path

from sandbox.object_store import TOPIC

REPOSITORY = Path(__file__).parents[2]
USER = "admin"


@dataclass(frozen=True)
class Cluster:
    """What MWAA has beyond a single machine: a database server, a broker, and workers that take tasks from it.

    Attributes:
        database: user, password, address and name of a PostgreSQL database, as in a URL.
        broker: the URL of Redis.
        workers: how many there are.
        slots: tasks that each of them runs at once.
        metrics: the UDP port of loopback that the scheduler's metrics are sent to.
        refresh: seconds between two looks at the folder of DAGs.
    """

    database: str = field(repr=False)
    broker: str
    workers: int
    slots: int
    metrics: int
    refresh: int


@dataclass(frozen=True)
class Settings:
    """What differs from one local Airflow to the next.

    `parallelism` is the number of tasks that run at once; `schedules` says whether schedules start runs by themselves, or
    runs come through the REST API alone. `python` is the interpreter of the Airflow that is meant; this one's unless said.
    """

    home: Path
    dags: Path
    port: int
    execution_port: int
    password: str = field(repr=False)
    parallelism: int
    schedules: bool
    cluster: Cluster | None = None
    python: Path = Path(sys.executable)

    @property
    def url(self) -> str:
        """Address of the web interface and the REST API."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def execution_url(self) -> str:
        """Where tasks report to."""
        return f"http://127.0.0.1:{self.execution_port}/execution/"

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.home / "airflow.db"

    @property
    def passwords(self) -> Path:
        """Where the simple auth manager looks for passwords."""
        return self.home / "passwords.json"

    def environment(self) -> dict[str, str]:
        """Of every component, and whole: a machine's proxies, AWS profiles or other Airflow settings must not leak in."""
        return {
            "PATH": f"{self.python.parent}:{os.environ.get('PATH', os.defpath)}",
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "AIRFLOW_HOME": str(self.home),
            "PYTHONPATH": str(REPOSITORY / "plugins"),
            "DO_NOT_TRACK": "true",
            "SCARF_NO_ANALYTICS": "true",
            "SCARF_ANALYTICS": "false",
        }


def templates() -> Path:
    """The folder for copies of migrated, empty databases."""
    folder = REPOSITORY / ".sandbox" / "templates"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write(settings: Settings) -> Path:
    """Write `airflow.cfg`, readable for its owner alone."""
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_dict(_sections(settings))
    path = settings.home / "airflow.cfg"
    path.touch(mode=0o600)
    if settings.cluster:
        parser.read_dict(_of_cluster(settings.cluster))
    with path.open("w") as file:
        parser.write(file)
    return path


def _sections(settings: Settings) -> dict[str, dict[str, str]]:
    return {
        "core": {
            "dags_folder": str(settings.dags),
            "plugins_folder": str(REPOSITORY / "plugins"),
            "executor": "LocalExecutor",
            "parallelism": str(settings.parallelism),
            "load_examples": "False",
            "lazy_load_plugins": "False",  # as on the platform
            "fernet_key": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "execution_api_server_url": settings.execution_url,
            "simple_auth_manager_users": f"{USER}:admin",
            "simple_auth_manager_passwords_file": str(settings.passwords),
        },
        # A writer waits for its turn: SQLite takes one at a time.
        "database": {"sql_alchemy_conn": f"sqlite:///{settings.database}?timeout=30"},
        "api": {
            "host": "127.0.0.1",
            "port": str(settings.port),
            "base_url": settings.url,
            "secret_key": secrets.token_urlsafe(32),
            "workers": "1",  # of 3.0.6's four, each would load Airflow itself
            "default_wrap": "True",  # a failure's sentence is longer than a line
        },
        "api_auth": {"jwt_secret": secrets.token_urlsafe(64)},
        "logging": {"base_log_folder": str(settings.home / "logs"), "colored_console_log": "False"},
        "scheduler": {"use_job_schedule": str(settings.schedules), "scheduler_idle_sleep_time": "0.25"},
        # New and changed files are seen within the refresh interval; unchanged ones need no second look.
        "dag_processor": {"refresh_interval": "10", "min_file_process_interval": "3600"},
        "dag_factory": {"enable_telemetry": "False"},
        "lake": {"environment": "sandbox", "topic": TOPIC},
    }


def _of_cluster(cluster: Cluster) -> dict[str, dict[str, str]]:
    return {
        # A DAG runs as soon as it is there, as on the platform.
        "core": {"executor": "CeleryExecutor", "dags_are_paused_at_creation": "False"},
        "database": {
            "sql_alchemy_conn": f"postgresql+psycopg2://{cluster.database}",
            "sql_alchemy_conn_async": f"postgresql+asyncpg://{cluster.database}",
        },
        "celery": {
            "broker_url": cluster.broker,
            "result_backend": f"db+postgresql://{cluster.database}",
            "worker_concurrency": str(cluster.slots),
        },
        # A worker that is gone is missed after half a minute, and what it had not begun goes to another one. Airflow's own
        # defaults are five and ten minutes.
        "scheduler": {
            "task_instance_heartbeat_timeout": "30",
            "task_queued_timeout": "60",
            "scheduler_idle_sleep_time": "1",  # Airflow's default
        },
        "dag_processor": {"refresh_interval": str(cluster.refresh)},
        "metrics": {
            "statsd_on": "True",
            "statsd_host": "127.0.0.1",
            "statsd_port": str(cluster.metrics),
            "metrics_allow_list": "scheduler.scheduler_loop_duration",
        },
    }

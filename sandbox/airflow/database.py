"""The metadata database: migrating an empty one takes seconds, so a migrated copy is kept per Airflow version."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from importlib.metadata import version
from pathlib import Path


class MigrationError(RuntimeError):
    """`airflow db migrate` failed; the message carries its output."""


def create(database: Path, environment: Mapping[str, str], templates: Path) -> None:
    """Put a migrated, empty database at `database`; `templates` is the folder of copies kept for the next time."""
    names = ("apache-airflow-core", "apache-airflow-providers-fab")
    # FAB's tables are there where it is the auth manager.
    kind = "fab" if "fab" in environment.get("AIRFLOW__CORE__AUTH_MANAGER", "") else "simple"
    template = templates / f"airflow-{kind}-{'-'.join(version(name) for name in names)}.db"
    if not template.exists():
        _migrate(database, environment)
        partial = template.with_suffix(f".{os.getpid()}")  # another command may be making one as well
        shutil.copyfile(database, partial)
        partial.replace(template)
    else:
        shutil.copyfile(template, database)


def migrate(environment: Mapping[str, str], python: Path = Path(sys.executable)) -> None:
    """Bring the database of an Airflow home to the version of an interpreter's Airflow."""
    command = [str(python), "-m", "airflow", "db", "migrate"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise MigrationError(
            f"airflow db migrate ended with exit code {done.returncode}:\n{done.stdout}{done.stderr}"
        )


def _migrate(database: Path, environment: Mapping[str, str]) -> None:
    migrate(environment)
    with closing(sqlite3.connect(database)) as connection:
        # Readers do not wait for the writer then; the mode is a property of the file.
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

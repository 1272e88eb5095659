"""A table of MySQL into the lake, beside a read to nowhere, the way of Airflow's SqlToS3Operator, and dlt.

Every line is a process of its own. Ours publishes in S3; the rivals write a local file, which is easier. The server, a MariaDB, S3 and
the reader share this machine's processors.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.extraction import folder_in_memory
from benchmarks.postgresql import Result, environment_of, install_rivals, measure, report, started_store
from sandbox.databases.mariadb import READER, MariadbServer, running_mariadb
from sandbox.databases.samples import mysql_connection
from sandbox.processes import Processes

RAW = "read to nowhere"
SUBJECTS = (
    RAW,
    "ours parquet",
    "ours csv",
    "pandas parquet",
    "pandas csv",
    "dlt connectorx",
    "dlt pyarrow",
)
TABLE = """
CREATE TABLE bench.t{rows} AS SELECT
  CAST(seq AS INTEGER) AS id, CAST(seq % 1000 AS INTEGER) AS customer_id, MD5(seq) AS reference, CONCAT('INV-', seq) AS number,
  CAST((seq % 100000) / 100.0 AS DECIMAL(12, 2)) AS amount, CAST(((seq * 7) % 1000000) / 1000.0 AS DOUBLE) AS kwh, seq % 3 = 0 AS paid,
  DATE '2020-01-01' + INTERVAL seq % 2000 DAY AS issued_on, TIMESTAMP '2020-01-01 00:00:00' + INTERVAL seq SECOND AS updated_at,
  IF(seq % 5 > 0, CONCAT('some text ', seq), NULL) AS note, 'EUR' AS currency, CAST(seq % 7 AS INTEGER) AS part
FROM seq_1_to_{rows};
"""


def main(argv: Sequence[str] = ()) -> None:
    """Measure 100,000 rows of 12 columns, or as many as are asked for."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mysql", description=__doc__)
    parser.add_argument("--rows", type=int, nargs="*", default=[100_000])
    parser.add_argument("--subjects", nargs="*", default=SUBJECTS)
    arguments = parser.parse_args(argv)
    if any(subject.split()[0] not in ("read", "ours") for subject in arguments.subjects):
        install_rivals()
    with (
        running_mariadb() as server,
        tempfile.TemporaryDirectory(dir=folder_in_memory()) as folder,
        Processes() as processes,
    ):
        server.sql(f"CREATE DATABASE bench; GRANT SELECT ON bench.* TO '{READER}'@'127.0.0.1'")
        store = started_store(processes, Path(folder))
        environment = environment_of(store, mysql_connection(server), folder)
        url = f"mysql+pymysql://{READER}:{server.password}@{server.host}:{server.port}/bench"
        for rows in arguments.rows:
            server.sql(TABLE.format(rows=rows), "bench")
            table = f"bench.t{rows}"
            results = [
                read(table, server) if subject == RAW else measure(subject, "mysql", url, table, environment)
                for subject in arguments.subjects
            ]
            report(rows, results, RAW)


def read(table: str, server: MariadbServer) -> Result:
    """The server's own client, unbuffered, whose output is thrown away."""
    command = [
        "mariadb",
        "--quick",
        "--batch",
        f"--host={server.host}",
        f"--port={server.port}",
        f"--user={READER}",
    ]
    environment = {**os.environ, "MYSQL_PWD": server.password}
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [*command, f"--execute=SELECT * FROM {table}"], env=environment, stdout=subprocess.DEVNULL, check=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Result(RAW, time.perf_counter() - started, cpu, 0.0)


if __name__ == "__main__":
    main(sys.argv[1:])

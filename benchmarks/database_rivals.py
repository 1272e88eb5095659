"""One rival of the benchmarks of databases, in the rivals' own environment: `python database_rivals.py pandas parquet URL TABLE FOLDER`.

Each reads the whole table and writes a local file, which is easier than S3. It prints one line of JSON as our own subject does.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any


def by_pandas(fmt: str, url: str, table: str, folder: Path) -> None:
    """As Airflow's SqlToS3Operator does: one data frame of the whole answer, written to a file, which it would then upload."""
    import pandas as pd  # noqa: PLC0415
    from sqlalchemy import create_engine  # noqa: PLC0415

    with create_engine(url).connect() as connection:
        frame = pd.read_sql(f"SELECT * FROM {table}", connection)
    if fmt == "csv":
        frame.to_csv(folder / "rows.csv")
    else:
        frame.to_parquet(folder / "rows.parquet")


def by_dlt(backend: str, url: str, table: str, folder: Path) -> None:
    """Dlt's `sql_table` into Parquet files, by one of its backends."""
    import dlt  # noqa: PLC0415
    from dlt.sources.sql_database import sql_table  # noqa: PLC0415

    os.chdir(folder)
    schema, name = table.split(".")
    pipeline = dlt.pipeline(
        "bench", destination=dlt.destinations.filesystem(f"file://{folder}/out"), pipelines_dir=str(folder)
    )
    source = sql_table(
        credentials=url,
        schema=schema,
        table=name,
        backend=backend,
        chunk_size=100_000,
        backend_kwargs={"conn": url.replace("+pymysql", "")} if backend == "connectorx" else None,
    )
    pipeline.run(source, loader_file_format="parquet")


def by_sling(fmt: str, url: str, table: str, folder: Path) -> None:
    """Sling's own program; its Parquet needs another one that it downloads."""
    import sling_linux_amd64  # noqa: PLC0415

    program = next(
        path
        for path in Path(sling_linux_amd64.__file__).parent.rglob("sling*")
        if path.is_file() and os.access(path, os.X_OK)
    )
    command = [
        str(program),
        "run",
        "--src-conn",
        f"{url}?sslmode=disable",
        "--src-stream",
        table,
        "--tgt-object",
        f"file://{folder}/rows.{fmt}",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


RIVALS: dict[str, Callable[[str, str, str, Path], None]] = {
    "pandas": by_pandas,
    "dlt": by_dlt,
    "sling": by_sling,
}


def peak() -> int:
    """The most bytes that this process has held, as the kernel has counted them: nothing looks meanwhile."""
    (line,) = (one for one in Path("/proc/self/status").read_text().splitlines() if one.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def main(rival: str, how: str, url: str, table: str, folder: str) -> None:
    """Load the libraries, then measure."""
    if rival == "dlt":
        import dlt.sources.sql_database  # noqa: F401, PLC0415
    if rival != "sling":
        import pandas as pd  # noqa: F401, PLC0415
        import sqlalchemy  # noqa: F401, PLC0415
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    idle = peak()
    started, cpu = time.perf_counter(), time.process_time()
    RIVALS[rival](how, url, table, Path(folder))
    figures: dict[str, Any] = {
        "seconds": time.perf_counter() - started,
        "cpu_seconds": time.process_time() - cpu,
    }
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    figures["cpu_seconds"] += children.ru_utime + children.ru_stime
    figures["peak_mb"] = max((peak() - idle) / 1e6, children.ru_maxrss / 1e3 if rival == "sling" else 0)
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])

"""`python -m benchmarks [NAME …]`: run the named measurements, or all of them."""

import importlib
import sys

BENCHMARKS = {
    "extraction": "rows per second, memory and API calls, beside Airflow's operator and a plain download",
    "postgresql": "tables of PostgreSQL: rows per second and memory, beside COPY, pandas, dlt and sling",
    "mysql": "a table of MySQL: rows per second and memory, beside a read to nowhere, pandas and dlt",
    "tables": "the current state of ten million rows, merged beside rewritten: processor time and bytes",
    "table_commit": "what a table adds to a small run: processor time, memory, requests",
    "dynamodb": "a table of DynamoDB: processor time and memory, beside Airflow's operator",
    "latency": "a run of six batches against a slow org, beside the chain of waits that it cannot avoid",
    "small_runs": "a run of a few hundred rows, process and all, beside Airflow's operator",
    "dag_processing": "what a DAG costs the DAG processor, beside one written by hand",
    "sight": "what notices, lineage and rules of quality add to a small run; the catalogue of many datasets",
    "task_start": "what a task imports in a fresh process, beside an empty one",
    "worker_tasks": "what a task costs in a Celery worker, which forks it, beside an empty one and Airflow's operator",
    "authoring": "lint and render of many specs, beside check-jsonschema",
    "org": "the sandbox org: rows per second, start-up, memory",
}


def main(names: list[str]) -> int:
    """Run the benchmarks in the order of the table above."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"unknown: {', '.join(unknown)}\n\nusage: python -m benchmarks [NAME …]")
        for name, summary in BENCHMARKS.items():
            print(f"  {name:14} {summary}")
        return 2
    for name in [name for name in BENCHMARKS if not names or name in names]:
        print(f"== {name}: {BENCHMARKS[name]}")
        importlib.import_module(f"benchmarks.{name}").main()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

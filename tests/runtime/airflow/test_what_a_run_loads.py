"""Which packages a small run loads in a fresh process, and what it asks whom: every run pays for each, so a new one has to be wanted."""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from benchmarks.interpreter import subject
from benchmarks.small_runs import SPEC, UNIT
from sandbox import compiled
from sandbox.airflow.connections import by_client_credentials, by_jwt, variables

pytestmark = pytest.mark.skipif(
    find_spec("airflow.dag_processing.dagbag") is None,
    reason="what is counted is the start of a task as Airflow 3.3 begins it",
)
PLUGINS = Path(__file__).parents[3] / "plugins"
OF_S3 = {"asgiref", "boto3", "botocore", "charset_normalizer", "jmespath", "requests", "s3transfer", "slugify", "text_unidecode", "urllib3"}  # fmt: skip
OF_DAG_FACTORY = {"dagfactory", "packaging"}
OURS = {"lake_ingest", "pyarrow", "simple_salesforce"}
SIGNED = {"cryptography", "jwt"}
# Of Airflow: what the DAG file names, what dag-factory's one operator needs, and how a connection is found.
PROVIDERS = {"amazon", "common", "standard"}
ROOMS_UNUSED = {
    "lake_ingest.lake.tables", "lake_ingest.rows.decode", "lake_ingest.rows.encode.parquet", "lake_ingest.rows.quality", "lake_ingest.run.comparison",
    "lake_ingest.sources.dynamodb", "lake_ingest.sources.mysql", "lake_ingest.sources.postgresql", "lake_ingest.sources.sql",
}  # fmt: skip


@pytest.fixture
def ran(org, bucket, tmp_path):
    """Runs the one spec in a process of its own and gives what that reports: `record` is every module, in order."""

    def run(connection, how="record", **options):
        folder = tmp_path / "configs" / "bench"
        folder.mkdir(parents=True)
        (folder.parent / "group.yaml").write_text("description: One spec\norg: {name: sandbox}\n")
        (folder / "unit.yaml").write_text(UNIT)
        (folder / "small.yaml").write_text(SPEC)
        compiled.render(folder.parent, tmp_path / "dags")
        url = bucket.client.meta.endpoint_url
        role = {
            "role_arn": "arn:aws:iam::123456789012:role/bench",
            "service_config": {"sts": {"endpoint_url": url}},
        }
        extra = {"endpoint_url": url, "region_name": "eu-west-1", **role}
        aws = {"conn_type": "aws", "login": "key", "password": "secret", "extra": extra}
        environment = {
            **os.environ,
            **variables({"salesforce_default": connection, "aws_connection": aws}),
            "AIRFLOW_HOME": str(tmp_path),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "BENCH_BUCKET": bucket.name,
            "REQUESTS_CA_BUNDLE": org.ca,
            **options,
        }
        file = tmp_path / "dags" / "bench" / "dags.py"
        return subject(environment, how, "ingest", str(file), "bench.small")

    return run


def from_the_dag_file(modules):
    """Those that came with it and after it."""
    (begins,) = [at for at, name in enumerate(modules) if name.startswith("unusual_prefix_")]
    return modules[begins + 1 :]


def packages(modules):
    """Those that are not of Python itself, compiled parts and private names left out."""
    names = {name.partition(".")[0] for name in modules} - sys.stdlib_module_names
    return {name for name in names if not name.startswith("_") and "__mypyc" not in name} - {"airflow"}


def test_a_small_run_loads_what_it_uses_and_nothing_else(ran, org, s3):
    before, asked = s3.requests, len(org.requests())
    modules = from_the_dag_file(ran(by_client_credentials(org)))
    assert (
        s3.requests - before == 3 + 1
    )  # the folders, the rows, the manifest; and the role of STS. A later run also reads the last manifest
    assert len(org.requests()) - asked == 2 + 1  # the description, the rows; and the login
    assert packages(modules) == OURS | OF_S3 | OF_DAG_FACTORY
    assert {name.split(".")[2] for name in modules if name.startswith("airflow.providers.")} == PROVIDERS
    parts = {".".join(name.split(".")[:count]) for name in modules for count in range(2, 5)}
    assert not parts & ROOMS_UNUSED
    assert not parts & {
        "pyarrow.parquet",
        "pyarrow.fs",
        "simple_salesforce.metadata",
        "simple_salesforce.bulk2",
    }


def test_a_login_that_is_signed_loads_what_signs(ran, org):
    assert packages(from_the_dag_file(ran(by_jwt(org)))) == OURS | OF_S3 | OF_DAG_FACTORY | SIGNED


def test_a_task_finds_all_that_it_needs_loaded_by_its_worker(ran, org):
    options = {"AIRFLOW__CORE__LAZY_LOAD_PLUGINS": "False", "AIRFLOW__CORE__PLUGINS_FOLDER": str(PLUGINS)}
    told = ran(by_jwt(org), "fork", **options)
    assert [name for name in told["modules"] if not name.startswith("unusual_prefix_")] == []
    assert told["threads"]["after"] == told["threads"]["before"], "a fork has none of them"

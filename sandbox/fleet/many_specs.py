"""Many specs of 25 units, and the same number of DAGs that somebody wrote by hand, for measurements of a whole fleet."""

import shutil
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
UNITS = 25

_UNIT = """\
name: {name}
owner: {name} data
contact: {name}@example.com
connections: {{salesforce: salesforce_default, aws: aws_connection}}
destination: {{bucket: "{{{{ var.value.bucket_name }}}}", prefix: {name}}}
objects: [Account, Contact, Opportunity]
defaults: {{timezone: Europe/Brussels}}
"""
_SPEC = """\
object: Account
description: Accounts of region {number} for the group performance cockpit
fields: [Id, Name, Industry, SystemModstamp]
filter: NumberOfEmployees >= {number}
schedule: "{minute} {hour} * * *"
window: {window}
format: csv
tags: [cockpit, region_{number}]
"""
_BY_HAND = '''\
"""Accounts of region {number} for the group performance cockpit."""

from datetime import datetime

from airflow.providers.amazon.aws.transfers.salesforce_to_s3 import SalesforceToS3Operator
from airflow.sdk import DAG

with DAG(
    "{name}",
    start_date=datetime(2026, 1, 1),
    schedule="{minute} {hour} * * *",
    catchup=False,
    max_active_runs=1,
    tags=["cockpit", "region_{number}"],
    default_args={{"owner": "{unit} data", "retries": 3}},
):
    SalesforceToS3Operator(
        task_id="accounts",
        salesforce_query="SELECT Id, Name, Industry, SystemModstamp FROM Account WHERE NumberOfEmployees >= {number}",
        s3_bucket_name="{{{{ var.value.bucket_name }}}}",
        s3_key="by_hand/{name}/{{{{ ds }}}}.csv",
        salesforce_conn_id="salesforce_default",
        aws_conn_id="aws_connection",
        export_format="csv",
        replace=True,
    )
'''


@dataclass(frozen=True)
class Many:
    """How many specs, in how many units, and the window of each."""

    count: int
    units: int = UNITS
    window: str = "full"

    def write_specs(self, configs: Path) -> Path:
        """The tree of specs, with schedules spread over the day as lint advises."""
        shutil.copytree(REPOSITORY / "configs/_org", configs / "_org")
        (configs / "group.yaml").write_text("org: {name: group, api_calls_per_day: 1000000}\n")
        for index in range(self.units):
            folder = configs / f"unit_{index:02}"
            folder.mkdir()
            (folder / "unit.yaml").write_text(_UNIT.format(name=folder.name))
        for number in range(self.count):
            unit, name, words = self._words(number)
            (configs / unit / f"{name}.yaml").write_text(_SPEC.format(**words, window=self.window))
        return configs

    def write_by_hand(self, dags: Path) -> Path:
        """The same DAGs with Airflow's own operator, a file each, as people write them."""
        for number in range(self.count):
            unit, name, words = self._words(number)
            (dags / unit).mkdir(parents=True, exist_ok=True)
            text = _BY_HAND.format(**words, unit=unit, name=f"{unit}.{name}")
            (dags / unit / f"{name}.py").write_text(text)
        return dags

    def _words(self, number: int) -> tuple[str, str, dict[str, int]]:
        unit, of_unit = number % self.units, number // self.units
        minute = 1 + number * 1439 // self.count  # of the day
        words = {"number": of_unit, "minute": minute % 60, "hour": minute // 60}
        return f"unit_{unit:02}", f"account_{of_unit:03}", words

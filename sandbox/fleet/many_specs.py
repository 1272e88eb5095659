"""Many specs of 25 units, and the same number of DAGs that somebody wrote by hand, for measurements of a whole fleet."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sandbox.fleet.day import AT_ITS_OWN_PACE, MINUTES, Day

REPOSITORY = Path(__file__).parents[2]
UNITS = 25

_UNIT = """\
name: {name}
owner: {name} data
contact: {name}@example.com
connections: {{salesforce: salesforce_default, aws: aws_connection}}
destination: {{bucket: "{{{{ var.value.bucket_name }}}}", prefix: {name}}}
objects: [Account, Contact, Opportunity]
defaults: {{timezone: UTC}}
"""
_SPEC = """\
object: Account
description: Accounts of region {number} for the group performance cockpit
fields: [Id, Name, Industry, SystemModstamp]
filter: NumberOfEmployees >= {number}
schedule: "{cron}"
start: "{start:%Y-%m-%d}"
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
    start_date=datetime({since:%Y, %-m, %-d, %-H, %-M}),
    schedule="{cron}",
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
    """How many specs, in how many units, the window of each, and the day over which their schedules are spread."""

    count: int
    units: int = UNITS
    window: str = "full"
    day: Day = AT_ITS_OWN_PACE

    def write_specs(self, configs: Path) -> Path:
        """The tree of specs, with schedules spread over the day as lint advises."""
        shutil.copytree(REPOSITORY / "configs/_org", configs / "_org")
        (configs / "group.yaml").write_text("org: {name: group, api_calls_per_day: 1000000}\n")
        for index in range(self.units):
            folder = configs / f"unit_{index:02}"
            folder.mkdir()
            (folder / "unit.yaml").write_text(_UNIT.format(name=folder.name))
        for number in range(self.count):
            self.write_spec(configs, number)
        return configs

    def write_by_hand(self, dags: Path) -> Path:
        """The same DAGs with Airflow's own operator, a file each, as people write them."""
        for number in range(self.count):
            self.write_one_by_hand(dags, number)
        return dags

    def write_spec(self, configs: Path, number: int) -> None:
        """One of the specs; `number` may be beyond their count."""
        unit, name = self._names(number)
        text = _SPEC.format(**self._words(number), window=self.window)
        (configs / unit / f"{name}.yaml").write_text(text)

    def write_one_by_hand(self, dags: Path, number: int) -> None:
        """One of the DAGs; `number` may be beyond their count."""
        unit, name = self._names(number)
        text = _BY_HAND.format(**self._words(number), unit=unit, name=f"{unit}.{name}")
        (dags / unit).mkdir(parents=True, exist_ok=True)
        (dags / unit / f"{name}.py").write_text(text)

    def dag_id(self, number: int) -> str:
        """Of one of them."""
        return ".".join(self._names(number))

    @property
    def dag_ids(self) -> set[str]:
        """Of all."""
        return {self.dag_id(number) for number in range(self.count)}

    @property
    def due(self) -> dict[str, datetime]:
        """DAG id → when its run is due, UTC; only those of the part of the day that is played."""
        minutes = {self.dag_id(number): self._minute(number) for number in range(self.count)}
        return {dag_id: self.day.due(minute) for dag_id, minute in minutes.items() if self.day.plays(minute)}

    def _names(self, number: int) -> tuple[str, str]:
        return f"unit_{number % self.units:02}", f"account_{number // self.units:03}"

    def _minute(self, number: int) -> int:
        """Of the day."""
        return (1 + number * (MINUTES - 1) // self.count) % MINUTES

    def _words(self, number: int) -> dict[str, object]:
        """What a text has of one.

        Either side gets the one start that makes the run which is due its first: a spec's run reads the interval that ends when it is
        due, so it starts a day before; a DAG with a plain cron runs at each tick since its start.
        """
        due = self.day.due(self._minute(number))
        cron = f"{due.minute} {due.hour} * * *"
        return {
            "number": number // self.units,
            "cron": cron,
            "start": due - timedelta(days=1),
            "since": due - timedelta(hours=12),
        }

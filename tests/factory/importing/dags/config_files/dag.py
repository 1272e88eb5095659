import json
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from airflow.sdk import DAG
from crm_settings import BUCKET, Connections
from operators.salesforce_to_s3_operator import SalesforceToS3Operator

HERE = Path(__file__).parent


@dataclass
class Source:
    name: str
    fields: list = field(default_factory=lambda: ["Id"])

    @property
    def key(self):
        return f"{self.name.lower()}.csv"


with open(HERE / "sources.json") as file:
    sources = [Source(**one) for one in json.load(file)]
extra = yaml.safe_load((HERE / "extra.yaml").read_text())

with DAG(dag_id="from_files", schedule=extra["schedule"], doc_md=__doc__):
    for source in sources:
        SalesforceToS3Operator(
            task_id=source.name,
            sf_obj=source.name,
            sf_fields=source.fields,
            sf_conn_id=Connections.SALESFORCE,
            s3_conn_id=Connections.AWS,
            s3_bucket=BUCKET,
            s3_key=source.key,
        )
    SalesforceToS3Operator(
        task_id="won",
        sf_obj="Opportunity",
        query=(HERE / "won.soql").read_text(),
        sf_conn_id=Connections.SALESFORCE,
        s3_conn_id=Connections.AWS,
        s3_bucket=BUCKET,
        s3_key="won.csv",
    )

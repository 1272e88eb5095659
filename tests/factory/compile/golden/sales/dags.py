"""Compiled by `factory render`; do not edit. Airflow DAGs of sales, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "sales.account": "9d4131d6c8e3acf4",
    "sales.contact": "e9220d5e00d272eb",
    "sales.lead": "e895742517a21fc9",
}
load_dags(globals(), __file__, DAGS)

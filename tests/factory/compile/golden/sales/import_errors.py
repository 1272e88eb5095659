"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of sales that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "sales.account": "9d4131d6c8e3acf4",
    "sales.contact": "e9220d5e00d272eb",
    "sales.lead": "e895742517a21fc9",
}
report_failures(__file__, DAGS)

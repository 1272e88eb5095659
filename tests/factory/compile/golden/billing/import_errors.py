"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of billing that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "billing.customer": "2f2e0f4700877aac",
    "billing.invoice": "bca0c6fe6edb1084",
    "billing.payment": "093d8378d9cc677f",
}
report_failures(__file__, DAGS)

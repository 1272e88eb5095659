"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of billing that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "billing.customer": "ef92fc1cff5494a3",
    "billing.customer_balance": "4eb3d11348bdbc70",
    "billing.invoice": "d6e0d2418752cf9e",
    "billing.payment": "8de14d788516e68e",
}
report_failures(__file__, DAGS)

"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of billing that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "billing.customer": "1eb04e00c985e6b6",
    "billing.customer_balance": "32b997bb1ee6975e",
    "billing.invoice": "4f7609cd5fd14f4a",
    "billing.payment": "199979103a36aafe",
}
report_failures(__file__, DAGS)

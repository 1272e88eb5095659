"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of billing that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "billing.customer": "016e8015f91a2700",
    "billing.customer_balance": "ebdd870a668175f4",
    "billing.invoice": "5a4c8ba01d497592",
    "billing.payment": "d67197b8f2864fd7",
}
report_failures(__file__, DAGS)

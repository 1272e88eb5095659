"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of customer_service that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "customer_service.attachment": "9489c30d6f6aab24",
    "customer_service.case": "811767d8f975c281",
    "customer_service.task_first_half": "2901fec3b5e1038f",
}
report_failures(__file__, DAGS)

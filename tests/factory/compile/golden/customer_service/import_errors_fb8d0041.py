"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of customer_service that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "customer_service.attachment": "910d996009888fef",
    "customer_service.case": "9dca5495fbf2cf86",
    "customer_service.task_first_half": "6a58afbdf50069eb",
}
report_failures(__file__, DAGS)

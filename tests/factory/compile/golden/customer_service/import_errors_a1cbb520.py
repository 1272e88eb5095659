"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of customer_service that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "customer_service.attachment": "a2503d721968c5a5",
    "customer_service.case": "0bd0dec4d802f5f5",
    "customer_service.task_first_half": "b0503c2fb0d26290",
}
report_failures(__file__, DAGS)

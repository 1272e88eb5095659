"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of finance that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "finance.opportunity": "7a9dfd3fe4e568ab",
    "finance.opportunity_lines": "73b10b25ecb6a2fb",
    "finance.product": "b3e0a2b73f89c15d",
}
report_failures(__file__, DAGS)

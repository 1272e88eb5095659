"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of finance that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "finance.opportunity": "0bf1be1f7688f674",
    "finance.opportunity_history": "1ad7833d8e331212",
    "finance.opportunity_lines": "97308b6fb58b0875",
    "finance.product": "55472d0133fe478f",
}
report_failures(__file__, DAGS)

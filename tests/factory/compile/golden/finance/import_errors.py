"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of finance that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "finance.opportunity": "5ed34438690c46a6",
    "finance.opportunity_lines": "ccaf6f6225e33a2a",
    "finance.product": "6c766d20436f9504",
}
report_failures(__file__, DAGS)

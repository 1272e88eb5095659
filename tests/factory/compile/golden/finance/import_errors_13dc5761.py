"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of finance that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "finance.opportunity": "983b91fa28b4f487",
    "finance.opportunity_history": "334f3dd6837dc602",
    "finance.opportunity_lines": "6f089612645860ba",
    "finance.product": "1922054be9eaeb1b",
}
report_failures(__file__, DAGS)

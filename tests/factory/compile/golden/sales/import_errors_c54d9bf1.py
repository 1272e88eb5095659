"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of sales that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "sales.account": "4d5a778397d85180",
    "sales.account_share": "b9edd7ac038b3180",
    "sales.contact": "cae31e6dedcdfb12",
    "sales.lead": "b373eb60773f826a",
}
report_failures(__file__, DAGS)

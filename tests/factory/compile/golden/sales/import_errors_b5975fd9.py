"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of sales that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "sales.account": "e42bccc83c408c7e",
    "sales.account_share": "d7b41196dba2bcd4",
    "sales.contact": "71fcb87aeec5fc66",
    "sales.lead": "ba66f247b473dc1d",
}
report_failures(__file__, DAGS)

"""Compiled by `factory render`; do not edit. Shows Airflow DAGs of sales that cannot be built, and holds none.

Airflow takes every DAG of a file away whose import fails. So the failure is one of this file, not of the file with the DAGs.
"""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import report_failures

DAGS = {
    "sales.account": "090a8e99964a7368",
    "sales.account_share": "78c831971f5cddc2",
    "sales.contact": "a66c35006ff2656c",
    "sales.lead": "e51e426f12b72903",
}
report_failures(__file__, DAGS)

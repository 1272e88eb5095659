"""Compiled by `factory render`; do not edit. Airflow DAGs of sales, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "sales.account": "e42bccc83c408c7e",
    "sales.account_share": "d7b41196dba2bcd4",
    "sales.contact": "71fcb87aeec5fc66",
    "sales.lead": "ba66f247b473dc1d",
}
load_dags(globals(), __file__, DAGS)

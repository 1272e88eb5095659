"""Compiled by `factory render`; do not edit. Airflow DAGs of sales, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "sales.account": "4d5a778397d85180",
    "sales.account_share": "b9edd7ac038b3180",
    "sales.contact": "cae31e6dedcdfb12",
    "sales.lead": "b373eb60773f826a",
}
load_dags(globals(), __file__, DAGS)

"""Compiled by `factory render`; do not edit. Airflow DAGs of sales, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "sales.account": "5bf69b2fc710e6a0",
    "sales.contact": "f1aa78d45a5d1997",
    "sales.lead": "a3c225c4c08e6537",
}
load_dags(globals(), __file__, DAGS)

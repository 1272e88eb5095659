"""Compiled by `factory render`; do not edit. Airflow DAGs of finance, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "finance.opportunity": "0b9ba3a442aa19bc",
    "finance.opportunity_lines": "c28440220be4179b",
    "finance.product": "6f27b1e4082d0c87",
}
load_dags(globals(), __file__, DAGS)

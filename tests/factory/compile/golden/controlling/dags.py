"""Compiled by `factory render`; do not edit. Airflow DAGs of controlling, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "controlling.contract_margin": "cfccac1585d2be1a",
    "controlling.product_margin": "65695487daedbba3",
}
load_dags(globals(), __file__, DAGS)

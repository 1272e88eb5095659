"""Compiled by `factory render`; do not edit. Airflow DAGs of sales, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "sales.account": "090a8e99964a7368",
    "sales.account_share": "78c831971f5cddc2",
    "sales.contact": "a66c35006ff2656c",
    "sales.lead": "e51e426f12b72903",
}
load_dags(globals(), __file__, DAGS)

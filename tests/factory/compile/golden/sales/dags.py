"""Compiled by `factory render`; do not edit. Airflow DAGs of sales, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "sales.account": "459ad80047e618e8",
    "sales.contact": "38eb7d4f6b54f0e4",
    "sales.lead": "79320f1e1fb2ea52",
}
load_dags(globals(), __file__, DAGS)

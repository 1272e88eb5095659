"""Compiled by `factory render`; do not edit. Airflow DAGs of finance, each built by dag-factory from the JSON of its name."""

# What building a DAG needs of Airflow. It loads what a file names once, before it starts the processes that read files.
import airflow.providers.amazon.aws.assets.s3
import airflow.providers.standard.operators.python
from lake_ingest.airflow.loader import load_dags

DAGS = {
    "finance.opportunity": "71e4a4402bd820cb",
    "finance.opportunity_lines": "73b10b25ecb6a2fb",
    "finance.product": "88a2f7b846704b05",
}
load_dags(globals(), __file__, DAGS)

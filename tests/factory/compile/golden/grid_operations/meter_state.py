"""Compiled by `factory render`; do not edit. An Airflow DAG, built by dag-factory from the JSON beside this file."""

from lake_ingest.airflow.loader import load_dag

load_dag(globals(), __file__)

"""Compiled by `factory render`; do not edit. An Airflow DAG, built by dag-factory from the JSON beside this file."""

from sf_to_s3.compiled import load_dag

load_dag(globals(), __file__)

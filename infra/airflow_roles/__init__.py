"""The roles in Airflow that see one unit's DAGs each.

unit_role   what such a role may do, and how it is made
session     how an administrator speaks to Airflow's own API on MWAA
"""

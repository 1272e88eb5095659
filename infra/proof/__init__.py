"""What the last stage of the provisioning pipeline runs: whether Airflow works with what was provisioned, and the way back if not."""

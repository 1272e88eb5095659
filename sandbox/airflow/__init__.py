"""A real Airflow on loopback: `start_airflow` starts it, `RestClient` talks to it."""

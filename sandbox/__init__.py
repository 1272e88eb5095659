"""What stands in for Salesforce, AWS, the databases and Airflow on one machine, and what starts them."""

import gc

# A stand-in loads much and lives for minutes; going through all of it after each few hundred objects takes a quarter of its start.
gc.set_threshold(50_000, 20, 20)

"""Airflow as MWAA runs it, with a fleet of DAGs: a database server, a broker, several workers, one of which is killed.

command       `python -m sandbox fleet`
many_specs    specs of many units, and the same DAGs written by hand
broker        Redis, which hands tasks to workers
play          the runs: started, disturbed, followed to their end
account       what the processes and the database cost
"""

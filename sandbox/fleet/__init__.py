"""Airflow as MWAA runs it, with a fleet of DAGs: a database server, a broker, several workers, some of which are killed.

command       `python -m sandbox fleet`
many_specs    specs of many units, and the same DAGs written by hand
day           the schedules of a day, at speed
stage         Airflow and all around it; DAGs arrive
broker        Redis, which hands tasks to workers
play          the runs: disturbed, and followed to their end
records       what Airflow's database says
timers        what Airflow measures of itself
account       what the processes cost
figures       what came out, one side or both
"""

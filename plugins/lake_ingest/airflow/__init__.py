"""The edge to Airflow, and the only folder that imports it.

loader        what compiled DAG files call
builder       a DAG of its JSON, by dag-factory
tasks         the operators of a compiled DAG: thin shells
named         those that read, under the names of their sources
steps         what each of them does, on functions of `run`
one_object    the same engine behind the original system's operator
trigger       waits for any source's pending work
lineage       what OpenLineage is told of a publication
links         what a task links to: its data, its table, its spec
beforehand    what a worker loads once, before it forks the processes of tasks
notices       a task that has failed for good, and the watch of a unit
context       connections, the run, and how a failure is reported to the scheduler
"""

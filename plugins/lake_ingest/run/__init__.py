"""One run, without Airflow and whatever the source.

asked       a window of its own for one run
opening      the run's interval, window and batches: what is known before anything is asked
following    the dates of a run that follows other datasets
planning     the first step: the plan, once everything is committed
frozen_plan  everything that is decided once, frozen
drift        how the columns differ from those of the last publication
budget       what a unit has spent of its share of the source's calls
reading      one batch: begun, waited for, resumed, delivered
waiting      what a task leaves to the triggerer
extract      its rows, encoded and staged
preview      the first rows, as the files will have them
ingest       a run of one batch, from plan to publication in one process
one_moment   batches that show one moment of the source
publish      staged batches, verified and published
registration  when a publication becomes its table's
merging      what brings a current state to a publication
expect       what a run must deliver before it is published
notices/     who is told what goes wrong, and what is over
comparison/  rows that the lake has and the source no longer
memory       what a task frees goes back to the system
"""

"""What is checked whatever the source. A module holds the rules of one subject, and the check that finds their problems.

rule        what a rule is
problem     what a rule finds
example     a unit.yaml for the rules' examples
yaml_form   ING0xx  what YAML itself gets wrong
keys        ING1xx  keys and values against the schemas
timing      ING20x  when a DAG runs
following   ING25x  datasets that a spec runs after
notices     ING27x  of what a unit is told
rows_read   ING21x  which rows a run reads
row_batches ING235  batches of so many rows
one_moment  ING249  the one moment that all batches show
date_cursor ING331  what a cursor of type date cannot measure
expected    ING23x  what the values of columns must be
landing     ING22x, ING238, ING335  in which form the data lands
published_files ING244 to ING246  names of files, and folders of values
other_habits ING364  values in conditions that mean something else
table_state ING236, ING237, ING239  the current state of a table
agreement   ING4xx  what a unit may read, and where it may write
versions    ING247  words of version 1 in a tree of version 2
calendars   ING260, ING261  days on which nothing runs
environments ING413 to ING415  what differs between environments
crowd       ING503  DAGs that start in the same minute
ignoring    ING9xx  what is done to the rules themselves
"""

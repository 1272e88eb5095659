"""The version of what a compiled DAG and its runtime agree on: the keys of a compiled ingestion, its tasks, a frozen plan.

It is raised when a DAG compiled for the one no longer runs on the other.
"""

VERSION = "8"

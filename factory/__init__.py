"""The compiler and its command line: YAML → problems, or compiled DAGs. Each room knows only those above it in this list.

command_failure   the end of a command that cannot go on
meant             other words, languages and habits → what a spec takes
near              the name that was probably meant
read              YAML → values with their places
vocabulary        files checked against the JSON schemas
model             group, unit and ingestion as frozen values
rules             what is checked whatever the source
sources           the seam, a registry, and a folder for each kind of source: its catalogue, rules, forecast and query language
tree              the tree of configs, read
linter            all rules over a tree, and the comments that ignore one
compile           an ingestion → the DAG that Airflow builds
plan              what merging changes
report            problems for people and programs
authoring         the text of new files, and the usual form of old ones
docs              the references, made of schemas and rules
chosen            what a command was pointed at: a tree, or one spec in it
importing         hand-written DAGs → specs
completion        what the shell offers
online            commands that need a source or a bucket
commands          the other commands
cli               the commands' options
"""

"""The compiler and its command line: YAML → problems, or compiled DAGs. Each room knows those above it only.

refusal, near   how a command ends that cannot go on; the name that was probably meant
read            YAML → values with their places
vocabulary      files held against the JSON schemas
model           group, unit and ingestion as frozen values
rules           what is checked whatever the source
sources         a folder for each kind of source: its catalogue, rules, forecast and query language
tree            the tree of configs, read
linter          all rules over a tree, and the comments that ignore one
compile         an ingestion → the DAG that Airflow builds
plan            what merging changes
report          problems for people and programs
authoring       the text of new files, and the usual form of old ones
docs            the references, made of schemas and rules
online          commands that read what stands in AWS
commands        one module for each command
cli             the commands' options
"""

"""A stand-in of Amazon DynamoDB: moto's tables, with point-in-time recovery and exports as AWS has them.

moto exports the present state into one file, without manifests and without changes. Here every write of a table is remembered
with its instant, so that a full export gives the table as it was, and an incremental one what changed, in AWS's own files.

tables   what a test or a sample does to the stand-in: its clock, faults, how long exports take
history  what was written to a table, and when
layout   the files of an export
exports  exports under way, and what DynamoDB says of them
hooks    how all of it is put into moto's server, in whose process it lives
sample   the tables of the sample units, and the roles by which they are read
"""

from sandbox.dynamodb.tables import Tables

__all__ = ["Tables"]

"""Amazon DynamoDB as a source: tables read by point-in-time export, or by a parallel scan.

source       the seam's methods
options      the keys of an ingestion that only DynamoDB knows; the types that a spec gives to attributes: `field_types`
connection   the Airflow connection; clients whose role is assumed again when it expires
service      one request after another, counted; what DynamoDB refuses, in one sentence: `failure`
table        what DynamoDB says of a table: its key, its size, how far point-in-time recovery reaches
columns      the columns of a run, chosen from spec and table
spans        an incremental window, cut into what one export may hold. Pure
exports      exports: started, looked at, discarded
export_files manifests and data files of an export, each verified before a row of it is used
values       one text for every value, exact to its last digit
items        items as Arrow record batches
export_rows  the rows of a batch, read from its exports
scan         the rows of a table, read by a parallel scan at a measured pace
"""

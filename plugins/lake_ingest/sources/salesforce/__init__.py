"""Salesforce, the first source.

source       the seam's methods
options      the keys of an ingestion that only Salesforce knows
connection   an Airflow connection, read into frozen credentials; host_name, private_key, proxies read values as they are pasted
login        the credentials, exchanged for a session
client       HTTP with retries, renewed sessions and counted calls
transport    one request, bounded in every way; deadline cuts what takes too long, outage says what is wrong with the line
failure      answers of Salesforce, read as fatal, retriable or quota
refusals     those that somebody can do something about; advice says what
describe     objects and their fields; name_object those of a relationship to several objects
columns      the columns of a run; query_columns those of a written query, field_column one of them
deleted_rows holds what is said of deleted rows against the columns
soql         queries, built and read
statement    the SOQL of a batch
choice       REST or Bulk
commits      up to when every change is committed
jobs, bulk   query jobs of Bulk API 2.0
rows         the rows of a batch
rest, wide   rows by REST query; of objects too wide for one
results      rows of a completed Bulk job, by pages and page_csv
record_id    the two forms of an id
"""

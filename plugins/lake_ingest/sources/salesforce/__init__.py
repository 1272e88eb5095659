"""Salesforce, the first source.

source       the seam's methods
options      the keys of an ingestion that only Salesforce knows
connection   an Airflow connection, read into frozen credentials
login        the credentials, exchanged for a session
client       HTTP with retries, renewed sessions and counted calls
failure      answers of Salesforce, read as fatal, retriable or quota
refusals     those after which there is another way
describe     objects and their fields
columns      the columns of a run; query_columns those of a written query, field_column one of them
soql         queries, built and read
statement    the SOQL of a batch
choice       REST or Bulk
commits      up to when every change is committed
jobs, bulk   query jobs of Bulk API 2.0; polling says how often they are looked at
rows         the rows of a batch
rest, wide   rows by REST query; of objects too wide for one
results      rows of a completed Bulk job, by pages and page_csv
record_id    the two forms of an id
"""

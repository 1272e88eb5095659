"""PostgreSQL: on premises, Amazon RDS, Aurora, and what speaks its protocol and has its catalogue.

connection   an Airflow connection, read into what the client library takes
session      one read-only transaction with fixed settings
one_moment   several sessions that see one moment
failure      what the server or the network said, read as fatal or retriable
catalogue    a table's columns and key, from pg_catalog
query_columns  the columns of a written query, as the server describes them
types        each type as a column, and the expression that reads it exactly
literal      names, texts and points in time in SQL
statement    how statements are written, and the proof that a filter is one condition
commits      up to when every change is committed
source       all of it, for what databases share behind the seam
"""

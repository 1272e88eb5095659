"""MySQL and MariaDB: on premises, Amazon RDS, Aurora.

connection   an Airflow connection, read into what a session needs
client       the client library, held to TLS where it was asked for
packets      the packets of an answer, received in large pieces
received     the bytes of a piece, looked at in many places at a time
cells        the values of the rows of a piece, column by column
moments      dates, moments and times of a day from their parts
session      one read-only transaction with fixed settings
failure      what the server or the network said, read as fatal or retriable
catalogue    a table's columns and key, from information_schema
query_columns  the columns of a written query, as the server describes them
types        each type as a column, and the expression that reads it exactly
literal      names, texts and points in time in SQL
statement    how statements are written, and the proof that a filter is one condition
values       columns as the server sends them, as the types that were planned
commits      up to when every change is committed
source       all of it, for what databases share behind the seam
"""

"""Amazon Redshift as a source: the Data API says what a table has, and `UNLOAD` writes its rows as Parquet files into S3.

source        the seam's methods
connection    the Airflow connection: which warehouse, in whose name, and where it may unload to
statements    statements of the Data API: started, looked at, cancelled, their small answers read
failure       what the Data API or the warehouse refuses, in one sentence
session       statements one after another, as the code for databases wants them
catalogue     a table's columns and its declared key
query_columns the columns of a written query, as the Data API describes them
types         each type as a column, and the expression that reads it exactly
literal       names, texts and points in time in SQL
statement     how statements are written, and the proof that a filter is one condition
one_condition a text read as far as quotes, comments and brackets go. Pure
unload        an UNLOAD: its text, its life, and what is removed after it
unload_files  its manifest and its files, each held against the other and against the warehouse's own count
unload_rows   the rows of a batch, read from them
first_rows    the first rows of a table, for a preview, which leaves nothing in S3
values        columns as they arrive, brought to the types that were planned
"""

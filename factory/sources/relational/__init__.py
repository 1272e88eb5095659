"""What the databases have in common: tables, columns, SQL. A kind of database is this with its dialect.

vocabulary    how tables and columns are written
dialect       what one kind of database calls things
catalog       the tables of a connection, as its catalogue knows them
table_rules   ING341, ING342, ING347, ING357  tables and columns against the catalogue
cursor_rules  ING340, ING343 to ING346, ING358  the column by which rows fall into a window
filter_rules  ING336, ING348, ING349  a filter in SQL
filter_checks finds what they say
query_rules   ING360 to ING363  a query in SQL
query_checks  finds what they say
written_sql   a key whose value is SQL, with the place of everything in it
sql_text      a condition or a query of SQL, read
forecast      queries of a run
catalog_entry  a described table → an entry of the catalogue
personal_names what sort of personal data a column probably holds
online        commands that need a database, whatever its kind
kind          a kind of source, made of a dialect
"""

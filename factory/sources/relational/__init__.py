"""What the databases have in common: tables, columns, SQL. A kind of database is this with its dialect.

vocabulary    how tables and columns are written
dialect       what one kind of database calls things
catalog       the tables of a connection, as its catalogue knows them
key_rules     keys that a window over a table needs
forecast      queries of a run
kind          a kind of source, made of a dialect
"""

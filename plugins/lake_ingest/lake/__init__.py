"""The lake's side: what lies in S3, and how it gets there.

bucket        the few operations a run needs; failure says in one sentence what S3 or STS answered
upload        a stream of bytes into one object, in bounded memory
staging       what a run keeps between its tasks
manifest      what a publication consists of
publication   the switch from one publication to the next
history       what was published before
trouble       what is wrong with a dataset, until it is over
table         the table of a dataset in the catalogue, moved in one commit; table_columns its schema, table_entry a published
              object in it, table_objects its metadata in S3, table_catalogue the way to Glue
current_state  the tables that a current state is kept in; merge_sql the statements that bring it to a publication
verification  a publication, read again and compared with its manifest
"""

"""What databases that are asked in SQL share; none of them is known here.

source       a database behind the seam
pasted       the values of an Airflow connection
options      the keys of a spec that only databases have
statement    the SELECT of a batch
reading_of_types  as which column, and by which expression, a type is read
table        a table as its database describes it, and the columns of a run chosen from it
written_query  what a written query gives, as a table without a key
wall_clock   instants as the stamps of a clock without a zone, so that no row falls between two windows
window       the condition that selects a batch's rows by the cursor
key_ranges   a table in ranges of its key
commits      which transactions a run waits for
answer       the rows of a batch, as a stream
ahead        the next batches are received while one is encoded
settled      columns as they arrive, held against what was planned; what no file can hold is refused by name
"""

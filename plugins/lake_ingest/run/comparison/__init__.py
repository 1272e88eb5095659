"""Hard deletes: ids that the lake has and the org no longer.

A row that is purged leaves no trace that a query could find, so the ids themselves are compared, once a period.

due          whether a run compares
baseline     what the lake had before the org was asked, frozen
published    ids of published objects, as a stream
partitions   sets of ids too large for memory, on local disk
compare      the comparison itself
publication  what it found, where readers look
"""

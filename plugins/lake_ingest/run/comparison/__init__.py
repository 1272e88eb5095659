"""Hard deletes: rows that the lake has and the source no longer.

A row that is purged leaves no trace that a query could find, so the keys themselves are compared, once a period.

due          whether a run compares
baseline     what the lake had before the source was asked, frozen
published    keys of published objects, as a stream
partitions   sets of keys too large for memory, on local disk
compare      the comparison itself
outcome      what it found, where readers look
"""

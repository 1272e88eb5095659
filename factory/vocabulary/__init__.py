"""Which keys a file may have, and what they take.

schemas     the JSON schemas themselves
side_by_side  what editors alone are told of keys beside each other
checked     a document checked against its schema
complaint   what the schema library finds, in plain words
"""

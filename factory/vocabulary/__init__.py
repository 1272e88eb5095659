"""Which keys a file may have, and what they take.

schemas     the JSON schemas themselves
checked     a document checked against its schema
complaint   what the schema library finds, in plain words
"""

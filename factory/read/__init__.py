"""YAML → values with their places. Knows no rule.

file_text   the text of a file, and its lines
composer    YAML events → a document
scalar      what an unquoted word means
document    plain values, with the place of every key and value
inner       places inside a text that spans lines
span        a stretch of a file
"""

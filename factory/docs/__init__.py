"""The references in `docs/`.

reference   made of the JSON schemas and of the rules
"""

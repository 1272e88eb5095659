"""Pieces of SQL text."""


def literal(text: str) -> str:
    """A text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def quoted(name: str) -> str:
    """A table's or column's name, as it is."""
    return '"' + name.replace('"', '""') + '"'

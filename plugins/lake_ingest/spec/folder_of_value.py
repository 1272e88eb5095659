"""Folders that hold the rows of one value of a column, as Hive names them: `country=DE/`.

https://cwiki.apache.org/confluence/display/hive/languagemanual+ddl; a null has a name of its own, and characters that a folder's
name should not have are written `%2F`.
"""

import re

NULL_FOLDER = "__HIVE_DEFAULT_PARTITION__"
MOST_FOLDERS = 256  # of a batch: while it is read, each is an open file on local disk
KINDS = ("text", "boolean", "integer", "date")  # of columns whose values may name folders
_LONGEST = 255  # characters of a value


def folder_column(name: str) -> str:
    """The column as folders call it: in lower case, as Hive, Glue and Athena do."""
    return re.sub(r"[^a-z0-9_]+", "_", name.lower())


def folder_of(column: str, value: str | None) -> str:
    """The folder of a value, without a slash; None is a null.

    Raises:
        ValueError: the value cannot be told apart from a null, or is too long for a name.
    """
    if value is None:
        return f"{column}={NULL_FOLDER}"
    if value == "":
        raise ValueError("an empty text, which no folder's name can tell from a null")
    if value == NULL_FOLDER:
        raise ValueError(f"'{NULL_FOLDER}', which stands for a null")
    if len(value) > _LONGEST:
        raise ValueError(f"of {len(value)} characters, and a folder's name takes {_LONGEST}")
    return f"{column}={_escaped(value)}"


def _escaped(value: str) -> str:
    """Letters of other alphabets stay as they are; Spark takes each `%XX` for one character."""
    return re.sub(r"[\x00-\x7f]", lambda found: _KEPT.get(found[0], f"%{ord(found[0]):02X}"), value)


_KEPT = {one: one for one in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-."}

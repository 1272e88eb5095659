"""What can be an API name: of an object, of a field, of a field behind its parents."""

import re

FLAG = "IsDeleted"  # the field that marks rows in the recycle bin

_NAME = r"[A-Za-z][A-Za-z0-9_]{0,79}"
_OBJECT = re.compile(_NAME)
_FIELD_PATH = re.compile(rf"{_NAME}(?:\.{_NAME}){{0,5}}")


def is_object_name(text: str) -> bool:
    """Whether the text can be the API name of an object."""
    return bool(_OBJECT.fullmatch(text))


def is_field_path(text: str) -> bool:
    """Whether the text can be a field's API name, or a path over at most five parents: `Account.Owner.Name`."""
    return bool(_FIELD_PATH.fullmatch(text))

"""What the schemas say of DynamoDB: names of tables, attributes, and the types that a spec gives them."""

from factory.sources.seam import Vocabulary, of_fields

_TABLE = {
    "pattern": "^[A-Za-z0-9_.-]{3,255}$",
    "patternErrorMessage": "Write the table's name: letters, digits, `_`, `.` and `-`.",
}
_ATTRIBUTE = {
    "pattern": r"^[^\x00]{1,255}$",
    "patternErrorMessage": "Write the attribute's name as the items have it.",
}

VOCABULARY = Vocabulary(
    spec={
        "object": _TABLE,
        "fields": of_fields(_ATTRIBUTE),
    },
    allowed=_TABLE,
    connection="smart_meters",
    objects=("meter_state",),
)

"""What the schemas say of Salesforce alone: API names."""

from factory.sources.seam import Vocabulary, of_fields

_NAME = "[A-Za-z][A-Za-z0-9_]{0,79}"
_OBJECT = {
    "pattern": f"^{_NAME}$",
    "patternErrorMessage": "Write the object's API name: letters, digits and `_`.",
}
_FIELD = {
    "pattern": rf"^{_NAME}(\.{_NAME}){{0,5}}$",
    "patternErrorMessage": "Write the field's API name: letters, digits and `_`; parents with dots, such as `Account.Name`.",
}
_CURSOR = {
    "pattern": f"^{_NAME}$",
    "patternErrorMessage": "Write the field's API name: letters, digits and `_`.",
}

VOCABULARY = Vocabulary(
    spec={
        "object": {**_OBJECT, "patternErrorMessage": f"{_OBJECT['patternErrorMessage']} What lies elsewhere needs `source:`."},
        "fields": of_fields(_FIELD),
        "cursor": _CURSOR,
    },
    allowed=_OBJECT,
    connection="salesforce_default",
    objects=("Account", "Opportunity"),
)  # fmt: skip

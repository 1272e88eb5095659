"""What the schemas say of databases: tables in their schemas, columns by their bare names."""

from lake_ingest.spec.table_name import NAME, PART

from factory.sources.seam import Vocabulary, of_fields

_CURE = (
    "Write schema and table, such as `billing.invoice`. A part with other characters than letters, digits, `_` and `$` stands in"
    ' double quotes: `billing."Open Items"`.'
)
_COLUMN = {
    "pattern": r"^[^\x00-\x1f]{1,128}$",
    "patternErrorMessage": "Write the column's name as the table has it, without quotes of SQL.",
}


def vocabulary(connection: str) -> Vocabulary:
    """The vocabulary of a kind of database; `connection` is an example."""
    return Vocabulary(
        spec={
            "object": {"pattern": f"^{NAME}$", "patternErrorMessage": _CURE},
            "fields": of_fields(_COLUMN),
            "cursor": _COLUMN,
        },
        allowed={
            "pattern": rf"^{PART}\.(?:{PART}|\*)$",
            "patternErrorMessage": f"{_CURE} `billing.*` is every table of a schema.",
        },
        connection=connection,
        objects=("billing.invoice", "crm.*"),
    )  # fmt: skip

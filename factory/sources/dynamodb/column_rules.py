"""ING35x: the columns of a table: types that the spec gives to attributes, and what a run adds."""

from collections.abc import Iterator

from lake_ingest.sources.dynamodb.field_types import parse_field_type
from lake_ingest.sources.dynamodb.options import ALL_OTHERS, DELETED, WRITTEN_AT
from lake_ingest.spec.window import Full

from factory.model.ingestion import Ingestion
from factory.rules.landing import no_dates
from factory.rules.problem import Problem, Severity
from factory.rules.rule import Rule

_TABLE = "source: dynamodb\nobject: meter_state\nwindow: full\n"

BAD_TYPE = Rule(
    "ING354", "bad-type", "The type of an attribute cannot be read.",
    "DynamoDB's attributes have no types of their own, so the spec gives each column one.",
    wrong=_TABLE + "fields: [meter, {name: reading, type: decimal}]\n",
    right=_TABLE + 'fields: [meter, {name: reading, type: "number(18, 3)"}]\n', fixed=True,
)  # fmt: skip
TAKEN_NAME = Rule(
    "ING355", "taken-name", "A column that the run adds has the name of a field.",
    "Two columns of one name cannot be told apart.",
    wrong=_TABLE + "fields: [meter, rest]\nother_attributes: rest\n",
    right=_TABLE + "fields: [meter, rest]\n", fixed=True,
)  # fmt: skip
UNSEEN = Rule(
    "ING356", "unseen-attributes", "Attributes that nobody has named are landed.",
    "Any item may hold any attribute, personal ones too. What the spec names has been looked at.",
    wrong=_TABLE, right=_TABLE + "fields: [meter, slot, reading]\n", severity=Severity.WARNING,
)  # fmt: skip
RULES = (BAD_TYPE, TAKEN_NAME, UNSEEN)


def check(spec: Ingestion) -> Iterator[Problem]:
    """What is wrong with the columns of a table."""
    if "fields" in spec.broken:
        return
    for field in spec.fields or ():
        try:
            parse_field_type(field.type or "text")
        except ValueError as error:
            path = (*field.path[:-1], "type")
            yield BAD_TYPE.at(spec.document, path, str(error).partition(";")[0], cure=_after(str(error)))
    yield from _names(spec)
    yield from _unseen(spec)
    if spec.coerce_to_timestamp and spec.says("coerce_to_timestamp") and not _has_moments(spec):
        yield no_dates(spec)


def _has_moments(spec: Ingestion) -> bool:
    """Whether a column holds a date or an instant; one that is protected holds a text."""
    typed = {field.type.strip().lower() for field in spec.fields or () if not field.protect}
    return bool(typed & {"date", "datetime"}) or (bool(spec.options["written_at"]) and spec.window != Full())


def _after(text: str) -> str:
    cure = text.partition("; ")[2]
    return f"{cure[:1].upper()}{cure[1:]}." if cure else ""


def _names(spec: Ingestion) -> Iterator[Problem]:
    others = spec.options["other_attributes"] or (ALL_OTHERS if spec.fields is None else None)
    added = {
        "include_deleted": DELETED if spec.include_deleted and spec.deletes == "soft" else None,
        "written_at": WRITTEN_AT if spec.options["written_at"] else None,
        "other_attributes": others,
    }
    taken: dict[str, str] = {
        field.column: "a field" for field in spec.fields or () if field.protect != "drop"
    }
    for key, name in added.items():
        if name is None:
            continue
        if name in taken:
            message = f"`{key}` adds the column `{name}`, and {taken[name]} has that name"
            cure = (
                "Give `other_attributes` another name."
                if key == "other_attributes"
                else "Leave one of the two out."
            )
            yield TAKEN_NAME.at(*spec.place(key, "object"), message, cure=cure)
        taken[name] = f"`{key}`'s column"


def _unseen(spec: Ingestion) -> Iterator[Problem]:
    if spec.fields is None:
        message = f"without `fields` every attribute lands in the column `{spec.options['other_attributes'] or ALL_OTHERS}`"
        yield UNSEEN.at(
            spec.document,
            ("object",),
            message,
            cure="Name the attributes that are needed in `fields`.",
            on_key=True,
        )
    elif spec.options["other_attributes"]:
        message = "`other_attributes` lands what `fields` does not name, whatever it is"
        cure = "Delete it, and name the attributes that are needed in `fields`."
        yield UNSEEN.at(*spec.place("other_attributes", "object"), message, cure=cure)

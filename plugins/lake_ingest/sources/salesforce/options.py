"""The keys of an ingestion that only Salesforce knows, and what it asks of the others."""

from dataclasses import dataclass

from lake_ingest.errors import FatalError
from lake_ingest.sources.salesforce.soql import is_field_path, is_object_name
from lake_ingest.spec.ingestion import FieldChoice, Ingestion
from lake_ingest.spec.window import Full

APIS = ("auto", "rest", "bulk")
DEFAULT_CURSOR = "SystemModstamp"


@dataclass(frozen=True)
class Options:
    """What only Salesforce knows.

    Attributes:
        api: which API reads the rows.
        api_version: that is spoken where the connection names none.
        relationship_object: the child relationship of a written query whose records are the rows.
    """

    api: str = "auto"
    api_version: str | None = None
    relationship_object: str | None = None


def options_of(ingestion: Ingestion) -> Options:
    """Read and check what an ingestion says to Salesforce.

    Raises:
        FatalError: a key or a name is not Salesforce's. The compiler has refused it before, so this points at a compiled
            file that was edited by hand, or at an operator's parameters.
    """
    unknown = ingestion.options.keys() - Options.__dataclass_fields__
    if unknown:
        raise FatalError(f"{ingestion.dataset}: unknown key {sorted(unknown)}; render it again")
    options = Options(**{key: value for key, value in ingestion.options.items() if value is not None})
    problem = _problem(ingestion, options)
    if problem:
        raise FatalError(f"{ingestion.dataset}: {problem}")
    return options


def cursor_of(ingestion: Ingestion) -> str:
    """The field by which windows are cut."""
    return ingestion.cursor or DEFAULT_CURSOR


def writes_ids(ingestion: Ingestion) -> bool:
    """Whether the published rows hold the object's own ids in the clear."""
    named = ingestion.fields or (*ingestion.exceptions, FieldChoice("Id"))
    found = next((choice for choice in named if choice.name.lower() == "id"), None)
    return found is not None and found.protect is None


def _problem(ingestion: Ingestion, options: Options) -> str | None:
    if not is_object_name(ingestion.object):
        return f"'{ingestion.object}' is not the API name of an object"
    for choice in ingestion.fields or ingestion.exceptions:
        if not is_field_path(choice.name):
            return f"'{choice.name}' is not the API name of a field"
    if options.api not in APIS:
        return f"'{options.api}' is not a valid api; write one of {', '.join(APIS)}"
    if ingestion.query is not None and not isinstance(ingestion.window, Full):
        return "a written query takes no window; it selects its rows itself"
    if options.relationship_object is not None and ingestion.query is None:
        return "relationship_object needs a query that selects that relationship"
    if ingestion.filter is not None and (wrong := _wrong_filter(ingestion.filter, ingestion.object)):
        return f"filter: {wrong}"
    if ingestion.await_commits and cursor_of(ingestion).lower() != DEFAULT_CURSOR.lower():
        return f"await_commits needs a window by the cursor {DEFAULT_CURSOR}"
    if ingestion.compare_ids and not writes_ids(ingestion):
        return "compare_ids needs the field Id, unprotected"
    return None


def _wrong_filter(text: str, object_name: str) -> str | None:
    """Why a filter is not one condition; nothing else may reach the query's text."""
    from lake_ingest.sources.salesforce.soql.reader import read_condition  # noqa: PLC0415 - where SOQL is written
    from lake_ingest.sources.salesforce.soql.refusal import SoqlError  # noqa: PLC0415

    try:
        read_condition(text, object_name)
    except SoqlError as error:
        return f"at character {error.start + 1}: {error}"
    return None

"""What to do about a refusal: the cure depends on what the spec asks for, and no sentence speaks of a key that it does not have."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

from lake_ingest.errors import FatalError
from lake_ingest.sources.salesforce.refusals import RefusedError
from lake_ingest.spec.ingestion import Ingestion

_RIGHT = "or give the connection's user the right to read it"
# How the org says that an object is only read for given ids: docs/soql.md lists them.
_WANTS_IDS = re.compile(
    r"requires a filter by|you must filter using|a filter on a reified column", re.IGNORECASE
)
_NO_API = "The org's edition or the user's profile has no API access."


@contextmanager
def advised(ingestion: Ingestion) -> Iterator[None]:
    """Add to a refusal inside the block what to do about it.

    Raises:
        FatalError: for what Salesforce refuses.
    """
    try:
        yield
    except RefusedError as refusal:
        cure = _of_ids(str(refusal), ingestion) or cure_of(refusal.code, ingestion)
        raise FatalError(f"{str(refusal).rstrip('.')}. {cure}" if cure else str(refusal)) from None


def cure_of(code: str, ingestion: Ingestion) -> str:
    """One sentence; empty where nothing is certain."""
    name = code.upper()
    if name in ("API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"):
        return _NO_API
    if name in ("INVALID_TYPE", "NOT_FOUND"):
        place = "in the query" if ingestion.query is not None else f"'{ingestion.object}' in the spec"
        return f"Correct the object's name {place}, {_RIGHT}."
    if name == "INVALID_FIELD":
        return _of_field(ingestion)
    if name == "QUERY_TOO_COMPLICATED":
        return f"{_fewer(ingestion)}; formulas that read other formulas count most."
    if name == "EXCEEDED_ID_LIMIT" and ingestion.query is not None:
        return "A grouped query gives one page of rows; group by less, or read the rows and group them in the lake."
    if name in ("MALFORMED_QUERY", "INVALID_QUERY_FILTER_OPERATOR"):
        return _of_text(ingestion)
    return ""


def smaller(ingestion: Ingestion) -> str:
    """How a spec asks for less at a time; the sentence goes on after a colon."""
    if ingestion.query is not None:
        return "let the query select less, or write the spec with object, fields and a window instead of the query"
    if ingestion.batch_size is None:
        return "give the spec a window with a start, and a batch_size"
    return f"give the spec a shorter batch_size than {ingestion.batch_size}, or {_fewer(ingestion).lower()}"


def _of_ids(text: str, ingestion: Ingestion) -> str:
    if not _WANTS_IDS.search(text):
        return ""
    place = "condition of the query" if ingestion.query is not None else "spec's `filter`"
    return f"Give the ids in the {place}, with = or IN; they may come from another query: `IN (SELECT Id FROM …)`."


def _of_field(ingestion: Ingestion) -> str:
    if ingestion.query is not None:
        return f"Correct the field's name in the query, {_RIGHT}."
    if ingestion.fields is None:
        return (
            "The spec names no fields, so the org's description did a moment ago: a field was removed or hidden since."
            " Clear the whole run, which asks again."
        )
    return f"Correct the field's name in the spec, {_RIGHT}."


def _of_text(ingestion: Ingestion) -> str:
    if ingestion.query is not None:
        return "Correct the query in the spec."
    if ingestion.filter is not None:
        return "Correct the filter in the spec."
    return "The query was made from the spec, so this is a defect of lake_ingest: report it with this text."


def _fewer(ingestion: Ingestion) -> str:
    if ingestion.query is not None:
        return "Select fewer fields in the query"
    return (
        "Name fewer fields in the spec"
        if ingestion.fields is not None
        else "Name the needed fields in the spec"
    )

"""Where in the DAG file a key of a spec comes from."""

from factory.importing.findings import Draft
from factory.importing.values import Place

_ROWS = ("salesforce_query", "select_query", "query")
_WINDOW = ("from_date", "to_date", *_ROWS)
# The parameters of the seed's operator and of the provider's that a key is made of, where they have another name.
_PARAMETERS = {
    "object": ("sf_obj", *_ROWS),
    "fields": ("sf_fields", *_ROWS),
    "query": _ROWS,
    "filter": _ROWS,
    "cursor": _WINDOW,
    "window": _WINDOW,
    "batch_size": _WINDOW,
    "format": ("fmt", "export_format", "file_format"),
    "connection": ("sql_conn_id",),
    "source": ("sql_conn_id",),
    "compression": ("compression", "gzip"),
    "include_deleted": ("include_deleted", "query_params"),
}
_OF_THE_DAG = {"schedule", "timezone", "tags", "description", "start_date"}


def origin(draft: Draft, key: str) -> Place | None:
    """The parameter that a key comes from, else the task or the DAG; None for a draft of a piece that was not followed."""
    if not draft.tasks:
        return None
    task = draft.tasks[0]
    if key in _OF_THE_DAG and draft.dag is not None:
        return draft.dag.place
    places = (task.places[one] for one in _PARAMETERS.get(key, (key,)) if one in task.places)
    return next(places, task.place)

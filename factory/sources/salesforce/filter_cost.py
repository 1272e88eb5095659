"""What a filter costs: Salesforce finds rows by an index, or looks at each of them.

Fields with an index of their own: the keys, the names and owners, the dates of creation and change, and what refers to another
record; a custom field has one where it is an external id, unique, or a lookup, which its name does not tell.
https://developer.salesforce.com/docs/atlas.en-us.salesforce_large_data_volumes_bp.meta/salesforce_large_data_volumes_bp/ldv_deployments_infrastructure_indexes.htm
"""

from lake_ingest.sources.salesforce.soql.reader import read_condition
from lake_ingest.sources.salesforce.soql.walk import compared_paths

_INDEXED = {"name", "createddate", "systemmodstamp"}


def filter_cost(object_name: str, text: str) -> str:
    """The fields that a filter compares, and whether an index finds them."""
    paths = dict.fromkeys(path.text for path in compared_paths(read_condition(text, object_name)))
    slow = [path for path in paths if not _has_index(path)]
    named = ", ".join(paths)
    if not slow:
        return f"compares {named}; an index finds the rows"
    return f"compares {named}; Salesforce has no standard index of {', '.join(slow)} and looks at every row of the window"


def _has_index(path: str) -> bool:
    name = path.rpartition(".")[2].lower()
    return name in _INDEXED or name.endswith("id")

"""SOQL, read and written; pure, for the compiler and the runtime alike.

`api_names`    what can be the name of an object or field
`built`        the queries that are built from a spec
`reader`       reads a written query or condition; `tokens`, `cursor`, `conditions` and `functions` are its parts
`id_bound`     objects that are only read for given ids
`nodes`        what a query that was read is made of
`result_keys`  Salesforce's own name for each value that a query gives
`walk`         what a query names, wherever in it
`deleted`      what a query says of deleted rows
`refusal`      why a text is refused, and where in it

What every run needs is named here; the reader is loaded from its module where a query or condition is written.
"""

from lake_ingest.sources.salesforce.soql.api_names import is_field_path, is_object_name
from lake_ingest.sources.salesforce.soql.built import (
    MAX_LENGTH,
    Filter,
    build_query,
)

__all__ = [
    "MAX_LENGTH",
    "Filter",
    "build_query",
    "is_field_path",
    "is_object_name",
]

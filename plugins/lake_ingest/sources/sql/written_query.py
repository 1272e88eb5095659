"""What a written query gives, as a table without a key."""

from collections.abc import Sequence

from lake_ingest.errors import FatalError
from lake_ingest.sources.sql.table import Table, TableColumn
from lake_ingest.spec.ingestion import Ingestion

_NAMELESS = ("", "?column?")  # the latter is what PostgreSQL and Redshift call it


def asked_table(ingestion: Ingestion, columns: Sequence[TableColumn]) -> Table:
    """The table whose columns are those of the ingestion's query."""
    return Table(f"the query of {ingestion.dataset}", tuple(columns))


def check_names(names: Sequence[str]) -> None:
    """See that each column of a query can be asked for.

    Raises:
        FatalError: there is none, or one has no name, or one that another has too.
    """
    if not names:
        raise FatalError("the query gives no columns; it must be one SELECT")
    for name in names:
        if name in _NAMELESS:
            raise FatalError("a column of the query has no name; give it one with AS")
        if names.count(name) > 1:
            raise FatalError(
                f"the query gives {names.count(name)} columns called {name}; tell them apart with AS"
            )

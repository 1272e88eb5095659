"""PostgreSQL as a kind of source: the one module that the rest of the compiler sees."""

from factory.sources.relational.dialect import Dialect
from factory.sources.relational.kind import relational
from factory.sources.seam import Online


def _online() -> Online:
    from factory.sources.postgresql.online.commands import COMMANDS  # noqa: PLC0415 - loads its client

    return COMMANDS


POSTGRESQL = relational(
    Dialect(
        kind="postgresql",
        title="PostgreSQL",
        operator="PostgresToS3Operator",
        sql="postgres",
        connection="billing_db",
        folds=str.lower,
        online=_online,
        cuts_by_key=True,
        shares_moments=True,
    )
)

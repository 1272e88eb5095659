"""MySQL as a kind of source: the one module that the rest of the compiler sees."""

from factory.sources.relational.dialect import Dialect
from factory.sources.relational.kind import relational
from factory.sources.seam import Online


def _online() -> Online:
    from factory.sources.mysql.online.commands import COMMANDS  # noqa: PLC0415 - loads its client

    return COMMANDS


MYSQL = relational(
    Dialect(
        kind="mysql",
        title="MySQL",
        operator="MySqlToS3Operator",
        sql="mysql",
        connection="erp_db",
        folds=str,
        online=_online,
        cuts_by_key=True,
        any_case=True,
        numbers_are_conditions=True,
    )
)

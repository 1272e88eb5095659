"""Amazon Redshift as a kind of source: the one module that the rest of the compiler sees."""

from factory.sources.relational.dialect import Dialect
from factory.sources.relational.kind import relational
from factory.sources.seam import Online


def _online() -> Online:
    from factory.sources.redshift.online.commands import COMMANDS  # noqa: PLC0415 - loads its client

    return COMMANDS


REDSHIFT = relational(
    Dialect(
        kind="redshift",
        title="Redshift",
        operator="RedshiftToS3Operator",
        sql="redshift",
        connection="margin_dwh",
        folds=str.lower,
        online=_online,
        finds_by="a sort key",
        lacks={
            "await_commits": "Delete it: Redshift shows the transactions of others to superusers only. Write an `overlap` that is longer than any load.",
        },
    )
)

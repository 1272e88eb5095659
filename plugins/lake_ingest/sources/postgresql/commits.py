"""Up to when every change of a database is committed: its open and its prepared transactions."""

from datetime import datetime, timedelta

from lake_ingest.errors import FatalError
from lake_ingest.sources.postgresql.literal import text
from lake_ingest.sources.postgresql.session import APPLICATION, Session
from lake_ingest.sources.sql.commits import Horizon

# A transaction's beginning shows a moment after it; so long may the server be held up between the two.
_MOMENT = timedelta(seconds=2)
_SIGHT = """
SELECT pg_catalog.pg_is_in_recovery() AS replica, pg_catalog.pg_has_role('pg_read_all_stats', 'USAGE') AS sees,
       pg_catalog.clock_timestamp() AS now
"""
# Its own sessions only read. What maintains the server changes no rows.
_OPEN = """
SELECT xact_start AS since, pid, usename::pg_catalog.text AS name, application_name AS program
FROM pg_catalog.pg_stat_activity
WHERE datname = pg_catalog.current_database() AND xact_start IS NOT NULL AND pid <> pg_catalog.pg_backend_pid()
  AND NOT (usename = current_user AND application_name = {application})
  AND backend_type NOT IN ('autovacuum launcher', 'autovacuum worker', 'walsender', 'walreceiver')
ORDER BY xact_start LIMIT 1
"""
_PREPARED = """
SELECT oldest.since, oldest.name, pg_catalog.clock_timestamp() AS now
FROM (SELECT) AS always LEFT JOIN LATERAL (
  SELECT prepared AS since, owner::pg_catalog.text AS name FROM pg_catalog.pg_prepared_xacts
  WHERE database = pg_catalog.current_database() ORDER BY prepared LIMIT 1
) AS oldest ON true
"""


def horizon(session: Session, dataset: str) -> Horizon:
    """Ask for the open transactions first: one that is prepared meanwhile is among the prepared ones then.

    Raises:
        FatalError: the server or the user cannot see them.
        RetriableError: the server could not be asked.
    """
    doing = "say which transactions are open"
    (sight,) = session.rows(_SIGHT, doing)
    if sight["replica"]:
        raise FatalError(
            f"{dataset}: the server is a replica, where the primary's open transactions cannot be seen; read from the primary, or write"
            " await_commits: false and an overlap that is longer than any transaction"
        )
    if not sight["sees"]:
        raise FatalError(
            f"{dataset}: the user {session.user} cannot see other users' transactions; have it granted pg_read_all_stats, or write"
            " await_commits: false and an overlap"
        )
    open_ = session.rows(_OPEN.format(application=text(APPLICATION)), doing)
    (prepared,) = session.rows(_PREPARED, doing)
    since: datetime = sight["now"] - _MOMENT
    holder = ""
    if prepared["since"]:
        holder = f"prepared by {prepared['name']} at {prepared['since']:%Y-%m-%dT%H:%M:%SZ}"
    for one in open_:
        since = min(since, one["since"])
        holder = f"open since {one['since']:%Y-%m-%dT%H:%M:%SZ}: process {one['pid']} of {one['name']}, {one['program'] or 'unnamed'}"
    return Horizon(prepared["now"], since, prepared["since"], holder)

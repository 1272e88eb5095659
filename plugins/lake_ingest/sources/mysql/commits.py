"""Up to when every change of a server is committed: its open transactions, and the statements that run.

InnoDB begins a transaction when a statement first touches a table. The statement may have waited for a lock until then, and what it
writes is stamped with its own beginning. So a transaction may hold stamps from before its beginning, and whatever is open when it is
first asked is waited for.
"""

import time
from datetime import UTC, datetime, timedelta

from lake_ingest.errors import FatalError
from lake_ingest.sources.mysql.literal import text
from lake_ingest.sources.mysql.session import OWN, Session
from lake_ingest.sources.sql.commits import Horizon

# Times are of whole seconds, and a list of transactions may be some tenths of a second old.
_MOMENT = timedelta(seconds=2)
# A prepared transaction that the server found when it started shows when it was found, and not when it began.
_RECOVERY = timedelta(minutes=10)
# InnoDB makes its list of transactions anew only where nobody has read it for a tenth of a second.
_LIST_AGES = 0.15
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)

_FACTS = """
SHOW GLOBAL VARIABLES WHERE Variable_name IN ('read_only', 'innodb_read_only', 'group_replication_single_primary_mode')
"""
_STATUS = "SHOW GLOBAL STATUS WHERE Variable_name IN ('Uptime', 'wsrep_cluster_size')"
_SEES = "SELECT COUNT(*) AS seen FROM information_schema.INNODB_TRX"
# The server's own clock shows when a transaction began. Where clocks were set back lately, the earlier of two hours is meant.
_OPEN = """
SELECT LEAST(UNIX_TIMESTAMP(trx_started), UNIX_TIMESTAMP(trx_started - INTERVAL 2 HOUR) + 7200) AS since, trx_mysql_thread_id AS thread
FROM information_schema.INNODB_TRX WHERE trx_is_read_only = 0 ORDER BY since LIMIT 1
"""
_RUNNING = """
SELECT UNIX_TIMESTAMP() - MAX(p.TIME) AS since, COUNT(*) AS number FROM information_schema.PROCESSLIST p
WHERE p.ID <> CONNECTION_ID() AND p.COMMAND NOT IN ('Sleep', 'Daemon', 'Binlog Dump', 'Binlog Dump GTID') AND p.USER <> 'system user'
  AND p.USER <> 'event_scheduler' AND COALESCE(p.INFO, '') NOT LIKE {own}
  AND NOT EXISTS (SELECT 1 FROM information_schema.INNODB_TRX t WHERE t.trx_mysql_thread_id = p.ID AND t.trx_is_read_only = 1)
"""
_REPLICATES = """
SELECT COUNT(*) AS number FROM information_schema.PROCESSLIST
WHERE USER = 'system user' AND (COMMAND LIKE 'Slave%' OR COMMAND = 'Connect')
"""


def horizon(session: Session, dataset: str) -> Horizon:
    """Ask for the open transactions of the whole server.

    Raises:
        FatalError: the server or the user cannot see them.
        RetriableError: the server could not be asked.
    """
    time.sleep(_LIST_AGES)
    doing = "say which transactions are open"
    _check_sight(session, dataset)
    session.rows("SET time_zone = 'SYSTEM'", doing)
    (clock,) = session.rows("SELECT UNIX_TIMESTAMP(NOW(6)) AS now", doing)
    now = _instant(clock["now"])
    running = session.rows(_RUNNING.format(own=text(OWN + "%")), doing)[0]
    open_ = session.rows(_OPEN, doing)
    since, holder, anything = now - _MOMENT, "", False
    if int(running["number"] or 0):
        since, anything = min(since, _instant(running["since"]) - _MOMENT), True
        holder = f"a statement that runs since {_shown(since)}"
    for one in open_:
        began = _began(session, one, doing)
        since, anything = min(since, began), True
        holder = (
            f"open since {_shown(began)}: connection {one['thread']}"
            if began > _ALWAYS
            else "prepared before the server started: XA RECOVER lists it"
        )
    return Horizon(now, since, None, holder, stamps_precede=anything)


def _check_sight(session: Session, dataset: str) -> None:
    doing = "say which transactions are open"
    facts = {(row["Variable_name"] or "").lower(): row["Value"] for row in session.rows(_FACTS, doing)}
    status = {(row["Variable_name"] or "").lower(): row["Value"] for row in session.rows(_STATUS, doing)}
    try:
        session.rows(_SEES, doing)
        replicates = session.rows(_REPLICATES, doing)[0]["number"]
    except FatalError as error:
        if "PROCESS" not in str(error):
            raise
        raise FatalError(
            f"{dataset}: the user {session.user} cannot see other users' transactions; have it granted PROCESS, or write await_commits: false"
            " and an overlap"
        ) from None
    if "ON" in (facts.get("read_only"), facts.get("innodb_read_only")) or replicates != "0":
        raise FatalError(
            f"{dataset}: the server is a replica, where the primary's open transactions cannot be seen; read from the primary, or write"
            " await_commits: false and an overlap that is longer than any transaction"
        )
    if (
        int(status.get("wsrep_cluster_size") or 0) > 1
        or facts.get("group_replication_single_primary_mode") == "OFF"
    ):
        raise FatalError(
            f"{dataset}: the server is one of several that write, and the others' open transactions cannot be seen; write await_commits: false"
            " and an overlap that is longer than any transaction"
        )


def _began(session: Session, one: dict[str, str | None], doing: str) -> datetime:
    began = _instant(one["since"])
    if one["thread"] != "0":
        return began
    (uptime,) = session.rows("SHOW GLOBAL STATUS LIKE 'Uptime'", doing)
    (clock,) = session.rows("SELECT UNIX_TIMESTAMP() AS now", doing)
    started = _instant(clock["now"]) - timedelta(seconds=int(uptime["Value"] or 0))
    return _ALWAYS if began <= started + _RECOVERY else began


def _instant(seconds: str | None) -> datetime:
    return datetime.fromtimestamp(float(seconds or 0), UTC)


def _shown(instant: datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%SZ}"

"""The door for tests and tools: a running org, its credentials, its life, its log."""

import json
import ssl
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Org:
    """A running org. Verbs go to `/__sandbox__/…` on its own address, so any process can attach."""

    pid: int
    url: str
    proxy: str
    ca: str
    bundle: str
    my_domain: str
    latest_version: str
    username: str
    password: str
    security_token: str
    consumer_key: str
    consumer_secret: str
    refresh_token: str
    private_key_file: str

    @classmethod
    def attach(cls, ready_file: Path | str) -> "Org":
        """The org that wrote a ready file."""
        facts = json.loads(Path(ready_file).read_text(encoding="utf-8"))
        user, app = facts.pop("users")[0], facts.pop("apps")[0]
        app.pop("username")
        return cls(**facts, **user, **app)

    def insert(self, name: str, rows: Row | Sequence[Row]) -> list[str]:
        """Add a row or rows of canonical values; returns their ids."""
        return list(self._post("insert", object=name, rows=_many(rows))["ids"])

    def commit_late(self, name: str, rows: Row | Sequence[Row], stamp: datetime | str) -> list[str]:
        """Add rows stamped in the past, as a long transaction does when it ends; returns their ids."""
        return list(self._post("commit_late", object=name, rows=_many(rows), stamp=_iso(stamp))["ids"])

    def begin(self, name: str, rows: Row | Sequence[Row]) -> str:
        """Open a transaction whose rows are stamped now and seen after `commit`."""
        return str(self._post("begin", object=name, rows=_many(rows))["transaction"])

    def commit(self, transaction: str) -> list[str]:
        """End a transaction; returns the ids of its rows."""
        return list(self._post("commit", transaction=transaction)["ids"])

    def update(self, name: str, ids: str | Sequence[str], **changes: Any) -> int:
        """Change rows; returns how many there were."""
        return int(self._post("update", object=name, ids=_ids(ids), changes=changes)["count"])

    def delete(self, name: str, ids: str | Sequence[str]) -> int:
        """Move rows to the recycle bin."""
        return int(self._post("delete", object=name, ids=_ids(ids))["count"])

    def undelete(self, name: str, ids: str | Sequence[str]) -> int:
        """Bring rows back from the recycle bin."""
        return int(self._post("undelete", object=name, ids=_ids(ids))["count"])

    def hard_delete(self, name: str, ids: str | Sequence[str]) -> int:
        """Remove rows without a trace."""
        return int(self._post("hard_delete", object=name, ids=_ids(ids))["count"])

    def clock(
        self, *, at: datetime | str | None = None, advance: float | None = None, frozen: bool = False
    ) -> datetime:
        """Set the clock, or move it on by seconds, or both; returns the org's time."""
        asked: dict[str, Any] = {}
        if at is not None:
            asked |= {"at": _iso(at), "frozen": frozen}
        if advance is not None:
            asked["advance"] = advance
        return datetime.fromisoformat(self._post("clock", **asked)["now"])

    def fault(
        self, kind: str, path: str = ".", *, times: int | None = 1, skip: int = 0, **options: Any
    ) -> int:
        """Arm a fault for requests whose path and query match the regular expression `path`; returns its number.

        `times` None strikes until `clear_faults`; `method` narrows it; further options belong to the kind.
        """
        return int(self._post("fault", kind=kind, path=path, times=times, skip=skip, **options)["number"])

    def clear_faults(self) -> None:
        self._post("clear_faults")

    def limits(self, **maxima: int) -> dict[str, dict[str, int]]:
        """Set limits, such as `DailyApiRequests=100`; returns all with what remains."""
        return dict(self._post("limits", **maxima))

    def revoke_sessions(self) -> int:
        """End every session; returns how many there were."""
        return int(self._post("revoke_sessions")["revoked"])

    def password_expired(self, *, expired: bool = True) -> None:
        """Let the user's password expire, or renew it."""
        self._post("password_expired", username=self.username, expired=expired)

    def requests(self, since: int = 0) -> list[dict[str, Any]]:
        """The log: number, at, method, host, path, query, status, bytes, milliseconds, api, fault; oldest first."""
        return list(self.tell(f"requests?since={since}", None))

    def reset_log(self) -> None:
        self._post("reset_log")

    def counts(self) -> dict[str, int]:
        """Rows by object, deleted ones among them."""
        return dict(self.tell("objects", None))

    def rows(
        self,
        name: str,
        fields: Sequence[str] | None = None,
        where_sql: str | None = None,
        *,
        deleted: bool = False,
    ) -> list[dict[str, Any]]:
        """The raw rows in canonical text, by id; `where_sql` is SQL over the stored columns."""
        return list(
            self.tell("rows", {"object": name, "fields": fields, "where": where_sql, "deleted": deleted})
        )

    def _post(self, verb: str, **content: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self.tell(verb, content)
        return answer

    def tell(self, verb: str, content: Mapping[str, Any] | None) -> Any:
        """Send a verb to `/__sandbox__/`, or with None look at something there.

        Raises:
            ValueError: the org refuses; the message is its own.
        """
        data = None if content is None else json.dumps(content, default=str).encode()
        request = urllib.request.Request(
            f"{self.url}/__sandbox__/{verb}", data, {"Content-Type": "application/json"}
        )
        try:
            with _opener(self.ca).open(request, timeout=300) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            with refusal:
                problem = json.load(refusal)[0]
            raise ValueError(f"the org refused {verb}: {problem['message']}") from None


@cache
def _opener(ca: str) -> urllib.request.OpenerDirector:
    """Opens addresses without the environment's proxies, trusting one authority."""
    context = ssl.create_default_context(cafile=ca)
    return urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=context)
    )


def _many(rows: Row | Sequence[Row]) -> list[Row]:
    return [rows] if isinstance(rows, Mapping) else list(rows)


def _ids(ids: str | Sequence[str]) -> list[str]:
    return [ids] if isinstance(ids, str) else list(ids)


def _iso(moment: datetime | str) -> str:
    return moment if isinstance(moment, str) else moment.isoformat()

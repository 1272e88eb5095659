"""What a notice says: a subject and a text for people, and the form that chats take."""

import json
from dataclasses import dataclass
from datetime import datetime

from lake_ingest.lake.trouble import Trouble
from lake_ingest.spec.interval import iso_instant

_SUBJECT = 100  # characters that SNS takes, ASCII alone
_HEADLINES = {
    "failed": "{dag_id} failed",
    "late": "{dag_id} is late",
    "drift": "{dag_id} has other columns",
    "quota": "{dag_id} met a limit of calls",
}
KINDS = tuple(_HEADLINES)


@dataclass(frozen=True)
class About:
    """Whose notices they are.

    Attributes:
        unit: of the dataset.
        contact: of the unit.
        spec_url: where a browser shows the spec; "" where nobody said.
    """

    unit: str
    contact: str
    spec_url: str = ""


@dataclass(frozen=True)
class Notice:
    """One message; `attributes` are what subscribers filter by."""

    subject: str
    text: str
    chat: str
    attributes: dict[str, str]


def begun(trouble: Trouble, about: About) -> Notice:
    """The notice of a trouble."""
    lines = {
        "Run of": iso_instant(trouble.logical_date),
        "Since": iso_instant(trouble.since),
        "Log": trouble.log_url,
    }
    return _notice(trouble, about, "open", _headline(trouble, about), trouble.sentence, lines)


def ended(trouble: Trouble, about: About, why: str) -> Notice:
    """The notice that it is over, and why."""
    lines = {"Since": iso_instant(trouble.since), "It was": trouble.sentence}
    return _notice(trouble, about, "over", f"over: {_headline(trouble, about)}", why, lines)


def plain(instant: datetime) -> str:
    """An instant as notices write it: `2026-05-01 00:10 UTC`."""
    return f"{instant:%Y-%m-%d %H:%M} UTC"


def _headline(trouble: Trouble, about: About) -> str:
    return _HEADLINES[trouble.kind].format(dag_id=f"{about.unit}.{trouble.dataset}")


def _notice(
    trouble: Trouble, about: About, state: str, headline: str, sentence: str, lines: dict[str, str | None]
) -> Notice:
    told = {**lines, "Spec": about.spec_url, "Contact": about.contact}
    details = "\n".join(f"{name}: {value}" for name, value in told.items() if value)
    subject = " ".join(headline.split()).encode("ascii", "replace").decode()[:_SUBJECT]
    # https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
    content = {
        "textType": "client-markdown",
        "title": headline,
        "description": f"{sentence}\n{details}",
    }
    thread = f"{about.unit}.{trouble.dataset}.{trouble.kind}.{iso_instant(trouble.since)}"
    chat = {
        "version": "1.0",
        "source": "custom",
        "content": content,
        "metadata": {"threadId": thread, "summary": headline},
    }
    attributes = {"unit": about.unit, "dataset": trouble.dataset, "trouble": trouble.kind, "state": state}
    return Notice(subject, f"{sentence}\n\n{details}\n", json.dumps(chat, ensure_ascii=False), attributes)

"""The text of new files: specs and units, with the comments that a newcomer needs."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from factory.model.traits import Traits
from factory.sources.seam import Offer

_PLAIN = re.compile(r"[A-Za-z_][\w .,()'/+-]*|[0-9]+ [a-z]+")
_UNSAID = "salesforce"  # what a spec reads that does not say it
_WORDS = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"}


@dataclass(frozen=True)
class Draft:
    """What a new spec says; `fields` is None for every field, `window` is YAML in one line."""

    object: str
    description: str
    fields: Sequence[str] | None
    schedule: str | None
    window: str
    format: str
    start: str
    source: Traits
    cursor: str = ""


def spec_text(draft: Draft, offers: Sequence[Offer], *, hashing: bool) -> str:
    """A spec with its comments, below the lines that name its schema; a field of personal data is protected, hashed where the unit has a key."""
    lines = [
        *([] if draft.source.kind == _UNSAID else [f"source: {draft.source.kind}"]),
        f"object: {quoted(draft.object)}",
        f"description: {quoted(draft.description)}",
        *_fields(draft, offers, "hash" if hashing else "mask"),
        "# When it runs, in the unit's time zone; without a schedule only by hand.",
        f"schedule: {quoted(draft.schedule)}" if draft.schedule else "schedule: null",
    ]
    if draft.window == "incremental":
        lines += ["# The first day whose changes are read.", f"start: {quoted(draft.start)}"]
    lines += [
        "# full: every row. incremental: what changed since the last run. {last: 6 months}: a sliding window.",
        f"window: {draft.window}",
    ]
    if re.fullmatch(r"\{last: \d+ (?:months|quarters?|years?)\}", draft.window):
        lines.append("batch_size: 1 month")
    if draft.cursor and draft.window != "full":
        lines += ["# The column that every change of a row stamps.", f"cursor: {quoted(draft.cursor)}"]
    lines += ["# csv, json, ndjson or parquet.", f"format: {draft.format}"]
    return "\n".join(lines) + "\n"


def unit_text(name: str, owner: str, contact: str, objects: Iterable[str], source: Traits) -> str:
    """A unit.yaml with its comments, below the lines that name its schema."""
    return (
        f"name: {name}\n"
        f"owner: {quoted(owner)}\n"
        f"contact: {quoted(contact)}\n"
        "connections:\n"
        f"  # Airflow connections; a list of {source.title} connections is possible, the first is the usual one. The AWS\n"
        "  # connection is the unit's own: its role may write the unit's prefix and nothing else.\n"
        f"  {source.kind}: {source.kind}_default\n"
        f"  aws: aws_{name}\n"
        "destination:\n"
        '  bucket: "{{ var.value.bucket_name }}"\n'
        f"  prefix: {name}\n"
        "# What the unit may read; a reviewer sees every addition.\n"
        f"objects:{_objects(objects, source)}\n"
        "# Values for specs that do not say otherwise.\n"
        "defaults:\n"
        "  timezone: UTC\n"
    )


def _objects(names: Iterable[str], source: Traits) -> str:
    """A bare list for the kind that is meant without a word, a mapping for any other."""
    listed = f"[{', '.join(map(quoted, names))}]"
    return f" {listed}" if source.kind == _UNSAID else f"\n  {source.kind}: {listed}"


def quoted(text: str) -> str:
    """Text as YAML takes it for text, in quotes where it needs them."""
    if _PLAIN.fullmatch(text) and text.lower() not in _WORDS and not text.endswith(" "):
        return text
    return json.dumps(text, ensure_ascii=False)


def snake(name: str) -> str:
    """A name in small letters with `_`: `meter_reading` of `Meter_Reading__c`, `opportunity_line_item` of its object."""
    plain = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[^A-Za-z0-9]+", "_", name.removesuffix("__c")).lower()
    return re.sub(r"_+", "_", plain).strip("_") or "ingestion"


def _fields(draft: Draft, offers: Sequence[Offer], protection: str) -> list[str]:
    names = draft.fields
    if names is None:
        return ["# No `fields`: every field that the connection's user can read."]
    parents = " A parent's field is written Account.Name." if draft.source.kind == _UNSAID else ""
    lines = [f"# protect: hash, mask or drop.{parents}", "fields:"]
    known = {offer.name: offer for offer in offers}
    for name in names:
        field = known.get(name)
        label = f"  # {field.label}" if field and field.label and field.label != name else ""
        entry = (
            f"{{name: {quoted(name)}, protect: {protection}}}" if field and field.personal else quoted(name)
        )
        lines.append(f"  - {entry}{label}")
    return lines

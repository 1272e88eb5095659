"""ING413 to ING415: what is wrong between the environments of the group. Names there are patterns, so two units that are apart stay apart."""

import re
from collections.abc import Callable, Iterator, Sequence

from factory.model.environment import Environment
from factory.model.folder import Folder, overlapping
from factory.model.group import Group
from factory.model.placed import unit_in
from factory.model.unit import Unit
from factory.read.document import Document
from factory.rules.problem import Problem
from factory.rules.rule import Rule

_TWO = "environments:\n  prod: {{}}\n  dev: {}\n"
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")
_LONGEST_ID = 200  # as the schema takes it in a unit's file
_LONGEST_DATABASE = 255

SHARED_FOLDER = Rule(
    "ING413", "environments-share-folder", "Two environments write under one folder of a bucket.",
    "A trial in one would replace what the other has published.",
    wrong=_TWO.format("{scheduled: false}"), right=_TWO.format('{prefix: "dev/{prefix}"}'), fixed=True, example="group.yaml",
)  # fmt: skip
NAME = Rule(
    "ING414", "environment-name", "A name becomes impossible in an environment.",
    "A bucket has 3 to 63 small letters, digits, dots and hyphens, and begins and ends with a letter or digit; connections and databases have"
    " limits as well.",
    wrong=_TWO.format('{bucket: "-{bucket}"}'), right=_TWO.format('{bucket: "{bucket}-dev"}'), fixed=True, example="group.yaml",
)  # fmt: skip
NO_EFFECT = Rule(
    "ING415", "environment-without-effect", "A key of an environment changes nothing.",
    "The platform's own lake has its name from each environment's Airflow, and a part of no share is no share.",
    wrong=_TWO.format('{prefix: "dev/{prefix}", api_calls_per_day: 15000}'),
    right="org: {name: group}\n" + _TWO.format('{prefix: "dev/{prefix}", api_calls_per_day: 15000}'), example="group.yaml",
)  # fmt: skip

RULES = (SHARED_FOLDER, NAME, NO_EFFECT)


def check(group: Group, units: Sequence[Unit]) -> Iterator[Problem]:
    """What is wrong with each environment, and between them. This needs the whole tree."""
    if group.document is None:
        return
    for one in group.environments:
        yield from _names(group.document, one, units)
        yield from _without_effect(group, group.document, one, units)
    yield from _shared(group.document, group.environments, units)


def _shared(
    document: Document, environments: Sequence[Environment], units: Sequence[Unit]
) -> Iterator[Problem]:
    placed = [unit for unit in units if "destination" not in unit.broken]
    owned = [
        (folder, (one.name, unit.name, folder))
        for one in environments
        for unit in placed
        for folder in unit_in(one, unit).folders
        if folder.bucket is not None  # each environment has a lake of its own
    ]
    seen: set[frozenset[str]] = set()
    for (here, unit, folder), (there, _, _) in overlapping(owned):
        pair = frozenset((here, there))
        if here != there and pair not in seen:
            seen.add(pair)
            message = f"{here} and {there} both write to {_url(folder)}, the folder of {unit}"
            cure = f'Give one of them `bucket: "{{bucket}}-{here}"` or `prefix: "{here}/{{prefix}}"`.'
            yield SHARED_FOLDER.at(document, ("environments", here), message, cure=cure, on_key=True)


def _names(document: Document, one: Environment, units: Sequence[Unit]) -> Iterator[Problem]:
    fits: dict[str, tuple[Callable[[str], bool], str]] = {
        "bucket": (lambda name: bool(_BUCKET.fullmatch(name)), "the name of a bucket"),
        "connection": (lambda name: len(name) <= _LONGEST_ID, "the id of a connection"),
        "database": (lambda name: len(name) <= _LONGEST_DATABASE, "the name of a database"),
    }
    for key, (fit, what) in fits.items():
        found = next((name for unit in units for name in _names_of(key, one, unit) if not fit(name)), None)
        if found is not None:
            shown = found if len(found) <= _LONGEST_ID else f"{found[:60]}…"
            message = f"`{shown}` cannot be {what}"
            yield NAME.at(
                document,
                ("environments", one.name, key),
                message,
                cure="Write a pattern that fits every unit.",
            )


def _names_of(key: str, one: Environment, unit: Unit) -> tuple[str, ...]:
    """The names that a pattern makes of a unit's own."""
    here = unit_in(one, unit)
    if key == "bucket":
        named = () if one.bucket == "{bucket}" else here.all_buckets
        return tuple(name for name in named if "{{" not in name)
    return here.connections if key == "connection" else (here.database,)


def _without_effect(
    group: Group, document: Document, one: Environment, units: Sequence[Unit]
) -> Iterator[Problem]:
    said = one.said
    if "bucket" in said and all("{{" in name for unit in units for name in unit.all_buckets if name):
        yield _idle(
            document,
            one,
            "bucket",
            "every unit writes to the platform's own lake, which is another in each environment",
        )
    if "share_of_calls" in said and all(unit.calls_per_day is None for unit in units):
        yield _idle(document, one, "share_of_calls", "no unit has `api_calls_per_day`")
    if "api_calls_per_day" in said and not group.org:
        yield _idle(document, one, "api_calls_per_day", "the group has no `org`")


def _idle(document: Document, one: Environment, key: str, reason: str) -> Problem:
    place = ("environments", one.name, key)
    return NO_EFFECT.at(document, place, f"`{key}` has no effect: {reason}", cure="Delete it.", on_key=True)


def _url(folder: Folder) -> str:
    return f"s3://{folder.bucket}/{folder.prefix}/"

"""ING260, ING261: calendars of days on which nothing runs."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from factory.model.group import Group
from factory.model.ingestion import Ingestion
from factory.model.interpret import reaches_over
from factory.model.pace import followers
from factory.near import near
from factory.rules.problem import Problem
from factory.rules.rule import Rule

_GROUP = "calendars:\n  belgium: [{}]\n"
_SPEC = "object: Account\nwindow: {}\nschedule: '7 5 * * *'\ncalendar: {}\n"

NO_CALENDAR = Rule(
    "ING260", "no-calendar", "A calendar does not exist, holds a day that does not, or has nothing to skip.",
    "A misspelt calendar would skip no day, and nobody would notice.",
    wrong=_GROUP.format("2026-02-30"), right=_GROUP.format("2026-12-25"), fixed=True, example="group.yaml",
)  # fmt: skip
GAP = Rule(
    "ING261", "skipped-days-unread", "The window does not reach over the days that are skipped.",
    "An incremental run makes up for skipped ones, and a full one reads all rows; a short window would leave out for ever what the"
    " skipped run would have read.",
    wrong=_SPEC.format("{last: 1 day}", "belgium"), right="object: Account\nwindow: full\nschedule: '7 5 * * *'\n", fixed=True,
)  # fmt: skip
RULES = (NO_CALENDAR, GAP)


def check_group(group: Group) -> Iterator[Problem]:
    """Days that there are not."""
    if group.document is None:
        return
    for name, texts in group.calendar_texts.items():
        for index, text in enumerate(texts):
            try:
                date.fromisoformat(text)
            except ValueError:
                path, message = ("calendars", name, index), f"`{text}` is not a day of the calendar"
                yield NO_CALENDAR.at(group.document, path, message, cure="Correct it.")


def check(group: Group, specs: Sequence[Ingestion]) -> Iterator[Problem]:
    """What is wrong between specs and calendars; what follows a spec is as rare as it is."""
    known = {spec.dag_id: spec for spec in specs}
    led = followers(tuple(known), lambda dag_id: known[dag_id].after)
    for spec in specs:
        if "calendar" in spec.broken or "calendars" in group.broken or not spec.settings["calendar"].value:
            continue
        found = list(_of_spec(group, spec))
        yield from found
        if not found and spec.closed:
            yield from _gaps(spec, [known[dag_id] for dag_id in led[spec.dag_id]])


def _of_spec(group: Group, spec: Ingestion) -> Iterator[Problem]:
    name, place = spec.settings["calendar"].value, spec.place("calendar")
    names: Mapping[str, object] = group.calendar_texts
    if name not in names:
        cure = f"There are {', '.join(names)}." if names else "Add `calendars:` to group.yaml."
        yield NO_CALENDAR.at(*place, f"the group has no calendar `{name}`", near=near(name, names), cure=cure)
    elif spec.says("calendar") and spec.schedule is None and "schedule" not in spec.unusable:
        message = "`calendar` has no effect: there is no schedule whose days it could skip"
        cure = (
            "Delete it, or add a `schedule`."
            if not spec.after
            else "Delete it: the spec runs with what it follows."
        )
        yield NO_CALENDAR.at(*place, message, cure=cure, on_key=True)


def _gaps(spec: Ingestion, following: Sequence[Ingestion]) -> Iterator[Problem]:
    for one in (spec, *following):
        if one.window is None or reaches_over(one.window):
            continue
        lead = "by its calendar" if one is spec else f"with {spec.dag_id}"
        message = f"when a run is skipped {lead}, no later one reads what it would have read"
        cure = "Write `incremental`, `full`, or `{last: 31 days}` or longer" + (
            ", or delete `calendar`." if one is spec else "."
        )
        yield GAP.at(*one.place("window", "object"), message, cure=cure)

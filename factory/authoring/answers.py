"""Answers of people to the questions of `factory new`, each read when it is given: in their own words, or refused with a reason."""

from collections.abc import Callable, Sequence

from factory.meant.choices import choice
from factory.meant.schedules import schedule as meant_schedule
from factory.meant.windows import window as meant_window
from factory.model.schedule import ScheduleError, parse_schedule
from factory.near import near
from factory.sources.seam import Offer

Reader = Callable[[str], str]


class NotAnAnswerError(ValueError):
    """An answer that cannot be used; the text says why, and what could."""


def as_it_is(text: str) -> str:
    """Any text that says something.

    Raises:
        NotAnAnswerError: it is blank.
    """
    if not text.strip():
        raise NotAnAnswerError("write a few words")
    return text.strip()


def fields_of(offers: Sequence[Offer] | None) -> Reader:
    """The reader of a list of fields: `all`, or their names as the catalogue has them."""

    def read(text: str) -> str:
        names = [name.strip() for name in text.replace(";", ",").split(",") if name.strip()]
        if not names or [name.casefold() for name in names] in (["all"], ["*"]):
            return "all"
        known = {offer.name.casefold(): offer.name for offer in offers or ()}
        for index, name in enumerate(names):
            if not known or "." in name:
                continue
            if name.casefold() not in known:
                close = near(name, known.values())
                raise NotAnAnswerError(
                    f"there is no field {name}{f'; did you mean {close}?' if close else ''}"
                )
            names[index] = known[name.casefold()]
        return ",".join(dict.fromkeys(names))

    return read


def schedule(text: str) -> str:
    """A preset, a cron expression, or `none`; `every day at 5` is turned into one.

    Raises:
        NotAnAnswerError: it is no schedule.
    """
    try:
        return parse_schedule(text.strip()).text
    except ScheduleError as error:
        meant = meant_schedule(text)
        if meant is None:
            raise NotAnAnswerError(str(error)) from None
        return meant.text or "none"


def window(text: str) -> str:
    """A window as a spec writes it, in one line.

    Raises:
        NotAnAnswerError: it is no window.
    """
    found = meant_window(text)
    if found is None:
        raise NotAnAnswerError(
            f"{text} is not a window; write full, incremental, last month or a length such as 6 months"
        )
    return found


def one_of(key: str, choices: Sequence[str]) -> Reader:
    """The reader of a value that is one of several."""

    def read(text: str) -> str:
        found = choice(key, text, choices)
        if found is None:
            raise NotAnAnswerError(f"{text} is none of {', '.join(choices)}")
        return found[0]

    return read

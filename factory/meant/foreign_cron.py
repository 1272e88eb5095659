"""Cron expressions of other schedulers: Quartz, AWS, Jenkins, calendars; and with names that cron does not know."""

import re

from factory.meant.days import month_number
from factory.meant.weekdays import weekday

_AWS = re.compile(r"cron\((.+)\)")
_MINUTE = "17"  # for Jenkins' `H`, which stands for any
_RULE_DAYS = {"mo": "1", "tu": "2", "we": "3", "th": "4", "fr": "5", "sa": "6", "su": "0"}


def fields(word: str) -> tuple[str, str] | None:
    """The five fields that an expression means, and what else is to be said; None where the text is none."""
    if word.startswith(("freq=", "rrule:")):
        return _of_calendar(word.removeprefix("rrule:"))
    is_aws = _AWS.fullmatch(word)
    parts = (is_aws[1] if is_aws else word).upper().split()
    if not 4 <= len(parts) <= 7 or not all(_is_field(one) for one in parts):
        return None
    if not any(one[0].isdigit() or one[0] in "*H" for one in parts[:2]):
        return None
    because = ""
    if len(parts) == 4:
        parts.append("*")
    if len(parts) > 5:
        if "?" not in parts and not _has_year(parts) and len(parts) == 6 and parts[5] == "*":
            because = f"If it begins with minutes, write `{' '.join(parts[:5])}`."
        parts = parts[:5] if _has_year(parts) else parts[1:6]
        # their weeks begin with Sunday as 1
        parts[4] = re.sub(r"(?<![#/\d])[1-7](?!\d)", lambda one: str(int(one[0]) - 1), parts[4])
    return " ".join(_plain(parts)), because


def _is_field(text: str) -> bool:
    if not re.fullmatch(r"[\d*/,\-#A-Z?]+", text):
        return False
    return all(
        one in ("L", "W", "LW", "H") or weekday(one) is not None or month_number(one)
        for one in re.findall(r"[A-Z]+", text)
    )


def _has_year(parts: list[str]) -> bool:
    """Whether six fields end with a year, as those of AWS do, instead of beginning with seconds, as those of Quartz."""
    if len(parts) != 6:
        return False
    return "?" in (parts[2], parts[4]) or ("?" not in parts and bool(re.fullmatch(r"(19|20)\d{2}", parts[5])))


def _plain(parts: list[str]) -> list[str]:
    minute, hour, day, month, week = [
        "*" if one == "?" else re.sub(r",{2,}", ",", one).strip(",") for one in parts
    ]
    minute = _MINUTE if minute == "H" else re.sub(r"^H/", "*/", minute)
    hour = {"24": "0", "H": "5"}.get(hour, re.sub(r"^H/", "*/", hour))
    month = re.sub(r"[A-Z]{4,}", lambda one: str(month_number(one[0]) or one[0]), month)
    week = re.sub(
        r"[A-Z]{2,}",
        lambda one: one[0] if re.fullmatch("SUN|MON|TUE|WED|THU|FRI|SAT", one[0]) else _week_number(one[0]),
        week,
    )
    week = re.sub(r"^([0-7])L$", r"L\1", week)
    return ["0" if minute == "60" else minute, hour, day, month, week]


def _week_number(name: str) -> str:
    number = weekday(name)
    return name if number is None else str(number)


def _of_calendar(word: str) -> tuple[str, str] | None:
    """A rule of iCalendar, such as `FREQ=DAILY;BYHOUR=5`."""
    rule = dict(part.split("=", 1) for part in word.split(";") if "=" in part)
    if set(rule) - {"freq", "byhour", "byminute", "bysecond", "byday", "bymonthday"}:
        return None
    if not all(one in _RULE_DAYS for one in rule.get("byday", "mo").split(",")):
        return None
    days = ",".join(_RULE_DAYS[one] for one in rule["byday"].split(",")) if "byday" in rule else "*"
    minute, hour, date = rule.get("byminute", "0"), rule.get("byhour", "0"), rule.get("bymonthday", "*")
    match rule.get("freq"):
        case "hourly":
            return f"{minute} * * * *", ""
        case "daily":
            return f"{minute} {hour} * * {days}", ""
        case "weekly":
            return f"{minute} {hour} * * {days if days != '*' else '0'}", ""
        case "monthly":
            return f"{minute} {hour} {date if date != '*' else '1'} * *", ""
    return None

"""Every form in which problems are reported, by its name on the command line."""

from collections.abc import Callable

from factory.report.concise import concise
from factory.report.findings import Findings
from factory.report.full import full
from factory.report.junit import junit
from factory.report.machine import as_json, sarif
from factory.report.review import codecommit, github

FORMATS: dict[str, Callable[[Findings], str]] = {
    "full": full,
    "concise": concise,
    "json": as_json,
    "junit": junit,
    "sarif": sarif,
    "github": github,
    "codecommit": codecommit,
}

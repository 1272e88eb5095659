"""Every form in which problems are reported, by its name on the command line."""

from collections.abc import Callable

from factory.report.concise import concise
from factory.report.findings import Findings
from factory.report.full import full

FORMATS: dict[str, Callable[[Findings], str]] = {"full": full, "concise": concise}

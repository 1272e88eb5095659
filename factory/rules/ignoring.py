"""ING9xx: what is done to the rules themselves."""

from collections.abc import Iterator

from factory.model.unit import Unit
from factory.near import near
from factory.rules.example import UNIT
from factory.rules.problem import Problem, Severity
from factory.rules.rule import Rule

_STILL = 'object: Account\nschedule: "5 4 * * *"\nwindow: {{from: 2026-01-01, before: 2026-07-01}}  # factory: ignore[ING217]{}\n'

NO_REASON = Rule(
    "ING901", "ignored-without-reason", "A rule is ignored without a reason.",
    "Whoever reads the file next year must see why the rule did not hold here.",
    wrong=_STILL.format(""),
    right=_STILL.format(" late corrections arrive until October"), fixed=True,
)  # fmt: skip
UNUSED = Rule(
    "ING902", "ignored-in-vain", "A rule is ignored on a line that does not break it.",
    "The comment would hide the next problem on the line, which nobody has looked at.",
    wrong="object: Account\nwindow: full  # factory: ignore[ING217] the auditors ask for it\n",
    right="object: Account\nwindow: full\n", severity=Severity.WARNING,
)  # fmt: skip
NOT_CHANGEABLE = Rule(
    "ING903", "rule-not-changeable", "A rule is ignored or changed that cannot be, or that does not exist.",
    "Such a rule guards other units, or the compiler itself.",
    wrong=UNIT + 'rules: {ING404: "off"}\n', right=UNIT + 'rules: {ING217: "off"}\n', fixed=True, example="unit.yaml",
)  # fmt: skip

RULES = (NO_REASON, UNUSED, NOT_CHANGEABLE)


def check_unit(unit: Unit, known: dict[str, Rule]) -> Iterator[Problem]:
    """Severities that a unit cannot set."""
    for rule in unit.severities:
        if rule not in known or known[rule].fixed:
            what = "cannot be changed" if rule in known else "does not exist"
            meant = "" if rule in known else near(rule, known)
            yield NOT_CHANGEABLE.at(
                unit.document, ("rules", rule), f"the rule {rule} {what}", near=meant, cure="Delete the line.", on_key=True,
            )  # fmt: skip

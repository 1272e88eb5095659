"""ING0xx: what YAML itself gets wrong, or reads otherwise than it looks."""

from factory.rules.problem import Severity
from factory.rules.rule import Rule

_RIGHT = """\
object: Account
window: full
schedule: "0 5 * * *"
"""

SYNTAX = Rule(
    "ING001", "yaml-syntax", "The file is not YAML.",
    "Nothing in the file can be read before its YAML is correct. Usually a quote or a space after a colon is missing,"
    " or the indentation is wrong.",
    wrong='object: Account\nwindow: full\ndescription: "accounts of the group\n', right=_RIGHT, fixed=True,
)  # fmt: skip
TAB = Rule(
    "ING002", "tab", "A tab indents a line.",
    "YAML forbids tabs in indentation, since editors show them in different widths.",
    wrong="object: Account\nwindow:\n\tlast: 6 months\n",
    right='object: Account\nwindow:\n  last: 6 months\nschedule: "0 5 * * *"\n', fixed=True,
)  # fmt: skip
ENCODING = Rule(
    "ING003", "encoding", "The file has a byte-order mark, or is not UTF-8.",
    "Some readers take the mark for a part of the first key. Windows editors write it; save as UTF-8 without it.",
    wrong="\ufeff" + _RIGHT, right=_RIGHT, fixed=True,
)  # fmt: skip
DUPLICATE_KEY = Rule(
    "ING004", "duplicate-key", "One mapping has the same key twice.",
    "Most YAML readers keep the last value silently, so one of the two lines has no effect.",
    wrong="object: Account\nwindow: full\nformat: csv\nformat: parquet\n", right=_RIGHT, fixed=True,
)  # fmt: skip
AMBIGUOUS = Rule(
    "ING005", "ambiguous-value", "YAML readers disagree on what the value is.",
    "YAML 1.1 takes NO as false, 12:30 as 750 and 010 as 8; YAML 1.2 does not. Quotes make it text for everyone.",
    wrong="object: Account\nwindow: full\nowner: NO\n", right='object: Account\nwindow: full\nowner: "NO"\n',
)  # fmt: skip
ALIAS = Rule(
    "ING006", "alias-or-tag", "An anchor, an alias or a tag is used.",
    "Aliases can make a small file expand to gigabytes, and tags can name code. Shared values belong in `defaults` of"
    " unit.yaml or group.yaml.",
    wrong="object: Account\nwindow: full\nowner: &me Ann\ndescription: *me\n", right=_RIGHT, fixed=True,
)  # fmt: skip
UNQUOTED_CRON = Rule(
    "ING007", "unquoted-cron", "A cron expression begins with `*` and has no quotes.",
    "In YAML a leading `*` begins an alias.",
    wrong="object: Account\nwindow: full\nschedule: */5 * * * *\n", right=_RIGHT, fixed=True,
)  # fmt: skip
STRUCTURE = Rule(
    "ING008", "not-one-mapping", "The file is not one mapping of keys to values.",
    "A file holds one YAML document with `key: value` lines.",
    wrong="- object: Account\n- window: full\n", right=_RIGHT, fixed=True,
)  # fmt: skip
CUT = Rule(
    "ING009", "cut-by-comment", "A `#` cuts a text short.",
    "Behind a space, `#` begins a comment, so the rest of the text is lost without a word.",
    wrong="object: Account\nwindow: full\ndescription: Deal #1 of the group\n",
    right='object: Account\nwindow: full\ndescription: "Deal #1 of the group"\n', severity=Severity.WARNING,
)  # fmt: skip

RULES = (SYNTAX, TAB, ENCODING, DUPLICATE_KEY, AMBIGUOUS, ALIAS, UNQUOTED_CRON, STRUCTURE, CUT)

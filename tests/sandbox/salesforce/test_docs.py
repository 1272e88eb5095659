"""The documentation names what there is."""

import re
from pathlib import Path

from sandbox.salesforce.api.admin import VERBS
from sandbox.salesforce.faults import KINDS
from sandbox.salesforce.tell import SIGHTS
from sandbox.salesforce.tell import VERBS as TOLD

TEXT = (Path(__file__).parents[3] / "docs" / "sandbox.md").read_text(encoding="utf-8")


def test_every_fault_is_documented_as_it_describes_itself() -> None:
    table = TEXT.partition("<!-- faults -->")[2].partition("<!-- end -->")[0]
    assert dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", table, re.MULTILINE)) == {
        name: kind.summary for name, kind in KINDS.items()
    }


def test_every_verb_is_documented_and_on_the_command_line() -> None:
    assert set(TOLD) == set(VERBS)
    for verb in (*TOLD, *SIGHTS):
        assert f"`{verb}`" in TEXT, verb

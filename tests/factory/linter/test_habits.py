"""Values as analysts write them, in their own words, languages and tools: what lint says of each, and that its fixes work.

`mistakes/habits.txt` holds the lines, several hundred of them; each becomes a spec of one tree, which is linted once. `pytest --regen`
writes `mistakes/habits_said.txt` anew.
"""

import json
import re
from pathlib import Path

from tests.factory.conftest import CASES as TREES
from tests.factory.linter.test_mistakes import FOLDER, UNREADABLE, alone  # noqa: F401 - a fixture

USUAL = {
    "object": "object: Opportunity",
    "fields": "fields: [Id, Name, Amount, CloseDate, StageName]",
    "schedule": 'schedule: "0 5 * * *"',
    "window": "window: full",
    "format": "format: csv",
}
CASES = (FOLDER / "habits.txt").read_text(encoding="utf-8").rstrip("\n").split("\n---\n")
NOT_OF_THE_CASE = ("ING401", "ING404", "ING408", "ING501", "ING502", "ING503")


def spec_of(case: str) -> str:
    """The case's lines, with the usual ones before them for the keys that it leaves out."""
    own = {line.split(":")[0] for line in case.splitlines() if not line.startswith((" ", "\t"))}
    return "\n".join([*(line for key, line in USUAL.items() if key not in own), case]) + "\n"


def problems(tree: Path, run, *options: str) -> dict[str, list[dict]]:
    said = json.loads(run(tree, "lint", "configs/finance", "--format", "json", *options).stdout)["problems"]
    by_file: dict[str, list[dict]] = {}
    for one in said:
        if one["rule"] not in NOT_OF_THE_CASE:
            by_file.setdefault(Path(one["path"]).stem, []).append(one)
    return by_file


def test_each_is_told_and_its_fix_works(alone, run, golden):  # noqa: F811
    for number, case in enumerate(CASES):
        (alone / f"configs/finance/c{number:03}.yaml").write_text(spec_of(case), encoding="utf-8")
    before = problems(alone, run)
    told = []
    for number, case in enumerate(CASES):
        told.append(f">>> {case}")
        for one in before.get(f"c{number:03}", ()):
            write = f" => {one['instead']}" if one["instead"] else ""
            told.append(f"  {one['rule']} {one['message']}{write} | {one['cure']}".rstrip(" |"))
    golden(FOLDER / "habits_said.txt", "\n".join(told) + "\n")

    after = problems(alone, run, "--unsafe-fixes")
    useless = {}
    for number, case in enumerate(CASES):
        known = {(one["rule"], one["message"]): one["instead"] for one in before.get(f"c{number:03}", ())}
        left = {(one["rule"], one["message"]) for one in after.get(f"c{number:03}", ())}
        fresh = [
            (rule, text)
            for rule, text in left - set(known)
            if rule.startswith(("ING0", "ING1")) or rule in UNREADABLE
        ]
        if fresh or any(known.get(one) for one in left):
            useless[case] = sorted(left)
    assert useless == {}


def test_no_cure_writes_a_word_of_version_1():
    """`to` ends a window in version 1 only; `before` and `through` do in every version, so cures, notes and examples say these."""
    told = [FOLDER / "messages.txt", FOLDER / "habits_said.txt", *(TREES / "invalid").glob("*/expected.txt")]
    cures = [
        line
        for file in told
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.startswith("   =") or " => " in line
    ]
    assert len(cures) > 200
    assert [line for line in cures if re.search(r"\bto: \S", line.rpartition(" => ")[2])] == []

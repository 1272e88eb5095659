"""What the schema refuses because of another key, lint refuses too; and no good file is refused."""

import re

from jsonschema import Draft7Validator

from factory.read.composer import Composer
from factory.read.file_text import SourceText
from factory.vocabulary.schemas import schema
from tests.factory.conftest import REPOSITORY

CASES = REPOSITORY / "tests/cases"
BASE = "object: Opportunity\nfields: [Id, IsDeleted, SystemModstamp]\nschedule: null\n"
BILLS = "source: postgresql\nobject: billing.invoice\nschedule: null\n"
WRONG = {
    "cursor": BASE + "window: full\ncursor: CreatedDate\n",
    "overlap": BASE + "window: {last: 2 days}\noverlap: 1 hour\n",
    "refresh": BASE + "window: {last: 2 days}\nrefresh: weekly\n",
    "await_commits": BASE + "window: full\nawait_commits: true\n",
    "batch_size": BASE + "window: full\nbatch_size: 1 month\n",
    "fields": BILLS + "window: full\nquery: SELECT id FROM billing.invoice\nfields: [id]\n",
    "filter": BILLS + "window: full\nquery: SELECT id FROM billing.invoice\nfilter: id > 3\n",
    "compare_ids": BILLS + "window: full\nquery: SELECT id FROM billing.invoice\ncompare_ids: 7 days\n",
    "window": "object: Account\nquery: SELECT Id FROM Account\nwindow: {last: 2 days}\n",
    "table": BASE + "window: full\nformat: csv\ntable: true\n",
    "compression": BASE + "window: full\nformat: csv\ncompression: snappy\n",
    "csv": BASE + "window: full\nformat: parquet\ncsv: {bom: true}\n",
    "after": BASE.replace("null", '"@daily"') + "window: full\nafter: finance.neighbour\n",
    "start": BASE + "window: {last: 2 days}\nstart: 2026-01-01\n",
    "partition_by": BASE + "window: full\nfile_name: all.csv\npartition_by: Id\n",
    "before": BASE + "window: {before: LAST_MONTH}\n",
    "through": BASE + "window: {through: 2026-01-01T06:00:00Z}\n",
    "to": BASE + "window: {from: 2025-01-01, before: 2026-01-01, to: 2026-01-01}\n",
    "min_rows": BASE + "window: full\nexpect: {min_rows: 0}\n",
    "max_drop": BASE + "window: full\nexpect: {max_drop: 1}\n",
    "compact": BASE + "window: full\nformat: parquet\ntable: {compact: 7 days}\n",
    "as": BASE.replace("IsDeleted", "{name: Name, protect: drop, as: n}") + "window: full\n",
    "zero": BASE + "window: {last: 2 months}\nbatch_size: 0 days\n",
    "api": BILLS + "window: full\nfields: [id]\napi: rest\n",
    "include_deleted": BILLS + "window: full\nfields: [id]\ninclude_deleted: true\n",
    "read_by": BASE + "window: full\nread_by: export\n",
    "one_snapshot": BASE + "window: {last: 2 months}\nbatch_size: 1 month\none_snapshot: true\n",
}


def faults(path):
    """Where a file departs from the schema that editors have."""
    kind = path.stem if path.stem in ("unit", "group") else "ingestion"
    document = Composer(SourceText(path.name, path.read_text("utf-8-sig", errors="replace"))).compose()
    return {
        ".".join(map(str, one.absolute_path))
        for one in Draft7Validator(schema(kind)).iter_errors(document.data)
    }


def test_what_editors_underline_lint_refuses(tree, run):
    for name, text in WRONG.items():
        (tree / f"configs/finance/wrong_{name}.yaml").write_text(text)
    told = run(tree, "lint", "--format", "concise", "configs").output
    refused = {one for one in WRONG if re.search(rf"wrong_{one}\.yaml:\d+:\d+: error", told)}
    underlined = {one for one in WRONG if faults(tree / f"configs/finance/wrong_{one}.yaml")}
    assert (refused, underlined) == (set(WRONG), set(WRONG))


def test_no_good_file_is_underlined():
    files = [*CASES.glob("valid/**/configs/*/*.yaml"), *(REPOSITORY / "configs").glob("*/*.yaml")]
    found = {path.relative_to(REPOSITORY).as_posix(): faults(path) for path in files}
    assert {path: found[path] for path in found if found[path]} == {}


def test_which_rules_no_schema_says(golden):
    """Of each case that lint refuses and the schema does not, the rules: they need a catalogue, another file, a calendar or a parser."""
    rules = set()
    for case in sorted((CASES / "invalid").iterdir()):
        expected = (case / "expected.txt").read_text(encoding="utf-8")
        files = [path for path in case.rglob("*.yaml") if "error[" in expected]
        if files and not any(faults(path) for path in files):
            rules |= set(re.findall(r"error\[(ING\d+)\]", expected))
    golden(REPOSITORY / "tests/factory/vocabulary/only_lint.txt", "\n".join(sorted(rules)) + "\n")

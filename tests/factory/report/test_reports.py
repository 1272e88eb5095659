"""The forms in which problems are reported, each read back by what it is made for."""

import json
import re
from pathlib import Path
from xml.etree.ElementTree import fromstring

import botocore.session
import pytest

from factory.linter.all_rules import RULES

BROKEN = (
    "object: Accont\nwindow: full\nformat: parqet\ndescription: '50% of them, \"quoted\" & <angled>: yes'\n"
)
STILL = 'object: Account\nwindow: {from: 2026-01-01, to: 2026-07-01}\nschedule: "5 4 * * *"\n'


@pytest.fixture
def broken(tree: Path) -> Path:
    (tree / "configs/finance/broken.yaml").write_text(BROKEN)
    (tree / "configs/finance/still.yaml").write_text(STILL)
    return tree


def test_json_tells_each_problem_with_its_place(broken, run):
    report = json.loads(run(broken, "lint", "--format", "json").output)
    first, *_ = [one for one in report["problems"] if one["rule"] == "ING104"]
    assert (first["path"], first["line"], first["column"], first["end_column"]) == (
        "configs/finance/broken.yaml",
        3,
        9,
        15,
    )
    assert (first["near"], first["key"], first["severity"]) == ("parquet", "$.format", "error")
    assert report["files"] == 6


def test_concise_is_one_line_a_problem(broken, run):
    lines = run(broken, "lint", "--format", "concise").output.splitlines()
    assert len(lines) == len(json.loads(run(broken, "lint", "--format", "json").output)["problems"])
    assert all(re.match(r"configs/\S+:\d+:\d+: (error|warning)\[ING\d{3}\] ", line) for line in lines)


def test_junit_has_a_case_for_each_file_and_only_errors_fail(broken, run):
    root = fromstring(run(broken, "lint", "--format", "junit").output)
    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert len(cases) == 6
    assert root.get("failures") == "1"
    assert cases["configs/finance/broken.yaml"].find("failure") is not None
    assert cases["configs/finance/still.yaml"].find("failure") is None
    assert "ING217" in (cases["configs/finance/still.yaml"].findtext("system-out") or "")


def test_sarif_names_its_rules_and_regions(broken, run):
    (sarif,) = json.loads(run(broken, "lint", "--format", "sarif").output)["runs"]
    known = {rule["id"] for rule in sarif["tool"]["driver"]["rules"]}
    assert {result["ruleId"] for result in sarif["results"]} == known
    assert known <= set(RULES)
    region = sarif["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region["startLine"] >= 1
    assert region["endColumn"] >= region["startColumn"]


def test_github_escapes_what_would_end_a_command(broken, run):
    lines = run(broken, "lint", "--format", "github").output.splitlines()
    assert any(line.startswith("::error file=configs/finance/broken.yaml,line=3,") for line in lines)
    assert any(line.startswith("::warning ") for line in lines)
    assert all(re.fullmatch(r"::(error|warning) [^:]+::[^\n]+", line) for line in lines)


def test_codecommit_comments_are_what_the_service_takes(broken, run):
    comments = json.loads(run(broken, "lint", "--format", "codecommit").output)
    shape = (
        botocore.session.get_session()
        .get_service_model("codecommit")
        .operation_model("PostCommentForPullRequest")
        .input_shape
    )
    for comment in comments:
        assert set(comment) <= set(shape.members)
        assert set(comment["location"]) == set(shape.members["location"].members)
        assert (
            comment["location"]["relativeFileVersion"]
            in shape.members["location"].members["relativeFileVersion"].enum
        )
    again = json.loads(run(broken, "lint", "--format", "codecommit").output)
    assert [one["clientRequestToken"] for one in comments] == [one["clientRequestToken"] for one in again]


def test_a_file_alone_tells_what_the_tree_tells_of_it(broken, run):
    whole = json.loads(run(broken, "lint", "--format", "json").output)["problems"]
    alone = json.loads(run(broken, "lint", "configs/finance/broken.yaml", "--format", "json").output)[
        "problems"
    ]
    assert alone == [one for one in whole if one["path"] == "configs/finance/broken.yaml"]


def test_a_misspelt_schedule_is_told_once(tree, run):
    (tree / "configs/finance/one.yaml").write_text(
        'object: Account\nwindow: incremental\nstart: "2026-01-01"\nschedul: "5 5 * * *"\n'
    )
    problems = json.loads(run(tree, "lint", "--format", "json").output)["problems"]
    assert [(one["rule"], one["near"]) for one in problems] == [("ING101", "schedule")]


def test_a_bad_default_is_told_once_where_it_stands(tree, run):
    unit = tree / "configs/finance/unit.yaml"
    unit.write_text(unit.read_text() + "defaults: {timezone: Europe/Bruxelles}\n")
    (tree / "configs/finance/second.yaml").write_text("object: Account\nwindow: full\n")
    problems = json.loads(run(tree, "lint", "--format", "json").output)["problems"]
    assert [(one["rule"], one["path"], one["instead"]) for one in problems] == [
        ("ING202", "configs/finance/unit.yaml", "Europe/Brussels")
    ]


def test_a_unit_sets_the_severity_of_a_rule(broken, run):
    unit = broken / "configs/finance/unit.yaml"
    before = unit.read_text()
    for severity, expected in (("error", ["error"]), ("warning", ["warning"]), ("off", [])):
        unit.write_text(f'{before}rules: {{ING217: "{severity}"}}\n')
        problems = json.loads(run(broken, "lint", "--format", "json").output)["problems"]
        assert [one["severity"] for one in problems if one["rule"] == "ING217"] == expected


@pytest.mark.parametrize("where", ["same line", "line above"])
def test_a_comment_with_a_reason_ignores_a_rule(tree, run, where):
    window = "window: {from: 2026-01-01, to: 2026-07-01}"
    comment = "# factory: ignore[ING217] late corrections"
    lines = f"{window}  {comment}" if where == "same line" else f"{comment}\n{window}"
    (tree / "configs/finance/still.yaml").write_text(f'object: Account\nschedule: "5 4 * * *"\n{lines}\n')
    assert "no problems" in run(tree, "lint").output


def test_a_comment_inside_a_text_ignores_nothing(tree, run):
    text = 'object: Account\nschedule: "5 4 * * *"\nwindow: {from: 2026-01-01, to: 2026-07-01}\ndescription: |\n  # factory: ignore[ING217] no\n'
    (tree / "configs/finance/still.yaml").write_text(text)
    assert "ING217" in run(tree, "lint").output


def test_explain_lists_and_teaches(tree, run):
    assert len(run(tree, "explain").output.splitlines()) == len(RULES)
    lesson = run(tree, "explain", "no-window").output
    assert "ING210" in lesson
    assert "Wrong (example.yaml):" in lesson
    assert "Right (example.yaml):" in lesson


def test_paths_may_be_given_from_inside_the_tree(tree, run):
    (tree / "configs/finance/one.yaml").write_text("object: Account\nwindw: full\n")
    result = run(tree / "configs/finance", "lint", "one.yaml", "--format", "concise")
    assert result.exit_code == 1
    assert f"{tree}/configs/finance/one.yaml:2:1: error[ING101]" in result.output
    assert run(tree / "configs/finance", "show", "neighbour.yaml").exit_code == 0


def test_a_misspelt_object_is_told_once(tree, run):
    (tree / "configs/finance/one.yaml").write_text("object: Oportunity\nwindow: full\n")
    problems = json.loads(run(tree, "lint", "--format", "json").output)["problems"]
    assert [(one["rule"], one["near"]) for one in problems] == [("ING404", "Opportunity")]


def test_a_query_of_a_misspelt_object_is_told_once(tree, run):
    (tree / "configs/finance/one.yaml").write_text("object: Opportunity\nquery: SELECT Id FROM Oportunity\n")
    problems = json.loads(run(tree, "lint", "--format", "json").output)["problems"]
    assert [(one["rule"], one["near"]) for one in problems] == [("ING302", "Opportunity")]

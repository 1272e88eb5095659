"""Whatever stands in a file: no traceback, positions inside the file; whatever is well-formed compiles."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lake_ingest.sources.salesforce.soql.reader import read_query
from lake_ingest.sources.salesforce.soql.refusal import SoqlError

from factory.authoring.layout import NotYamlError, layout
from factory.compile.output import render
from factory.linter.checks import lint
from factory.read.file_text import LINE_BREAK, SourceText
from factory.report.findings import Findings
from factory.report.formats import FORMATS
from factory.tree.workspace import load
from factory.vocabulary.schemas import schema
from tests.factory.conftest import REPOSITORY
from tests.factory.linter.strategies import as_yaml, good_specs, spoilt

GOOD = [
    path.read_text(encoding="utf-8")
    for path in sorted((REPOSITORY / "configs").glob("*/*.yaml"))
    if path.name != "unit.yaml"
]
UNITS = [path.read_text(encoding="utf-8") for path in sorted((REPOSITORY / "configs").glob("*/unit.yaml"))]
GROUPS = [(REPOSITORY / "configs/group.yaml").read_text(encoding="utf-8")]
FUZZ = settings(
    max_examples=200, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None
)
ORDER = list(schema("ingestion")["properties"])


@pytest.fixture(scope="module")
def configs(shared_tree: Path) -> Path:
    """One tree for all examples; each writes its own file anew."""
    return shared_tree / "configs"


def places_are_inside(configs: Path, path: Path, text: str) -> None:
    lines = LINE_BREAK.split(text.removeprefix("\ufeff"))
    workspace = load(configs)
    problems = lint(workspace)
    for report in FORMATS.values():
        report(Findings(problems, workspace.documents))
    for problem in problems:
        span = problem.span
        assert problem.message
        if Path(problem.path) == path:
            assert 1 <= span.line <= span.end_line <= len(lines), problem
            assert 1 <= span.column <= len(lines[span.line - 1]) + 1, problem
            assert 1 <= span.end_column <= len(lines[span.end_line - 1]) + 1, problem
            assert (span.line, span.column) <= (span.end_line, span.end_column)


@FUZZ
@given(text=spoilt(GOOD))
def test_a_spoilt_spec_is_told_inside_its_file(configs, text):
    path = configs / "finance/spoilt.yaml"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        places_are_inside(configs, path, text)
    finally:
        path.unlink()


@FUZZ
@given(text=spoilt(UNITS))
def test_a_spoilt_unit_is_told_inside_its_file(configs, text):
    path = configs / "finance/unit.yaml"
    before = path.read_bytes()
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        places_are_inside(configs, path, text)
    finally:
        path.write_bytes(before)


@FUZZ
@given(text=spoilt(GROUPS))
def test_a_spoilt_group_is_told_inside_its_file(configs, text):
    path = configs / "group.yaml"
    before = path.read_bytes()
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        places_are_inside(configs, path, text)
    finally:
        path.write_bytes(before)


@FUZZ
@given(raw=st.binary(max_size=80))
def test_any_bytes_are_told(configs, raw):
    path = configs / "finance/bytes.yaml"
    path.write_bytes(raw)
    try:
        assert any(Path(problem.path) == path for problem in lint(load(configs)))
    finally:
        path.unlink()


@FUZZ
@given(
    text=spoilt(
        [
            "SELECT Id, (SELECT Id FROM Kids) FROM A WHERE x >= LAST_N_DAYS:5 AND NOT y IN ('a', 'b') ORDER BY z LIMIT 3"
        ]
    )
)
def test_a_spoilt_query_is_read_or_refused_inside_its_text(text):
    refused = None
    try:
        read_query(text)
    except SoqlError as error:
        refused = error
    assert refused is None or 0 <= refused.start <= refused.end <= len(text) + 1


@settings(FUZZ, max_examples=60)
@given(spec=good_specs())
def test_what_breaks_no_rule_compiles(configs, spec):
    path = configs / "finance/good.yaml"
    path.write_text(as_yaml(spec), encoding="utf-8")
    try:
        workspace = load(configs)
        assert lint(workspace) == []
        files = render(workspace.specs)
        assert json.loads(files["finance/good.json"])
    finally:
        path.unlink()


@FUZZ
@given(text=spoilt(GOOD))
def test_laying_out_keeps_values_and_comments_and_is_done_once(text):
    try:
        once = layout(SourceText("a.yaml", text.removeprefix("\ufeff")), ORDER)
    except NotYamlError:
        return
    assert layout(SourceText("a.yaml", once), ORDER) == once
    assert sorted(line.strip() for line in once.splitlines() if line.strip().startswith("#")) == sorted(
        line.strip() for line in text.removeprefix("\ufeff").splitlines() if line.strip().startswith("#")
    )

"""`factory schema`: what editors offer of a unit's objects and fields; the real YAML language server on what it writes."""

import shutil

import pytest
from typer.testing import CliRunner

from factory.cli import app
from tests.factory.conftest import REPOSITORY
from tests.factory.vocabulary.language_client import Editor


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    """The samples, with a schema for each unit, and each spec linked to it."""
    root = tmp_path_factory.mktemp("tree") / "configs"
    shutil.copytree(REPOSITORY / "configs", root)
    done = CliRunner().invoke(app, ["schema", str(root), "--link"])
    assert done.exit_code == 0, done.output
    return root


@pytest.fixture(scope="module")
def editor(tmp_path_factory):
    with Editor(tmp_path_factory.mktemp("editor")) as session:
        yield session


def opened(editor, tree, unit, name, body):
    return editor.open(f"{name}.yaml", f"# yaml-language-server: $schema={tree}/_schema/{unit}.json\n{body}")


@pytest.mark.parametrize(
    ("unit", "body", "line", "character", "offered", "not_offered"),
    [
        ("finance", "object: \n", 1, 8, {"Opportunity", "Product2"}, {"Account", "Case"}),
        ("finance", "object: Opportunity\nfields:\n  - Id\n  - \n", 4, 4, {"Amount", "StageName"}, {"Family"}),
        ("finance", "object: Product2\nfields:\n  - name: \n", 3, 10, {"Family"}, {"StageName"}),
        ("finance", "object: Opportunity\npartition_by: \n", 2, 14, {"StageName"}, {"Family"}),
        ("billing", "source: postgresql\nobject: \n", 2, 8, {"billing.invoice", "billing.payment"}, {"Opportunity"}),
        ("billing", "source: postgresql\nobject: billing.invoice\ncursor: \n", 3, 8, {"updated_at"}, {"iban"}),
    ],
)  # fmt: skip
def test_objects_and_fields_are_offered(editor, tree, unit, body, line, character, offered, not_offered):
    uri = opened(editor, tree, unit, f"offer_{abs(hash(body))}", body)
    found = set(editor.completions(uri, line, character))
    assert offered <= found
    assert not not_offered & found


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("object: Account\n", 1),
        ("object: Opportunity\nfields: [Id, Amout]\n", 2),
        ("object: Opportunity\nfields: {all: true, except: [Amout]}\n", 2),
    ],
)
def test_what_lint_refuses_is_underlined(editor, tree, body, line):
    uri = opened(editor, tree, "finance", f"bad_{abs(hash(body))}", body)
    assert line in {one["range"]["start"]["line"] for one in editor.diagnostics(uri)}


def test_every_sample_is_clean_in_its_editor_and_for_lint(editor, tree):
    for path in sorted(tree.glob("[!_]*/*.yaml")):
        if path.name != "unit.yaml":
            first, _, rest = path.read_text("utf-8").partition("\n")
            assert first == f"# yaml-language-server: $schema=../_schema/{path.parent.name}.json"
            uri = opened(editor, tree, path.parent.name, f"{path.parent.name}_{path.stem}", rest)
            assert editor.diagnostics(uri) == [], path
    assert CliRunner().invoke(app, ["lint", str(tree)]).exit_code == 0


def test_a_check_says_what_is_out_of_date(tree):
    assert CliRunner().invoke(app, ["schema", str(tree), "--link", "--check"]).exit_code == 0
    (tree / "_schema/finance.json").write_text("{}\n")
    done = CliRunner().invoke(app, ["schema", str(tree), "--check"])
    assert (done.exit_code, done.output.splitlines()[0]) == (1, f"{tree}/_schema/finance.json would change")
    assert CliRunner().invoke(app, ["schema", str(tree)]).exit_code == 0

"""What the shell offers at TAB."""

import pytest
from typer.testing import CliRunner

from factory.cli import app


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("new fin", ["finance"]),
        ("new finance Opportunity --schedule @d", ["@daily"]),
        ("show finance.n", ["finance.neighbour"]),
        ("lint configs/finance/n", ["configs/finance/neighbour.yaml"]),
        ("lint --format j", ["json", "junit"]),
        ("plan --format m", ["markdown"]),
        ("explain ING50", ["ING501", "ING502", "ING503", "ING504"]),
        ("explain await_commits", ["await_commits", "await-commits-without-effect"][:1]),
        ("preview finance.neighbour --format t", ["table"]),
    ],
)
@pytest.mark.parametrize("folder", ["", "configs/finance"])
def test_tab_offers_what_there_is(typed, offered, folder, tree, monkeypatch):
    if folder and "configs/" in typed:
        pytest.skip("a path is meant from where one stands")
    monkeypatch.chdir(tree / folder)
    words = f"factory {typed}"
    env = {
        "_FACTORY_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }
    done = CliRunner().invoke(app, [], prog_name="factory", env=env)
    assert done.output.split() == offered

"""A command says the same, byte for byte, whether it reads every file or knows from before what they mean."""

import os
import pickle
import shutil
from pathlib import Path

import pytest

from factory.model.extent import Extent
from factory.tree import made_of, workspace
from tests.factory.conftest import CASES, REPOSITORY

BETWEEN_FILES = (
    "after_itself", "dataset_not_allowed", "environments_of_one_org", "no_calendar", "org_limit", "prefix_clash", "prefix_clash_of_deleted_ids",
    "same_minute", "shares_exceed_limit", "skipped_days_unread", "spec_name", "unit_prefix_clash", "unit_share", "unknown_dataset",
)  # fmt: skip


def laid(case, folder):
    """The tree of a case in a folder of its own; "" is that of the samples."""
    if not case:
        shutil.copytree(REPOSITORY / "configs", folder / "configs")
        return
    shutil.copytree(CASES / "base", folder, dirs_exist_ok=True)
    shutil.copytree(CASES / "invalid" / case, folder, dirs_exist_ok=True)


def files(folder):
    return [
        path
        for path in sorted(folder.glob("configs/[!_]*/*.yaml"))
        if path.name != "unit.yaml" and ".git" not in path.parts
    ]


@pytest.fixture
def said(run, monkeypatch):
    """What a command prints, lint of one file or one that is given, and its exit code; `read` reads every file."""

    def say(folder, path, *command, read=False):
        with monkeypatch.context() as patch:
            if read:
                patch.setenv("FACTORY_CACHE", "")
            told = run(folder, *(command or ("lint", str(path.relative_to(folder)), "--format", "full")))
        assert told.exception is None or isinstance(told.exception, SystemExit), told.exception
        return told.output, told.exit_code

    return say


@pytest.mark.parametrize("case", ["", *BETWEEN_FILES])
def test_the_same_is_said_of_a_file_whatever_is_known_of_the_others(said, tmp_path, case):
    laid(case, tmp_path)
    chosen = files(tmp_path)[:: 6 if not case else 1]
    assert chosen
    for path in chosen:
        expected = said(tmp_path, path, read=True)
        assert said(tmp_path, path) == expected
        assert said(tmp_path, path) == expected


@pytest.mark.parametrize("case", ["", *(path.name for path in sorted((CASES / "invalid").iterdir())[::9])])
def test_the_same_is_said_of_a_whole_tree(said, tmp_path, case):
    laid(case, tmp_path)
    expected = said(tmp_path, None, "lint", "configs", "--format", "full", read=True)
    assert said(tmp_path, None, "lint", "configs", "--format", "full") == expected
    assert said(tmp_path, None, "lint", "configs", "--format", "full") == expected


def test_the_same_is_compiled_and_planned(said, tmp_path):
    laid("", tmp_path)
    shutil.copytree(tmp_path / "configs", tmp_path / "former")
    path = tmp_path / "configs/finance/product.yaml"
    path.write_text(path.read_text().replace("description: ", "description: More "))
    for command in (("plan", "configs", "--against", "former"), ("render", "configs", "--out", "dags")):
        shutil.rmtree(tmp_path / "dags", ignore_errors=True)
        expected = said(tmp_path, None, *command, read=True)
        said(tmp_path, None, "lint", "configs")
        written = {file: file.read_bytes() for file in tmp_path.glob("dags/**/*.*")}
        for _ in range(2):
            shutil.rmtree(tmp_path / "dags", ignore_errors=True)
            assert said(tmp_path, None, *command) == expected
            assert {file: file.read_bytes() for file in tmp_path.glob("dags/**/*.*")} == written


def test_a_file_that_is_known_is_not_composed_again(said, tmp_path, monkeypatch):
    laid("", tmp_path)
    path, *others = files(tmp_path)
    expected = said(tmp_path, path)
    composed = []
    real = workspace.Composer
    monkeypatch.setattr(
        workspace, "Composer", lambda source: composed.append(Path(source.path).name) or real(source)
    )
    path.write_text(path.read_text() + "# changed\n")
    assert said(tmp_path, path) == expected
    assert {*composed} == {"group.yaml", "unit.yaml", path.name}
    assert others


@pytest.mark.parametrize(
    ("changed", "old", "new"),
    [
        ("configs/neighbours/other.yaml", "prefix: elsewhere", "prefix: example"),
        ("configs/neighbours/unit.yaml", "prefix: neighbours", "prefix: finance"),
        ("configs/group.yaml", "api_calls_per_day: 100000", "api_calls_per_day: 1"),
    ],
)
def test_a_change_of_what_others_mean_is_seen_at_once(said, tree, changed, old, new):
    (tree / "configs/neighbours/other.yaml").write_text(
        "object: Account\nwindow: full\nschedule: '7 5 * * *'\ndestination: {prefix: elsewhere}\n"
    )
    (tree / "configs/neighbours/example.yaml").write_text(
        "object: Account\nwindow: full\nschedule: '9 5 * * *'\ndestination: {prefix: example}\n"
    )
    path = tree / "configs/neighbours/example.yaml"
    said(tree, path)
    text = (tree / changed).read_text()
    assert old in text, text
    (tree / changed).write_text(text.replace(old, new))
    expected = said(tree, path, read=True)
    assert said(tree, path) == expected


def test_a_compiler_of_another_build_trusts_nothing_that_was_kept(tree, monkeypatch):
    group = workspace.load(tree / "configs").group
    before = made_of.sign_of_tree(tree / "configs", group)
    monkeypatch.setattr(made_of, "_program", lambda: b"another")
    assert made_of.sign_of_tree(tree / "configs", group) != before


@pytest.mark.parametrize("spoilt", [b"", b"short", pickle.dumps({"example.yaml": 1})])
def test_what_is_spoilt_is_made_anew(said, tree, tmp_path_factory, monkeypatch, spoilt):
    kept = tmp_path_factory.mktemp("kept")
    monkeypatch.setenv("FACTORY_CACHE", str(kept))
    (tree / "configs/finance/one.yaml").write_text("object: Account\nwindow: full\n")
    path = tree / "configs/finance/one.yaml"
    expected = said(tree, path)
    written = list(kept.rglob("*.kept"))
    assert written
    for file in written:
        file.write_bytes(file.read_bytes()[:32] + spoilt)
    assert said(tree, path) == expected


def test_where_nothing_can_be_kept_the_same_is_said(said, tree, monkeypatch):
    (tree / "configs/finance/one.yaml").write_text("object: Account\nwindow: full\n")
    path = tree / "configs/finance/one.yaml"
    expected = said(tree, path)
    monkeypatch.setenv("FACTORY_CACHE", os.devnull + "/nothing")
    assert said(tree, path) == expected
    monkeypatch.setenv("FACTORY_CACHE", "")
    assert said(tree, path) == expected


def test_what_is_kept_means_what_the_spec_means(tmp_path, monkeypatch, tmp_path_factory):
    laid("", tmp_path)
    monkeypatch.setenv("FACTORY_CACHE", str(tmp_path_factory.mktemp("kept")))
    root = tmp_path / "configs"
    whole = workspace.load(root)
    workspace.load(root, keep=True)
    known = workspace.load(root)
    assert whole.surprises == known.surprises
    assert [*whole.documents] == [*known.documents]
    for one, other in zip(whole.specs, known.specs, strict=True):
        assert (one.dag_id, one.folders, one.pace, one.window, one.about) == (
            other.dag_id, other.folders, other.pace, other.window, other.about,
        )  # fmt: skip
        assert Extent.of(one) == Extent.of(other)
        assert one.document.data == other.document.data
        assert one.document.places == other.document.places
        assert other.document is known.documents[other.document.path]
        assert {key: (s.value, s.layer, s.path, s.covers) for key, s in one.settings.items()} == {
            key: (s.value, s.layer, s.path, s.covers) for key, s in other.settings.items()
        }
        assert [*one.settings] == [*other.settings]

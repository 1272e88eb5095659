"""Whatever an editor completes leads to a file that lint takes: every value and snippet of the schemas, by the real language server."""

import json
import re
from collections.abc import Iterator
from typing import Any

from factory.vocabulary.schemas import schema
from tests.factory.vocabulary.language_client import Editor
from tests.factory.vocabulary.test_editors import SPEC, UNIT, editor  # noqa: F401 - a fixture

# what the rest of the spec decides, its unit, or its kind of source
OF_THE_REST = re.compile(r"ING(102|108|2(04|05|06|07|1[02-9]|2\d|3\d|4\d|5[0-3]|60|70)|3\d\d|4\d\d|5\d\d)")
OF_ANOTHER_SOURCE = ("'source: ' + ", "'object: ' + billing.invoice")
_PLACEHOLDER = re.compile(r"\$\{\d+:([^}]*)\}|\$\{\d+\|([^},|]*)[^}]*\}|\$\d+")


def plain(snippet: str) -> str:
    """A snippet as it stands when its author only presses ENTER: with its defaults."""
    text = _PLACEHOLDER.sub(lambda one: one[1] or one[2] or "", snippet)
    return re.sub(r"\\([$}\\])", r"\1", text)


def accepted(text: str, item: dict[str, Any]) -> str:
    """A text with a completion put in where it stands."""
    edit = item.get("textEdit")
    if edit is None:
        return text + plain(item.get("insertText") or item["label"])
    lines = text.split("\n")
    start, end = edit["range"]["start"], edit["range"]["end"]
    before = "\n".join([*lines[: start["line"]], lines[start["line"]][: start["character"]]])
    after = "\n".join([lines[end["line"]][end["character"] :], *lines[end["line"] + 1 :]])
    return before + plain(edit["newText"]) + after


def offered(session: Editor, head: str, typed: str, name: str) -> Iterator[tuple[str, str]]:
    """Each completion at the end of what is typed, and the file with it."""
    text = head + typed
    uri = session.open(f"{name}.yaml", text)
    line, character = text.count("\n"), len(text.rsplit("\n", 1)[-1])
    for label, item in session.completions(uri, line, character).items():
        yield f"{typed!r} + {label}", accepted(text, item)


def every_completion(session: Editor) -> Iterator[tuple[str, str]]:
    yield from offered(session, SPEC, "", "new")
    yield from offered(session, SPEC + "object: Account\nwindow: full\n", "", "key")
    for key in schema("ingestion")["properties"]:
        rest = {"object": "window: full\n", "window": "object: Account\n"}.get(
            key, "object: Account\nwindow: full\n"
        )
        yield from offered(session, SPEC + rest, f"{key}: ", f"value_{key}")
    for typed in (
        "window:\n  ", "destination:\n  ", "expect:\n  ", "fields:\n  - ", "fields:\n  - name: Phone\n    ", "fields:\n  - name: Phone\n    protect: ",
        "window:\n  last: ", "window:\n  from: ", "expect:\n  max_drop: ",
    ):  # fmt: skip
        rest = "object: Contact\n" if typed.startswith("window") else "object: Contact\nwindow: full\n"
        yield from offered(session, SPEC + rest, typed, f"inside_{abs(hash(typed))}")


def test_every_completion_of_a_spec_lints(editor, tree, run):  # noqa: F811
    (tree / "configs/finance/neighbour.yaml").unlink()
    found = list(every_completion(editor))
    assert len(found) > 100
    for number, (_, text) in enumerate(found):
        (tree / f"configs/finance/c{number:03}.yaml").write_text(text, encoding="utf-8")
    wrong = {}
    for one in json.loads(run(tree, "lint", "configs/finance", "--format", "json").stdout)["problems"]:
        number = int(one["path"].rsplit("/c", 1)[1][:3])
        label, text = found[number]
        waits = text.rstrip().endswith(":") or re.search(
            r": *\n|: *$|- *$", text
        )  # a key whose value is to be typed
        if not OF_THE_REST.match(one["rule"]) and not waits and not label.startswith(OF_ANOTHER_SOURCE):
            wrong[label] = (one["rule"], one["message"], text.removeprefix(SPEC))
    assert not wrong, "\n".join(f"{k}: {v}" for k, v in wrong.items())
    assert not [label for label, text in found if "[object Object]" in label + text]

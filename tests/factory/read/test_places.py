"""Problems stand where an editor shows their cause."""

import pytest

HEAD = "object: Account\n"


def first_problem(tree, run, text):
    """The place, as line and column, and the message of the first problem of a spec."""
    path = tree / "configs/finance/example.yaml"
    path.write_bytes(text.encode())
    line = run(tree, "lint", "--format", "concise").stdout.splitlines()[0]
    _, row, column, message = line.split(":", 3)
    return (int(row), int(column)), message.strip()


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("fields: [Id, Name\nwindow: full\n", (2, 9), "a list in brackets is never closed"),
        ("fields: [Id, Name", (2, 9), "a list in brackets is never closed"),
        ("fields: [Id, Name\n\n# the window\nwindow: full\n", (2, 9), "a list in brackets is never closed"),
        ("fields: [\n  Id,\n  Name,\nwindow: full\n", (2, 9), "a list in brackets is never closed"),
        ('fields: [Id, Name\nschedule: "@daily"\nwindow: full\n', (2, 9), "a list in brackets is never closed"),
        ("fields: [Id, {name: Name}\nwindow: full\n", (2, 9), "a list in brackets is never closed"),
        ("fields:\n  - {name: Name, protect: hash\n  - Id\nwindow: full\n", (3, 5), "a mapping in braces is never closed"),
        ("fields: [\n  {name: Name,\n  Id\n]\nwindow: full\n", (3, 3), "a mapping in braces is never closed"),
        ('fields: [Id, Name\n"window": full\n', (2, 9), "a list in brackets is never closed"),
        ("tags: [a, b\n---\nwindow: full\n", (2, 7), "a list in brackets is never closed"),
        ("fields:\n  - {name: Name, protect: hash\n  - {name: Phone}\nwindow: full\n", (3, 5), "a mapping in braces is never closed"),
        ('fields: [Id, "Name\nwindow: full\ndescription: "x"\n', (2, 9), "a list in brackets is never closed"),
        ("window: {last: 6 months\nformat: csv\n", (2, 9), "a mapping in braces is never closed"),
        ("description: 'of the group\nwindow: full\n", (2, 14), "a quoted text is never closed"),
        # a comma is missing where the line before ends
        ('fields: [\n  "Id"\n  "Name",\n]\nwindow: full\n', (3, 7), "no comma or closing bracket here"),
        ('fields: ["Id" "Name"]\nwindow: full\n', (2, 15), "no comma or closing bracket here"),
        ("fields: [Id, Name}\nwindow: full\n", (2, 18), "no comma or closing bracket here"),
        ("description: é\x01\nwindow: full\n", (2, 15), "control character"),
    ],
)  # fmt: skip
def test_what_is_open_is_reported_where_it_opens(tree, run, text, place, message):
    found, told = first_problem(tree, run, HEAD + text)
    assert found == place, told
    assert message in told


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_lines_are_counted_as_editors_show_them(tree, run, character, end):
    lines = [
        f"# a{character}# b",
        "object: Account",
        f'description: "a{character}b"',
        "window: full",
        "fieds: [Id]",
        "",
    ]
    place, message = first_problem(tree, run, end.join(lines))
    assert place == (5, 1)
    assert "`fieds`" in message


def test_characters_outside_the_basic_plane_are_one_column(tree, run):
    place, _ = first_problem(tree, run, "object: Account\nwindow: full\ntags: [😀, {a: 1}]\n")
    assert place[0] == 3
    assert place[1] == 11


@pytest.mark.parametrize("marks", [1, 2, 3])
def test_fmt_takes_one_run_on_byte_order_marks(tree, run, marks):
    path = tree / "configs/finance/example.yaml"
    path.write_bytes(("\ufeff" * marks + "window: full\nobject: Account\nfields: [Id]\n").encode())
    assert run(tree, "fmt", str(path)).exit_code == 0
    once = path.read_bytes()
    assert once == b"object: Account\nfields: [Id]\nwindow: full\n"
    assert run(tree, "fmt", "--check", str(path)).exit_code == 0


@pytest.mark.parametrize("character", ["\x85", "\u2028", "\u2029"])
def test_fmt_takes_one_run_on_other_line_breaks(tree, run, character):
    path = tree / "configs/finance/example.yaml"
    path.write_bytes(
        f'window:  full\nobject: Account\ndescription: "a{character}b" \nfields: [Id]\n'.encode()
    )
    assert run(tree, "fmt", str(path)).exit_code == 0
    once = path.read_bytes()
    assert run(tree, "fmt", "--check", str(path)).exit_code == 0, once
    assert character.encode() in once

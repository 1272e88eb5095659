"""Any file gives a report: no traceback, no spec that says less than the DAG without saying so."""

import ast
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from factory.importing.dag_file import read_dag_file
from factory.importing.destination_unit import destination_unit
from factory.importing.drafts import drafts_of

DAGS = Path(__file__).parent / "dags"
NAMES = sorted(path.name for path in DAGS.iterdir())
UNREADABLE = (SyntaxError, ValueError)
ITS_IMPORT = "from airflow.providers.amazon.aws.transfers.salesforce_to_s3 import SalesforceToS3Operator\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The files beside all sample DAGs, and a tree of configs."""
    folder = tmp_path_factory.mktemp("dags")
    shutil.copytree(Path(__file__).parents[2] / "cases" / "base", folder, dirs_exist_ok=True)
    for name in NAMES:
        shutil.copytree(
            DAGS / name, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected", "dag.py")
        )
    return folder


@pytest.fixture(scope="module")
def drafts(folder):
    """The drafts of a text; the unit that they are for is loaded once."""
    unit = destination_unit(folder / "configs", "finance")

    def call(text):
        path = folder / "mutant.py"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return drafts_of(read_dag_file(path), unit)

    return call


def said(drafts):
    """What the specs say, but for what is reported only."""
    return sorted(
        repr(sorted((key, value) for key, value in draft.values.items() if key != "description"))
        for draft in drafts
    )


def refused(drafts):
    return any(draft.refused for draft in drafts)


@pytest.mark.parametrize("name", NAMES)
def test_a_constant_that_becomes_unknown_is_refused_or_makes_no_difference(drafts, name):
    text = (DAGS / name / "dag.py").read_text()
    lines = text.split("\n")
    whole = said(drafts(text))
    for node in ast.walk(ast.parse(text)):
        one_line = isinstance(node, ast.Constant) and node.lineno == node.end_lineno
        if not one_line or text.split("\n")[node.lineno - 1].lstrip().startswith(('"""', "from ", "import ")):
            continue
        line = lines[node.lineno - 1]
        changed = f"{line[: node.col_offset]}unknown_name{line[node.end_col_offset :]}"
        mutant = "\n".join([*lines[: node.lineno - 1], changed, *lines[node.lineno :]])
        try:
            found = drafts(mutant)
        except UNREADABLE:  # a piece of an f-string
            continue
        assert refused(found) or said(found) == whole, f"line {node.lineno}: {changed.strip()}"


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(NAMES), data=st.data())
def test_files_with_lines_lost_repeated_or_moved_give_a_report(drafts, name, data):
    lines = (DAGS / name / "dag.py").read_text().split("\n")
    for _ in range(data.draw(st.integers(1, 4))):
        index = data.draw(st.integers(0, len(lines) - 1))
        kind = data.draw(st.sampled_from(["lose", "repeat", "move", "indent"]))
        line = lines.pop(index)
        if kind == "repeat":
            lines[index:index] = [line, line]
        elif kind == "move":
            lines.insert(data.draw(st.integers(0, len(lines))), line)
        elif kind == "indent":
            lines.insert(index, "    " + line)
    text = "\n".join(lines)
    try:
        found = drafts(text)
    except UNREADABLE:
        return
    tree = ast.parse(text)
    # A name that nothing binds is a file that Python does not run: there is nothing in it to carry.
    bound = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    calls = {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).split(".")[-1] in ("SalesforceToS3Operator", "ToS3")
        and (not isinstance(node.func, ast.Name) or node.func.id in bound)
    }
    told = {task.place.line for draft in found for task in draft.tasks}
    told |= {finding.place.line for draft in found for finding in draft.findings}
    assert calls <= told or refused(found)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_bytes_of_any_kind_are_read_or_refused(drafts, data):
    try:
        found = drafts(data + b"\nSalesforceToS3Operator(task_id='a')\n")
    except UNREADABLE:
        return
    assert refused(found)


@pytest.mark.parametrize(
    "text",
    [
        "x = 'a'\nfor i in range(10 ** 9):\n    x = x + x\n",
        "x = 10 ** 10 ** 10\n",
        "x = 'a' * 10 ** 12\n",
        "x = '{:>99999999999}'.format(1)\n",
        "x = '%999999999d' % 1\n",
        "x = f'{1:>999999999}'\n",
        "x = list(range(10 ** 12))\n",
        "def f(n):\n    return f(n) + f(n)\nf(1)\n",
        "while True:\n    pass\n",
        f"{ITS_IMPORT}while True:\n    x = [y for y in range(20)]\n    SalesforceToS3Operator(task_id='a', salesforce_query='SELECT Id FROM Account')\n",
        "x = [x for x in range(10000) for y in range(10000)]\n",
        "x = " + "(" * 150 + "1" + ")" * 150 + "\n",
        "x = " + "-" * 2000 + "1\n",
        "x = 1" + " + 1" * 3000 + "\n",
        "x = []\nx.append(x)\ny = [x] + x\nprint(f'{y}')\n",
        "import json\nx = json.loads('[' * 100000)\n",
        "import re\nx = re.sub('(a+)+$', 'b', 'a' * 40 + 'c')\n",
        "class A(A): pass\nA()\n",
        "globals()['x'] = globals()\nx['x']['x']\n",
        "__file__ = 1\nopen(__file__)\nopen('/etc/passwd').read()\n",
    ],
)
def test_files_that_would_not_end_are_left_in_time(drafts, text):
    try:
        found = drafts(text + "SalesforceToS3Operator(task_id='a', sf_obj='Account')\n")
    except (*UNREADABLE, RecursionError, MemoryError):
        return
    assert refused(found)

"""A DAG file read without running it: the DAGs and tasks that it makes, and what of it could not be followed."""

import ast
from dataclasses import dataclass
from pathlib import Path

from factory.importing.airflow_objects import AirflowObjects
from factory.importing.calls import Calls
from factory.importing.course import OPERATORS, Course, TooLongError
from factory.importing.expressions import Expressions
from factory.importing.modules import Modules, parse
from factory.importing.neighbours import Neighbours
from factory.importing.statements import Statements
from factory.importing.values import Dag, Group, Place, Scope, Task


@dataclass(frozen=True)
class DagFile:
    """What a file makes. `faults` are sentences about what of it could not be followed, each with its place."""

    path: Path
    text: str
    dags: tuple[Dag, ...]
    tasks: tuple[Task, ...]
    edges: tuple[tuple[Task | Group, Task | Group], ...]
    faults: tuple[tuple[Place, str], ...]
    neighbours: Neighbours
    texts: dict[str, str]

    @property
    def reads(self) -> tuple[Task, ...]:
        """The tasks of the operators, in the order in which they are made."""
        return tuple(task for task in self.tasks if task.operator in OPERATORS)


def read_dag_file(path: Path) -> DagFile:
    """Read a file.

    Raises:
        OSError: it cannot be read.
        SyntaxError, ValueError, RecursionError, MemoryError: it is not Python that can be followed.
    """
    text = _decoded(path.read_bytes())
    tree = parse(text)
    course = Course(Neighbours(path), {str(path): text})
    statements = _wired(course)
    scope = Scope(str(path))
    scope.names |= {"__file__": str(path.resolve()), "__doc__": ast.get_docstring(tree)}
    try:
        statements.module(tree.body, scope)
    except TooLongError as error:
        course.faults.append((error.place, "the file does more than is followed, and the rest was not read"))
    except RecursionError:
        course.faults.append((Place(str(path), 1, 1), "the file calls itself too deeply to be followed"))
    faults = [*course.faults, *_not_reached(course, tree, scope)]
    return DagFile(
        path, text, tuple(course.dags), tuple(course.tasks), tuple(course.edges), tuple(dict.fromkeys(faults)),
        course.neighbours, course.texts,
    )  # fmt: skip


def _decoded(data: bytes) -> str:
    """The text, by the encoding that the file declares.

    Raises:
        SyntaxError, ValueError: it declares one that does not exist, or does not keep to it.
    """
    import io  # noqa: PLC0415
    import tokenize  # noqa: PLC0415

    encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
    return data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


def _wired(course: Course) -> Statements:
    airflow = AirflowObjects(course)
    calls = Calls(course, airflow)
    expressions = Expressions(course, calls.apply)
    modules = Modules(course)
    statements = Statements(course, expressions, modules)
    calls.run = statements.call
    modules.follow = statements.module
    return statements


def _not_reached(course: Course, tree: ast.Module, scope: Scope) -> list[tuple[Place, str]]:
    """Calls of the operator that were never met, because what holds them is not run, or runs in a way not followed."""
    names = set(OPERATORS)
    nodes = list(ast.walk(tree))
    for node in nodes:
        if isinstance(node, ast.ImportFrom):
            names |= {one.asname for one in node.names if one.name in OPERATORS and one.asname}
    passed = {id(one) for node in (*course.never_runs, *_annotations(nodes)) for one in ast.walk(node)}
    passed |= course.looked_at
    missed = [
        node
        for node in nodes
        if (
            (isinstance(node, ast.Name) and node.id in names)
            or (isinstance(node, ast.Attribute) and node.attr in OPERATORS)
        )
        and isinstance(node.ctx, ast.Load)
        and id(node) not in passed
    ]
    runs_text = [
        (course.place(node, scope), f"`{node.func.id}(…)` runs a text as code, which is not followed")
        for node in nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("exec", "eval")
    ]
    why = "the operator is called here, in a place that the file does not reach when Airflow reads it"
    return [*((course.place(node, scope), why) for node in missed), *runs_text]


def _annotations(nodes: list[ast.AST]) -> list[ast.AST]:
    found: list[ast.AST | None] = []
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found.append(node.returns)
        elif isinstance(node, ast.arg | ast.AnnAssign):
            found.append(node.annotation)
    return [one for one in found if one is not None]

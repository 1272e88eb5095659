"""What Airflow makes of calls: DAGs, task groups and tasks, and the arrows between them."""

import ast
import itertools
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from factory.importing.course import OPERATORS, Course
from factory.importing.values import (
    Bound,
    Dag,
    Function,
    Given,
    Group,
    Imported,
    Instance,
    LocalClass,
    Partial,
    Scope,
    Task,
    Unknown,
    first_unknown,
)

Run = Callable[[Function, Given], Any]
_DAG_POSITIONS = ("dag_id", "description", "schedule")
_DECORATORS = ("dag", "task", "task_group")
_DELTA_TIMETABLE = "DeltaDataIntervalTimetable"
_CRON_TIMETABLES = ("CronTriggerTimetable", "CronDataIntervalTimetable")
_FLOW_MODULES = ("airflow.decorators", "airflow.sdk")
_MANY = 2_000


class AirflowObjects:
    """Makes them, and remembers them in the course."""

    def __init__(self, course: Course) -> None:
        self._course = course

    def made(self, called: Imported, given: Given) -> Any:
        """The object that a call makes; NotImplemented where it is none of Airflow's."""
        path, name, node, scope = called.path, called.name, given.node, given.scope
        if name == "DAG" and path.startswith("airflow"):
            return self._dag(node, _by_name(_DAG_POSITIONS, given), scope, sdk="sdk" in path)
        if name == "TaskGroup" and path.startswith("airflow"):
            return self._group(node, _by_name(("group_id",), given), scope)
        if name in _CRON_TIMETABLES:
            return Instance(LocalClass(name, (), Scope(scope.file)), _by_name(("cron", "timezone"), given))
        if name == _DELTA_TIMETABLE and "delta" in (by_name := _by_name(("delta",), given)):
            return by_name["delta"]  # as the schedule itself
        if path.startswith(_FLOW_MODULES) and any(f".{one}" in path for one in _DECORATORS):
            return self._decorator(called, given)
        if name == "partial" and _is_task_class(path.removesuffix(".partial")):
            return Partial(Imported(path.removesuffix(".partial")), node, given.named)
        if _is_task_class(path) or ("task_id" in given.named and not path.startswith("builtins.")):
            return self.task(called, given)
        return NotImplemented

    def is_task_class(self, kind: LocalClass) -> bool:
        """Whether a class of the file is an operator."""
        return any(
            self.is_task_class(base)
            if isinstance(base, LocalClass)
            else _is_task_class(getattr(base, "path", ""))
            for base in kind.bases
        )

    def of_local_class(self, kind: LocalClass, given: Given) -> Task:
        """A task of an operator that the file itself writes."""
        operator = _derived_from(kind)
        if not operator:
            return self.task(Imported(kind.name), given)
        task = self.task(Imported(f".{operator}"), given)
        task.faults.append(
            (task.place, f"its class `{kind.name}` is written in this file and may change what is read")
        )
        return task

    def task(self, called: Imported, given: Given) -> Task:
        """One task; what its DAG and its groups give by default is filled in."""
        course, named = self._course, given.named
        place = course.place(given.node, given.scope)
        dag = found if isinstance(found := named.get("dag"), Dag) else course.dag
        group = found if isinstance(found := named.get("task_group"), Group) else course.group
        arguments: dict[str, Any] = {}
        for giver in (dag, *_outward(group)):
            defaults = giver.arguments.get("default_args") if giver else None
            if isinstance(defaults, Unknown):
                arguments["**"] = defaults
            elif isinstance(defaults, dict):
                arguments |= {str(key): value for key, value in defaults.items()}
        own = {key: value for key, value in named.items() if key not in ("dag", "task_group")}
        if isinstance(own.get("default_args"), dict):
            arguments |= own.pop("default_args")
        places = {one.arg: course.place(one.value, given.scope) for one in given.node.keywords if one.arg}
        task = Task(
            called.name,
            called.path.rpartition(".")[0],
            place,
            arguments | own,
            places,
            dag,
            group,
            tuple(course.doubts),
        )
        if given.positional and called.name in OPERATORS:
            task.faults.append((place, "an argument is given without its name"))
        if isinstance(named.get("dag"), Unknown):
            task.faults.append((places.get("dag", place), f"its DAG {named['dag'].why}"))
        self._remember(task, [*given.positional, *own.values()])
        return task

    def flow(self, function: Function, given: Given, run: Run) -> Any:
        """A call of a function under `@dag`, `@task` or `@task_group`."""
        if function.flow == "task":
            return self._flow_task(function, given)
        plain = replace(function, flow="")
        if function.flow == "task_group":
            group = self._group(given.node, {"group_id": function.name} | function.options, given.scope)
            with self._course.inside(group):
                result = run(plain, given)
            return group if result is None else result
        options = {"dag_id": function.name} | function.options
        sdk = bool(options.pop("sdk", False))
        if not isinstance(function.node, ast.Lambda) and (text := ast.get_docstring(function.node)):
            options = {"doc_md": text} | options
        dag = self._dag(given.node, options, given.scope, sdk=sdk)
        why = "is a parameter of the DAG, which each run may set differently"
        parameters = {
            name: self._course.unknown(given.node, given.scope, why)
            for name in (*function.defaults, *given.named)
        }
        with self._course.inside(dag):
            run(
                plain,
                Given(
                    given.node,
                    given.scope,
                    [self._course.unknown(given.node, given.scope, why)] * len(given.positional),
                    parameters,
                ),
            )
        return dag

    def method(self, target: Any, name: str, given: Given, run: Run) -> Any:
        """A call of a method of a DAG, group, task, decorated function or partial operator."""
        if isinstance(target, Partial):
            return self._expanded(target, name, given)
        if isinstance(target, Function):
            return self._of_function(target, name, given, run)
        if isinstance(target, Dag):
            return self._of_dag(target, name, given)
        if isinstance(target, Task | Group) and name in ("set_downstream", "set_upstream"):
            pairs = [(target, one) for one in _flat(given.positional) if isinstance(one, Task | Group)]
            self._course.edges += (
                pairs if name == "set_downstream" else [(then, first) for first, then in pairs]
            )
            return None
        if isinstance(target, Bound) and target.target is not None:  # `task.output["key"]` and the like
            return target
        return self._course.unknown(given.node, given.scope, "is known only when the file runs")

    def _of_dag(self, dag: Dag, name: str, given: Given) -> Any:
        if name in ("task", "task_group"):
            return self._decorator(Imported(f"airflow.decorators.{name}"), given, owner=dag)
        if name in ("add_task", "add_tasks"):
            for one in _flat(given.positional):
                if isinstance(one, Task):
                    one.dag = dag
            return None
        return self._course.unknown(given.node, given.scope, "is known only when the file runs")

    def chain(self, many: list[Any]) -> None:
        """`chain(a, b, [c, d])`."""
        for first, then in itertools.pairwise(many):
            for one in _flat([first]):
                for other in _flat([then]):
                    if isinstance(one, Task | Group) and isinstance(other, Task | Group):
                        self._course.edges.append((one, other))

    def _dag(self, node: ast.Call, arguments: dict[str, Any], scope: Scope, *, sdk: bool) -> Dag:
        if isinstance(defaults := arguments.get("default_args"), dict):
            arguments = arguments | {"default_args": dict(defaults)}  # Airflow copies them, too
        dag = Dag(self._course.place(node, scope), arguments, tuple(self._course.doubts), sdk)
        self._course.dags.append(dag)
        return dag

    def _group(self, node: ast.Call, arguments: dict[str, Any], scope: Scope) -> Group:
        outer = arguments.get("parent_group")
        return Group(
            self._course.place(node, scope),
            arguments,
            outer if isinstance(outer, Group) else self._course.group,
        )

    def _decorator(self, called: Imported, given: Given, owner: Dag | None = None) -> Any:
        kind = next(one for one in reversed(_DECORATORS) if f".{one}" in called.path)
        function = (
            given.positional[0] if given.positional and isinstance(given.positional[0], Function) else None
        )
        options = dict(given.named)
        if kind == "dag":
            options |= (
                {"sdk": "sdk" in called.path}
                if function
                else _by_name(_DAG_POSITIONS, given) | {"sdk": "sdk" in called.path}
            )
        elif kind == "task":
            options["flavour"] = called.name  # `task.branch` decides what runs

        def decorate(one: Any) -> Any:
            return replace(one, flow=kind, options=options, owner=owner) if isinstance(one, Function) else one

        return decorate(function) if function else Bound(lambda then: decorate((*then.positional, None)[0]))

    def _flow_task(self, function: Function, given: Given) -> Task:
        options = {"task_id": function.name} | function.options
        flavour = options.pop("flavour", "task")
        task = Task(
            "@task" if flavour == "task" else f"@task.{flavour}", "airflow", self._course.place(given.node, given.scope),
            options, {}, function.owner or self._course.dag, self._course.group, tuple(self._course.doubts),
        )  # fmt: skip
        self._remember(task, given.all)
        if self._course.makes_tasks(replace(function, flow="")):
            self._at_run_time(
                function, f"the operator is called inside the task `{function.name}`, when that runs"
            )
        return task

    def _at_run_time(self, function: Function, why: str) -> None:
        self._course.faults.append((self._course.place(function.node, function.scope), why))
        self._look_at(function.node)

    def _look_at(self, node: ast.AST) -> None:
        self._course.looked_at |= {id(one) for one in ast.walk(node)}

    def _remember(self, task: Task, given: list[Any]) -> None:
        self._course.tasks.append(task)
        for one in _flat(given):
            before = one.target if isinstance(one, Bound) else one
            if isinstance(before, Task | Group) and before is not task:
                self._course.edges.append((before, task))
        for one in _flat(given):
            if isinstance(one, Function) and self._course.makes_tasks(one):
                self._at_run_time(one, f"the operator is called inside the task `{task.id}`, when that runs")

    def _of_function(self, function: Function, name: str, given: Given, run: Run) -> Any:
        if name == "override":
            return replace(function, options=function.options | given.named)
        if function.flow == "task" and name in ("expand", "expand_kwargs"):
            return self._flow_task(function, given)
        if function.flow == "task" and name == "partial":
            return Bound(lambda then: self._flow_task(function, then), function)
        turns = self._turns(name, given) if name in ("expand", "expand_kwargs") else None
        if function.flow == "task_group" and isinstance(turns, list):
            return [self.flow(function, Given(given.node, given.scope, [], turn), run) for turn in turns]
        if self._course.makes_tasks(replace(function, flow="")):
            self._at_run_time(function, f"`{function.name}.{name}(…)` makes tasks of it when the DAG runs")
        return self._course.unknown(given.node, given.scope, "is known only when the DAG runs")

    def _expanded(self, partial: Partial, name: str, given: Given) -> Any:
        """The tasks of `partial(…).expand(…)`: one for each combination of literals."""
        node = given.node
        call = ast.Call(func=node.func, args=[], keywords=[*partial.call.keywords, *node.keywords])
        ast.copy_location(call, partial.call)
        turns = self._turns(name, given)
        if isinstance(turns, list) and turns:
            made = [
                self.task(partial.operator, Given(call, given.scope, [], partial.arguments | turn))
                for turn in turns
            ]
            for index, task in enumerate(made):
                task.mapped = index
            return made
        unclear = (
            turns if isinstance(turns, Unknown) else self._course.unknown(node, given.scope, "has no items")
        )
        arguments = partial.arguments | dict.fromkeys(given.named if name == "expand" else (), unclear)
        task = self.task(partial.operator, Given(call, given.scope, [], arguments))
        why = f"`.{name}(…)` makes a task for each item of `{unclear.text}`; that {unclear.why}"
        task.faults.append((self._course.place(node, given.scope), why))
        return task

    def _turns(self, name: str, given: Given) -> list[dict[str, Any]] | Unknown:
        usual = self._course.unknown(given.node, given.scope, "is known only when the DAG runs")
        if name == "expand_kwargs":
            many = given.all[0] if given.all else None
            if not isinstance(many, list | tuple) or not all(isinstance(one, dict) for one in many):
                return first_unknown(many) or usual
            return [dict(one) for one in many]
        columns: list[list[tuple[str, Any]]] = []
        for key, values in given.named.items():
            items = list(values.items()) if isinstance(values, dict) else values
            if not isinstance(items, list | tuple):
                return first_unknown(values) or usual
            columns.append([(key, one) for one in items])
        size = math.prod(len(column) for column in columns)
        return [dict(row) for row in itertools.product(*columns)] if columns and size <= _MANY else usual


def _is_task_class(path: str) -> bool:
    name = path.rpartition(".")[2]
    return name.endswith(("Operator", "Sensor", "OperatorAsync", "SensorAsync"))


def _derived_from(kind: LocalClass) -> str:
    """The operator that a class of the file derives from; "" for another class."""
    names = (
        _derived_from(base) if isinstance(base, LocalClass) else getattr(base, "name", "")
        for base in kind.bases
    )
    return next((name for name in names if name in OPERATORS), "")


def _by_name(names: tuple[str, ...], given: Given) -> dict[str, Any]:
    """Arguments by their names, those without one included."""
    return dict(zip(names, given.positional, strict=False)) | given.named


def _outward(group: Group | None) -> list[Group]:
    """The groups around a task, the outermost first."""
    return [] if group is None else [*_outward(group.outer), group]


def _flat(many: Any) -> list[Any]:
    found: list[Any] = []
    for one in many:
        if isinstance(one, list | tuple):
            found += _flat(one)
        elif isinstance(one, dict):
            found += _flat(list(one.values()))
        else:
            found.append(one)
    return found

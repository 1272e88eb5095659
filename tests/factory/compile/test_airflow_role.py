"""`airflow_role` of a unit: each of its DAGs names it, its watch too; none does without."""

import json

import pytest

SPEC = "object: Opportunity\nfields: [Id]\nwindow: full\nschedule: '@daily'\nformat: csv\nnotify: true\n"


@pytest.mark.parametrize(
    ("said", "compiled"),
    [("airflow_role: finance_people\n", {"finance_people": {"DAGs": ["can_read", "can_edit"]}}), ("", None)],
)
def test_every_dag_of_the_unit_names_its_role(tree, run, said, compiled):
    folder = tree / "configs/finance"
    (folder / "deals.yaml").write_text(SPEC)
    (folder / "unit.yaml").write_text((folder / "unit.yaml").read_text() + said)
    result = run(tree, "render", "--out", "out")
    assert result.exit_code == 0, result.output
    for name in ("deals", "_watch"):
        [dag] = json.loads((tree / f"out/finance/{name}.json").read_text()).values()
        assert dag.get("access_control") == compiled
    [unit] = [one for one in json.loads(run(tree, "units").output)["units"] if one["name"] == "finance"]
    assert unit.get("airflow_role") == ("finance_people" if said else None)


@pytest.mark.parametrize("role", ["Viewer", "admin", "a role", "1st", "x" * 65])
def test_a_role_of_airflow_s_own_or_no_name_at_all_is_refused(tree, run, role):
    path = tree / "configs/finance/unit.yaml"
    path.write_text(path.read_text() + f"airflow_role: {role}\n")
    result = run(tree, "lint")
    assert result.exit_code == 1
    assert "airflow_role" in result.output
    assert "the names of Airflow's own roles, such as Viewer, are theirs" in result.output

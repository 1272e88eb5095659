"""The fleet's specs are ones that a unit could have written, and the DAGs beside them read the same."""

from factory.chosen import clean_tree_at
from sandbox.fleet.many_specs import Many


def test_every_spec_passes_lint_and_has_a_dag_written_by_hand(tmp_path):
    many = Many(60, units=4)
    specs = clean_tree_at(many.write_specs(tmp_path / "configs")).specs
    by_hand = many.write_by_hand(tmp_path / "hand")
    assert {spec.dag_id for spec in specs} == {
        f"{path.parent.name}.{path.stem}" for path in by_hand.glob("*/*.py")
    }
    assert len(specs) == 60
    for spec in specs:
        text = (by_hand / spec.unit.name / f"{spec.name}.py").read_text()
        assert f'schedule="{spec.schedule.cron}"' in text
        assert spec.filter in text
    assert len({spec.schedule.cron for spec in specs}) == 60

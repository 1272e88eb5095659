"""`factory show`."""

import json
from pathlib import Path

import click

from factory.chosen import moment_at, spec_and_tree_at
from factory.compile.dag import asset, compile_spec
from factory.model.demand import Demand
from factory.model.pace import followers
from factory.model.setting import Setting
from factory.plan.shown import counted
from factory.report.next_runs import lines
from factory.sources.foreign_keys import foreign
from factory.sources.registry import SOURCES


def run(path: Path, at: str | None, environment: str | None, *, compiled: bool) -> int:
    """Print a spec as it takes effect, each value with the layer and line that set it; or its compiled form."""
    spec, tree = spec_and_tree_at(path, environment)
    if compiled:
        click.echo(json.dumps(compile_spec(spec), indent=2, ensure_ascii=False))
        return 0
    width = max(len(key) for key in spec.settings)
    origins = max(len(_origin(setting)) for setting in spec.settings.values())
    click.echo(click.style(spec.dag_id, bold=True))
    unknown = foreign(spec.traits)
    for key, setting in spec.settings.items():
        if key in unknown:
            continue
        origin = click.style(f"{_origin(setting):<{origins}}", dim=True)
        click.echo(f"  {key:<{width}}  {origin}  {_value(setting.value)}")
    cost = SOURCES[spec.traits.kind].forecast(Demand.of(spec))
    click.echo(f"\n  lands in    s3://{spec.bucket}/{spec.prefix}/, asset {asset(spec)}")
    limited = f"; at least {cost.least_a_day:,} a day" if cost.least else ""
    click.echo(f"  a run       {counted(cost.batches)}, {cost.words}{limited}")
    for name, text in lines(spec, moment_at(at, spec.zone)):
        click.echo(f"  {name:<11} {text}")
    then = followers(
        [one.dag_id for one in tree.specs], {one.dag_id: one.after for one in tree.specs}.__getitem__
    )
    if then[spec.dag_id]:
        click.echo(f"  then run    {', '.join(then[spec.dag_id])}")
    return 0


def _value(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _origin(setting: Setting) -> str:
    if setting.document is None:
        return "default"
    return f"{setting.layer:<5} {setting.document.path}:{setting.document.key_span(setting.path).line}"

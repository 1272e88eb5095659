"""`factory explain`."""

import click

from factory.command_failure import UsageFailure
from factory.linter.all_rules import RULES
from factory.near import near
from factory.report.key_pages import FILES, key_names, key_text, keys_of
from factory.rules.rule import Rule

_WIDTH = 120  # characters of an example's line that are shown


def run(name: str | None) -> int:
    """Teach one rule or key, list the keys of a kind of file, or list all rules."""
    if name is None:
        for rule in RULES.values():
            click.echo(f"{rule.id}  {rule.name:<28} {rule.summary}")
    elif name in FILES:
        click.echo(keys_of(name), nl=False)
    elif found := key_text(name):
        click.echo(found, nl=False)
    else:
        click.echo(text(_find(name)), nl=False)
    return 0


def text(rule: Rule) -> str:
    """What a rule demands, why, and an example of wrong and right."""
    head = click.style(f"{rule.id} {rule.name}", bold=True)
    changing = (
        "cannot be changed or ignored"
        if rule.fixed
        else "a unit may change it, a line may ignore it with a reason"
    )
    parts = [head, rule.summary, rule.why, f"Severity: {rule.severity}; {changing}."]
    for title, example in (("Wrong", rule.wrong), ("Right", rule.right)):
        if example:
            parts.append(f"{title} ({rule.example}):\n\n{_indented(example)}")
    return "\n\n".join(parts) + "\n"


def _find(name: str) -> Rule:
    by_name = {rule.name: rule for rule in RULES.values()} | RULES
    found = by_name.get(name) or by_name.get(name.upper())
    if found is None:
        meant = near(name, (*by_name, *key_names()))
        hint = (
            f"did you mean {meant}?"
            if meant
            else "`factory explain` lists the rules, `factory explain spec` the keys."
        )
        raise UsageFailure(f"no rule and no key {name}; {hint}")
    return found


def _indented(example: str) -> str:
    return "\n".join(
        f"    {line[:_WIDTH]}{'…' if len(line) > _WIDTH else ''}"
        for line in example.replace("\ufeff", "<U+FEFF>").splitlines()
    )

"""The spec reference and the rule reference as Markdown, made of the JSON schemas and of the rules themselves."""

import json
from collections.abc import Iterator
from typing import Any

from factory.linter.all_rules import RULES
from factory.rules.rule import Rule
from factory.vocabulary.schemas import schema

_SPEC_HEAD = """\
# Spec reference

Made from the JSON schemas in `factory/schema/` by `make regen`. Defaults flow group → unit →
spec, nearest wins; `factory show SPEC` says which layer set a value. Words such as window, batch and publication: [glossary](glossary.md).
"""
_VERSIONS = """\
## Versions of the schema

Each schema's `$id` ends in its version. A new version is made when a file that was right would no longer be, or would mean
something else; new keys alone make none.

- **version: 1** The first. Nothing to upgrade: files without a version in their modeline are of this one.
"""


def spec_reference() -> str:
    """Every key of `configs/<unit>/<name>.yaml`, `unit.yaml` and `group.yaml`."""
    parts = [
        _SPEC_HEAD,
        *_file("ingestion", "`configs/<unit>/<name>.yaml`"),
        *_file("unit", "`configs/<unit>/unit.yaml`"),
        *_file("group", "`configs/group.yaml`"),
        _VERSIONS,
    ]
    return "\n".join(parts)


def rule_reference() -> str:
    """Every rule with its reason and an example of wrong and right."""
    head = (
        "# Rules of `factory lint`\n\nMade from the rules themselves; `factory explain RULE` prints one. An error keeps a tree from"
        " being compiled,\na warning does not. A unit sets the severity of a rule that is not *fixed* in its `unit.yaml`"
        ' (`rules: {ING217: "off"}`), and\na line ignores one by a comment with a reason: `# factory: ignore[ING217] late'
        " corrections`.\n"
    )
    table = [
        "| | | |",
        "|---|---|---|",
        *(f"| [{one.id}](#{one.id.lower()}) | {one.name} | {one.summary} |" for one in RULES.values()),
    ]
    return "\n".join([head, "\n".join(table), "", *(_rule(one) for one in RULES.values())])


def _file(kind: str, path: str) -> Iterator[str]:
    about = schema(kind)
    yield f"## {about['title']}: {path}\n\n{about['description']} Schema: `{about['$id']}`.\n"
    required = about.get("required", [])
    for key, value in about["properties"].items():
        yield "\n".join(_key(key, value, required=key in required))


def _key(name: str, about: dict[str, Any], *, required: bool) -> Iterator[str]:
    yield f"### `{name}`{' (required)' if required else ''}\n"
    yield f"{about.get('markdownDescription', about.get('description', ''))}\n"
    if name == "defaults":
        keys = ", ".join(f"`{key}`" for key in about["properties"])
        yield f"Takes {keys}.\n"
        return
    yield from _facts(about)
    for inner, value in _inner(about).items():
        yield f"- `{inner}`: {value.get('markdownDescription', '')}{_choices(value)}"
    if _inner(about):
        yield ""


def _facts(about: dict[str, Any]) -> Iterator[str]:
    if about.get("enum"):
        described = zip(about["enum"], about.get("enumDescriptions", [""] * len(about["enum"])), strict=True)
        yield "\n".join(f"- `{value}`{': ' + text if text else ''}" for value, text in described) + "\n"
    facts = []
    if about.get("default") is not None and about["default"] != []:
        facts.append(f"Default: `{_plain(about['default'])}`.")
    if about.get("examples"):
        facts.append("For example " + ", ".join(f"`{_plain(one)}`" for one in about["examples"]) + ".")
    if facts:
        yield " ".join(facts) + "\n"


def _inner(about: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for place in (
        about,
        about.get("else", {}),
        about.get("items", {}),
        about.get("items", {}).get("else", {}),
        _of_each(about),
    ):
        found |= place.get("properties", {})
    return found


def _of_each(about: dict[str, Any]) -> dict[str, Any]:
    """What the values of a mapping with free names take."""
    inner = about.get("additionalProperties")
    return inner if isinstance(inner, dict) else {}


def _choices(about: dict[str, Any]) -> str:
    return f" One of {', '.join(f'`{one}`' for one in about['enum'])}." if about.get("enum") else ""


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _rule(rule: Rule) -> str:
    kind = f"{rule.severity}, fixed" if rule.fixed else str(rule.severity)
    parts = [f"## {rule.id}\n", f"**{rule.name}** ({kind}). {rule.summary} {rule.why}\n"]
    for title, example in (("Wrong", rule.wrong), ("Right", rule.right)):
        if example:
            shown = "\n".join(
                line if len(line) <= 120 else f"{line[:119]}…"
                for line in example.replace("\ufeff", "<U+FEFF>").splitlines()
            )
            parts.append(f"{title}, `{rule.example}`:\n\n```yaml\n{shown}\n```\n")
    return "\n".join(parts)

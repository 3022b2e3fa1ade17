"""Writes the rule reference, as Markdown pages and as text."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from eks_pod_identity.rules.catalogue import RULES
from eks_pod_identity.rules.rule import Example, Rule

_DOCUMENTS = ("assumeRolePolicy", "policy")
_GENERATED = "Generated from the code by `eks-pod-identity rules --markdown DIRECTORY`; do not edit."
_INDEX = f"""# The rules

{_GENERATED}

Codes never change meaning. The level is a default that the policy configuration can change (`levels`). The
tests run each example through the pack, at preview (references not known yet) and on applied state.
[policies.md](policies.md) describes how to run the pack.
"""
_FAMILIES = {
    "PI1": ("trust", "Trust policies", "The trust policy of a role that pods use."),
    "PI2": ("session", "Session policies", "Session policies, and the effects of disabling session tags."),
    "PI3": ("chain", "Target roles", "Target roles, and how associations reach them."),
    "PI4": ("stack", "Associations", "Associations, add-ons, the agent, ServiceAccounts and nodes."),
    "PI5": ("tags", "Tags", "The tags of resources."),
    "PI6": ("permissions", "Permission policies", "The permission policies of roles that pods use."),
}


def pages() -> Iterator[tuple[str, str]]:
    """Return the pages of the reference as pairs of path and Markdown: an index, and a page for each family."""
    yield "rules.md", _index()
    for prefix, (name, title, about) in _FAMILIES.items():
        sections = [_section(rule) for rule in _family(prefix)]
        yield f"rules/{name}.md", f"# {title}\n\n{about} {_GENERATED}\n\n" + "\n".join(sections)


def _family(prefix: str) -> list[Rule]:
    return [rule for rule in RULES.values() if rule.code.startswith(prefix)]


def _index() -> str:
    parts = [_INDEX]
    for prefix, (name, title, about) in _FAMILIES.items():
        rows = [
            f"| [{rule.code}](rules/{name}.md#{rule.code.lower()}) | {rule.level.value} | `{rule.policy}` | "
            f"{rule.title} |"
            for rule in _family(prefix)
        ]
        table = "\n".join(["| code | level | policy | rule |", "|---|---|---|---|", *rows])
        parts.append(f"## [{title}](rules/{name}.md)\n\n{about}\n\n{table}\n")
    return "\n".join(parts)


def explanation(rule: Rule) -> str:
    """Return one rule as text for a terminal."""
    parts = [
        f"{rule.code}  {rule.title}",
        f"{rule.level.value}, policy {rule.policy}",
        "",
        f"Wrong when: {rule.cause}",
        f"Why it matters: {rule.why}",
        f"Fix with the components: {rule.fix}",
        f"Fix in aws resources: {rule.raw_fix}",
        "",
        "Compliant:",
        _indent(yaml_of(rule.compliant)),
        "Violating:",
        _indent(yaml_of(rule.violating)),
    ]
    return "\n".join(parts)


def yaml_of(example: Example) -> str:
    """Return an example as a Pulumi YAML program, with the policy configuration it needs."""
    import yaml  # noqa: PLC0415 - only a reader of examples pays for it

    program = {"resources": {name: _resource(resource) for name, resource in example.resources.items()}}
    text = yaml.dump(program, Dumper=_plain_dumper(), sort_keys=False, width=100, allow_unicode=True)
    return f"# policy configuration: {json.dumps(dict(example.config))}\n{text}" if example.config else text


def _plain_dumper() -> Any:
    import yaml  # noqa: PLC0415 - as above

    class Dumper(yaml.SafeDumper):
        """Writes shared parts of examples in full each time."""

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the base class asks
            return True

    return Dumper


def _resource(resource: Mapping[str, Any]) -> dict[str, Any]:
    properties = {key: value for key, value in resource["properties"].items() if not key.startswith("_")}
    return {
        "type": resource["type"],
        "properties": {
            key: {"fn::toJSON": value} if key in _DOCUMENTS and isinstance(value, dict) else value
            for key, value in properties.items()
        },
    }


def _section(rule: Rule) -> str:
    return f"""## {rule.code}

**{rule.title}** ({rule.level.value}, `{rule.policy}`)

Wrong when: {rule.cause}

Why it matters: {rule.why}

Fix with the components: {rule.fix}

Fix in `aws` resources: {rule.raw_fix}

<details><summary>Compliant</summary>

```yaml
{yaml_of(rule.compliant)}```

</details>
<details><summary>Violating</summary>

```yaml
{yaml_of(rule.violating)}```

</details>
"""


def _indent(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())

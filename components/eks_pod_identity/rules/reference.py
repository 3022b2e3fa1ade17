"""The rule reference: what the catalogue says, as Markdown and as text."""

import json
from collections.abc import Mapping
from typing import Any

from eks_pod_identity.rules.catalogue import RULES
from eks_pod_identity.rules.rule import Example, Rule

_DOCUMENTS = ("assumeRolePolicy", "policy")
_HEAD = """# The rules

Generated from the code by `eks-pod-identity rules --markdown`; do not edit.

Codes never change meaning. The level is a default that the policy configuration can change (`levels`). Each example is
run by the tests through the pack, at preview (references not known yet) and on applied state. How to run the pack is
in [policies.md](policies.md).

"""


def reference() -> str:
    """The whole reference as Markdown."""
    rows = [
        f"| [{one.code}](#{one.code.lower()}) | {one.level.value} | `{one.policy}` | {one.title} |"
        for one in RULES.values()
    ]
    table = "\n".join(["| code | level | policy | rule |", "|---|---|---|---|", *rows])
    return f"{_HEAD}{table}\n\n" + "\n".join(_section(one) for one in RULES.values())


def explanation(rule: Rule) -> str:
    """One rule as text for a terminal."""
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
        _indented(yaml_of(rule.compliant)),
        "Violating:",
        _indented(yaml_of(rule.violating)),
    ]
    return "\n".join(parts)


def yaml_of(example: Example) -> str:
    """An example as a Pulumi YAML program, with the policy configuration it needs."""
    import yaml  # noqa: PLC0415 - only a reader of examples pays for it

    program = {"resources": {name: _resource(one) for name, one in example.resources.items()}}
    text = yaml.dump(program, Dumper=_plain_dumper(), sort_keys=False, width=100, allow_unicode=True)
    return f"# policy configuration: {json.dumps(dict(example.config))}\n{text}" if example.config else text


def _plain_dumper() -> Any:
    import yaml  # noqa: PLC0415 - as above

    class Dumper(yaml.SafeDumper):
        """Writes shared parts of examples out, each time."""

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


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" for line in text.splitlines())

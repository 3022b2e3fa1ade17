"""Writes `docs/components.md` from the components' own schema: `python docs/write_components.py`."""

import json
import re
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FILE = HERE / "components.md"
_HEAD = """# Components: arguments and outputs

Generated from the schema that every Pulumi language gets (`python docs/write_components.py`). Names are spelled as in YAML, state and
policies; in Python they are snake_case: `clusterName` is `cluster_name`.
"""


def text() -> str:
    """Return the page as it is committed."""
    from pulumi_eks_pod_identity.provider import PodIdentityProvider  # noqa: PLC0415 - when run as a program, the path is set first

    schema = json.loads(PodIdentityProvider().schema or "{}")
    parts = [_HEAD]
    for token, resource in schema["resources"].items():
        parts.append(f"## {token.rsplit(':', 1)[1]}\n\n{_sentences(resource.get('description', ''))}\n")
        required = set(resource.get("requiredInputs", []))
        parts.append(_table("argument", resource["inputProperties"], required))
        parts.append(_table("output", resource.get("properties", {}), set()))
    for token, kind in schema["types"].items():
        parts.append(f"## {token.rsplit(':', 1)[1]}\n\n{_sentences(kind.get('description', ''))}\n")
        if "enum" in kind:
            rows = [
                f"| `{choice['value']}` | {_sentences(choice.get('description', ''))} |" for choice in kind["enum"]
            ]
            parts.append("| value | meaning |\n|---|---|\n" + "\n".join(rows) + "\n")
        else:
            parts.append(_table("key", kind["properties"], set(kind.get("required", []))))
    return "\n".join(parts)


def _table(title: str, properties: dict[str, Any], required: set[str]) -> str:
    rows = [
        f"| `{name}`{' (required)' if name in required else ''} | {_type(item)} | {_sentences(item.get('description', ''))} |"
        for name, item in properties.items()
    ]
    return f"| {title} | type | meaning |\n|---|---|---|\n" + "\n".join(rows) + "\n"


def _type(item: dict[str, Any]) -> str:
    reference = str(item.get("$ref", ""))
    if reference:
        return "any" if reference.endswith("Any") else reference.rsplit(":", 1)[1]
    if "items" in item:
        return f"list of {_type(item['items'])}"
    if "additionalProperties" in item:
        return f"map of {_type(item['additionalProperties'])}"
    return str(item.get("type", "any"))


def _sentences(description: str) -> str:
    return re.sub(r"\s*\n\s*", " ", description.strip()).replace("|", r"\|")


if __name__ == "__main__":
    sys.path.insert(0, str(HERE.parent / "components"))
    FILE.write_text(text())
